package dev.reprise.debugger.cli;

import dev.reprise.RepriseException;
import dev.reprise.debugger.cli.Arguments.Span;
import dev.reprise.debugger.replay.RecordedCode;
import dev.reprise.debugger.replay.Replay;
import dev.reprise.debugger.replay.Report;
import dev.reprise.debugger.replay.Trace;
import dev.reprise.runtime.cli.DatabaseOptions;
import dev.reprise.runtime.cli.Output;
import dev.reprise.runtime.cli.RepriseCommand;
import dev.reprise.runtime.cli.RepriseSubcommand;
import dev.reprise.runtime.config.Environment;
import dev.reprise.runtime.function.ApplicationSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code reprise replay}. */
@Command(
    name = "replay",
    description =
        "Runs recorded executions again, by the code that ran, on the states that they saw,"
            + " and compares what they do with what is recorded. Production is only read.")
public final class ReplayCommand implements RepriseSubcommand {
  @ParentCommand
  private @Nullable RepriseCommand parent;

  @Spec
  private CommandSpec spec = CommandSpec.create();

  @Mixin
  private DatabaseOptions options = new DatabaseOptions();

  @Parameters(
      paramLabel = "ID",
      arity = "0..*",
      description = "Executions, which are replayed together with their children.")
  private List<String> ids = new ArrayList<>();

  @Option(
      names = "--from",
      paramLabel = "TIME",
      description = "All that were created from this time on, like 2026-01-31T08:00:00Z.")
  private @Nullable String from;

  @Option(names = "--to", paramLabel = "TIME", description = "And before this time.")
  private @Nullable String to;

  @Option(
      names = "--trace",
      paramLabel = "FILE",
      description =
          "A file of \"reprise export\" instead of a database; all that is in it unless ids are given.")
  private @Nullable Path trace;

  @Option(
      names = "--functions",
      paramLabel = "JAR",
      description = "The code; by default the deployment that each execution ran on.")
  private @Nullable Path functions;

  @Option(
      names = "--scratch",
      paramLabel = "JDBC-URL",
      description = "A server for the scratch databases, with a user who may create databases;"
          + " by default an embedded one.")
  private @Nullable String scratch;

  @Option(
      names = "--orders",
      paramLabel = "N",
      defaultValue = "50",
      description =
          "How many other orders of concurrent transactions to try where something differs, and how"
              + " many of their statements; 50 by default.")
  private int orders = 50;

  @Option(
      names = "--interactive",
      description =
          "Then step through the transactions, forth and back, and look at the state at each.")
  private boolean interactive;

  @Option(
      names = "--suspend",
      description =
          "Wait for a debugger; set breakpoints in the functions, and they are hit as it happened.")
  private boolean suspend;

  @Option(
      names = "--debug-port",
      paramLabel = "PORT",
      defaultValue = "0",
      description = "Where it waits for the debugger; any free port by default.")
  private int debugPort;

  @Override
  public Integer call() throws InterruptedException {
    var root = Objects.requireNonNull(parent);
    boolean isSpan = from != null || to != null;
    if (!ids.isEmpty() && isSpan || trace == null && ids.isEmpty() && !isSpan) {
      throw new IllegalArgumentException(
          "give either ids of executions, or a span of time with --from and --to, or a file with --trace");
    }
    var span = Span.of(from, to);
    Arguments.requireFile("--trace", trace);
    Arguments.requireFile("--functions", functions);
    Arguments.requireServer(scratch);
    Arguments.requireBetween("--orders", orders, 0, Integer.MAX_VALUE);
    Arguments.requireBetween("--debug-port", debugPort, 0, 65_535);
    if (suspend && !Debuggee.isDebugged()) {
      var line = spec.commandLine().getParent();
      return Debuggee.run(line.getParseResult().originalArgs(), debugPort, root.output());
    }
    ExecutorService threads = Executors.newCachedThreadPool(task -> {
      var thread = new Thread(task, "reprise-replay");
      thread.setDaemon(true);
      return thread;
    });
    try (var source = Source.of(options, root.environment(), trace, scratch);
        var code = new RecordedCode(
            source.log(),
            functions,
            new ApplicationSettings(root.environment()::variable, Environment::fileContent))) {
      var selected = trace(source, code, span);
      requireSome(selected, span);
      var notes = Incarnations.notes(source.executions(), ids);
      notes.forEach(root.output()::note);
      try (var replay = Replay.prepare(
          selected,
          source.history(),
          source.database(),
          Source.scratch(scratch),
          threads,
          replayOptions(source, root.output()))) {
        var report = replay.run().withNotes(notes);
        root.output().data(report::json, report::text);
        if (interactive) {
          step(replay, report, root);
        }
        return report.isFaithful() ? RepriseCommand.OK : RepriseCommand.NEGATIVE;
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private void requireSome(Trace selected, Span span) {
    if (selected.scripts().isEmpty()) {
      throw new RepriseException("no execution was created between " + span.from() + " and "
          + span.to() + (trace == null ? "" : ", of those in " + trace));
    }
  }

  private void step(Replay replay, Report report, RepriseCommand root) {
    try (var points = new ReplayPoints(replay.timeline(report))) {
      new Stepper(points, root.output()).run(System.in);
    }
  }

  private Trace trace(Source source, RecordedCode code, Span span) {
    if (!ids.isEmpty()) {
      return Trace.of(source.executions(), ids, code::of);
    }
    return Trace.of(source.executions(), span.from(), span.to(), code::of);
  }

  private Replay.Options replayOptions(Source source, Output output) {
    return new Replay.Options(
        orders,
        Debuggee.isDebugged() ? Duration.ofDays(1) : Replay.Options.DEFAULT.patience(),
        source.comparesArguments(),
        Arguments.progress(output));
  }
}
