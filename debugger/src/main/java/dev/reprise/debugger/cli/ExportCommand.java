package dev.reprise.debugger.cli;

import dev.reprise.debugger.cli.Arguments.Span;
import dev.reprise.debugger.replay.Trace;
import dev.reprise.debugger.trace.Manifest;
import dev.reprise.debugger.trace.TraceExport;
import dev.reprise.runtime.cli.DatabaseOptions;
import dev.reprise.runtime.cli.RepriseCommand;
import dev.reprise.runtime.cli.RepriseSubcommand;
import dev.reprise.runtime.store.ExecutionStore.Loaded;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** {@code reprise export}. */
@Command(
    name = "export",
    description =
        "Writes recorded executions as a file that \"reprise replay --trace\" replays anywhere: with their code,"
            + " all recorded tables as they were when the first of them began, and the changes since."
            + " Production is only read.")
public final class ExportCommand implements RepriseSubcommand {
  @ParentCommand
  private @Nullable RepriseCommand parent;

  @Mixin
  private DatabaseOptions options = new DatabaseOptions();

  @Parameters(
      paramLabel = "ID",
      arity = "0..*",
      description = "Executions, which are exported together with their children.")
  private List<String> ids = new ArrayList<>();

  @Option(
      names = "--from",
      paramLabel = "TIME",
      description = "All that were created from this time on, like 2026-01-31T08:00:00Z.")
  private @Nullable String from;

  @Option(names = "--to", paramLabel = "TIME", description = "And before this time.")
  private @Nullable String to;

  @Option(
      names = {"-o", "--output"},
      paramLabel = "FILE",
      required = true,
      description = "The file, like oversold.trace.")
  private Path file = Path.of("");

  @Option(
      names = "--mask",
      paramLabel = "TABLE.COLUMN",
      description =
          "Replaces the values of this column, and of those that refer to it, consistently by others of the same"
              + " type and length, also in arguments and results. May be given more than once.")
  private List<String> masks = new ArrayList<>();

  @Option(names = "--force", description = "Replaces a file that is there already.")
  private boolean force;

  @Option(
      names = "--scratch",
      paramLabel = "JDBC-URL",
      description = "A server to make the tables again as they were; by default an embedded one.")
  private @Nullable String scratch;

  @Override
  public Integer call() {
    var root = Objects.requireNonNull(parent);
    if (ids.isEmpty() == (from == null && to == null)) {
      throw new IllegalArgumentException(
          "give either ids of executions, or a span of time with --from and --to");
    }
    if (!force && Files.exists(file)) {
      throw new IllegalArgumentException(
          "there is a file " + file + " already; --force replaces it");
    }
    for (var mask : masks) {
      if (!mask.matches("[^.]+(\\.[^.]+){1,2}")) {
        throw new IllegalArgumentException(
            "--mask takes table.column or schema.table.column, not \"" + mask + "\"");
      }
    }
    var span = Span.of(from, to);
    Arguments.requireServer(scratch);
    try (var source = Source.of(options, root.environment())) {
      Incarnations.notes(source.executions(), ids).forEach(root.output()::note);
      var selection = new TraceExport.Selection(executions(source, span), asked(), masks, force);
      Manifest manifest;
      try (var start = Source.scratch(scratch)) {
        root.output().note("making the tables again as they were");
        manifest = new TraceExport(
                source.history(), source.database(), Arguments.progress(root.output()))
            .write(selection, start, file);
        start.notes().forEach(note -> root.output().note("note: " + note));
      }
      root.output().data(() -> manifest.json().put("file", file.toString()), () -> text(manifest));
    }
    return RepriseCommand.OK;
  }

  private List<Loaded> executions(Source source, Span span) {
    return ids.isEmpty()
        ? Trace.logs(source.executions(), span.from(), span.to())
        : Trace.logs(source.executions(), ids);
  }

  private List<String> asked() {
    if (!ids.isEmpty()) {
      return ids;
    }
    var asked = new ArrayList<String>();
    if (from != null) {
      asked.add("from " + from);
    }
    if (to != null) {
      asked.add("to " + to);
    }
    return asked;
  }

  private String text(Manifest manifest) {
    var text = "%s: %s".formatted(file, manifest.summary());
    return manifest.masked().isEmpty()
        ? text
        : text + "\nmasked: " + String.join(", ", manifest.masked());
  }
}
