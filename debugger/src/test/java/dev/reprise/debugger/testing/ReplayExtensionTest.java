package dev.reprise.debugger.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.debugger.rebuild.Scratch;
import dev.reprise.debugger.replay.RecordedNode;
import dev.reprise.debugger.replay.Report;
import dev.reprise.debugger.replay.Scripted;
import dev.reprise.debugger.replay.Trace;
import dev.reprise.debugger.trace.TraceExport;
import dev.reprise.runtime.store.DatabaseClock;
import dev.reprise.runtime.store.ExecutionStore;
import dev.reprise.runtime.store.LogDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A recorded trace is a test. */
class ReplayExtensionTest {
  private static final Path FILE = record();

  @RegisterExtension
  static final ReplayExtension TRACE = ReplayExtension.of(FILE).functions(Scripted.class);

  private static Path record() {
    try (var node = new RecordedNode("create table item (name text primary key, stock int)")) {
      node.start("a", "insert into item values ('pen', 1)").result();
      var file = Files.createTempDirectory("trace").resolve("a.trace");
      try (var source = node.readOnly();
          var scratch = Scratch.embedded()) {
        var store = new ExecutionStore(new LogDatabase(source), new DatabaseClock());
        var ids = List.of("a");
        new TraceExport(node.history(), source)
            .write(
                new TraceExport.Selection(Trace.logs(store, ids), ids, List.of(), false),
                scratch,
                file);
      }
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @AfterAll
  static void remove() throws IOException {
    Files.delete(FILE);
    Files.delete(FILE.getParent());
  }

  @Test
  void comesOutAsRecorded() {
    TRACE.assertFaithful();
  }

  @Test
  void theReportIsAtHand(Report report) {
    assertThat(report).isSameAs(TRACE.report());
    assertThat(report.calls()).hasSize(1);
  }
}
