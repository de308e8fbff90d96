package dev.reprise.samples.races.wordpress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.reprise.debugger.replay.Verdict;
import dev.reprise.samples.races.HeldTable;
import dev.reprise.samples.races.Recording;
import dev.reprise.testing.RepriseExtension;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Of two requests that set a new option at once one fails, and the same one again when they are replayed. */
class OptionsTest {
  @RegisterExtension
  static final RepriseExtension REPRISE = RepriseExtension.functions(Options.class);

  private static Recording recording;

  @BeforeAll
  static void record() {
    recording = new Recording(REPRISE, List.of(Options.class), Map.of());
  }

  @AfterAll
  static void close() {
    recording.close();
  }

  @Test
  void oneOfTwoRequestsFailsWithADuplicateKey() throws Exception {
    try (var held = new HeldTable(REPRISE.dataSource(), "wordpress.option")) {
      set("request-1", "theme", "dark");
      set("request-2", "theme", "light");
      held.awaitWriters(2); // both have found no such option, and want to insert it
    }
    var failures = Stream.of("request-1", "request-2")
        .map(id -> catchThrowable(() -> REPRISE.execution(id, Void.class).result()))
        .filter(Objects::nonNull)
        .toList();

    assertThat(failures)
        .singleElement()
        .satisfies(failure -> assertThat(failure)
            .isInstanceOf(SQLException.class)
            .hasMessageContaining(
                "duplicate key value violates unique constraint \"option_pkey\""));
    var report = recording.assertReplayed(List.of("wordpress.option"), "request-1", "request-2");
    assertThat(report.calls().stream().filter(OptionsTest::failed)).hasSize(1);
  }

  private static boolean failed(Verdict verdict) {
    return verdict.call().operation().error() != null;
  }

  private static void set(String request, String option, String value) {
    REPRISE.startVoid(
        Options.class, o -> o.set(option, value), dev.reprise.Options.DEFAULT.id(request));
  }
}
