package dev.reprise.debugger.cli;

import dev.reprise.RepriseException;
import dev.reprise.debugger.explore.Schedules;
import dev.reprise.debugger.report.RetroReport.Expect;
import dev.reprise.runtime.cli.DatabaseOptions;
import dev.reprise.runtime.cli.RepriseCommand;
import dev.reprise.runtime.cli.RepriseSubcommand;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code reprise retro}. */
@Command(
    name = "retro",
    description =
        "Runs changed code over recorded executions, their concurrency kept, and tells what comes out"
            + " otherwise; or searches the interleavings that they might have had. Production is only read.")
public final class RetroCommand implements RepriseSubcommand {
  @ParentCommand
  private @Nullable RepriseCommand parent;

  @Spec
  private CommandSpec spec = CommandSpec.create();

  @Mixin
  private DatabaseOptions options = new DatabaseOptions();

  @Parameters(
      paramLabel = "ID",
      arity = "0..*",
      description = "Executions, which are run together with their children.")
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
          "A file of \"reprise export\" instead of a database, or a directory of such files (*.trace).")
  private @Nullable Path trace;

  @Option(
      names = "--functions",
      paramLabel = "JAR",
      required = true,
      description = "The changed code. Its new migrations are run on the past.")
  private Path functions = Path.of("");

  @Option(
      names = "--original",
      paramLabel = "JAR",
      description = "The code that ran; by default the deployment that each execution ran on.")
  private @Nullable Path original;

  @Option(
      names = "--check",
      paramLabel = "SQL",
      description = "A query that must return no row at the end; may be repeated.")
  private List<String> checks = new ArrayList<>();

  @Option(
      names = "--explore",
      paramLabel = "N",
      description =
          "Search other interleavings of the same requests, in at most N runs, for one that breaks a check,"
              + " fails, or ends in a state that no serial order has.")
  private @Nullable Integer explore;

  @Option(
      names = "--schedule",
      paramLabel = "SCHEDULE",
      description = "Run this interleaving, as --explore printed it, instead of the original one.")
  private @Nullable String schedule;

  @Option(
      names = "--interactive",
      description =
          "With --schedule: then step through its transactions, forth and back, and look at the state at each.")
  private boolean interactive;

  @Option(
      names = "--steps",
      paramLabel = "recorded|live",
      defaultValue = "recorded",
      description =
          "What is done at a step that has no recorded outcome: the execution ends there (recorded, the"
              + " default), or the step is really done (live).")
  private String steps = "recorded";

  @Option(
      names = "--stub",
      paramLabel = "CLASS=STUB",
      description =
          "A class of the jar that stands for a class of functions, whose recorded outcomes are then not used.")
  private Map<String, String> stubs = new LinkedHashMap<>();

  @Option(
      names = "--skip",
      paramLabel = "ID",
      description = "An execution that is to have no effect; may be repeated.")
  private List<String> skip = new ArrayList<>();

  @Option(
      names = "--full",
      description = "Run all executions again, also those that the change cannot reach.")
  private boolean full;

  @Option(
      names = "--expect",
      paramLabel = "same|checks",
      defaultValue = "checks",
      description =
          "When the exit code is 0: if no outcome and no row is another (same), or if no check is broken"
              + " (checks, the default).")
  private String expect = "checks";

  @Option(
      names = "--emit-correction",
      paramLabel = "FILE",
      description =
          "Write SQL that would bring today's rows to what the changed code would have made of them."
              + " It is for people to read, and is never applied here.")
  private @Nullable Path correction;

  @Option(names = "--html", paramLabel = "FILE", description = "Write the report as a page, too.")
  private @Nullable Path html;

  @Option(
      names = "--scratch",
      paramLabel = "JDBC-URL",
      description = "A server for the scratch databases, with a user who may create databases;"
          + " by default an embedded one.")
  private @Nullable String scratch;

  @Option(
      names = "--suspend",
      description =
          "Wait for a debugger; set breakpoints in the functions, and they are hit in the course of the run.")
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
    var asked = asked();
    if (suspend && !Debuggee.isDebugged()) {
      var line = spec.commandLine().getParent();
      return Debuggee.run(line.getParseResult().originalArgs(), debugPort, root.output());
    }
    var files = files();
    if (trace == null || !Files.isDirectory(trace)) {
      try (var session = new RetroSession(asked, options, root, files.get(0))) {
        return session.run();
      }
    }
    return each(files, asked, root);
  }

  /** The worst exit code of all. */
  private int each(List<@Nullable Path> files, RetroSession.Asked asked, RepriseCommand root)
      throws InterruptedException {
    int worst = RepriseCommand.OK;
    var other = new ArrayList<String>();
    var failed = new ArrayList<String>();
    for (var file : files) {
      var name = String.valueOf(Objects.requireNonNull(file).getFileName());
      root.output().note(name);
      int exit;
      try (var session = new RetroSession(asked, options, root, file)) {
        exit = session.run();
      } catch (RepriseException e) {
        root.output().note("reprise: " + file + ": " + e.getMessage());
        exit = 2;
      }
      if (exit != RepriseCommand.OK) {
        (exit == RepriseCommand.NEGATIVE ? other : failed).add(name);
      }
      worst = Math.max(worst, exit);
    }
    root.output()
        .note((files.size() == 1 ? "1 trace: " : files.size() + " traces: ")
            + (files.size() - other.size() - failed.size()) + " as expected"
            + (other.isEmpty() ? "" : "; not as expected: " + String.join(", ", other))
            + (failed.isEmpty() ? "" : "; could not be run: " + String.join(", ", failed)));
    return worst;
  }

  private RetroSession.Asked asked() {
    boolean isSpan = from != null || to != null;
    if (!ids.isEmpty() && isSpan || trace == null && ids.isEmpty() && !isSpan) {
      throw new IllegalArgumentException(
          "give either ids of executions, or a span of time with --from and --to, or a file with --trace");
    }
    Arguments.requireFile("--functions", functions);
    Arguments.requireFile("--original", original);
    Arguments.requireServer(scratch);
    Arguments.requireBetween("--debug-port", debugPort, 0, 65_535);
    if (explore != null) {
      Arguments.requireBetween("--explore", explore, 1, Integer.MAX_VALUE);
    }
    checks.forEach(check -> Arguments.requireText("--check", check));
    if (trace != null && !Files.isDirectory(trace)) {
      Arguments.requireFile("--trace", trace);
    }
    requireOneSchedule();
    return new RetroSession.Asked(
        List.copyOf(ids),
        Arguments.Span.of(from, to),
        functions,
        original,
        List.copyOf(checks),
        explore,
        schedule,
        interactive,
        oneOf("--steps", steps, List.of("recorded", "live")).equals("live"),
        Map.copyOf(stubs),
        List.copyOf(skip),
        full,
        Expect.valueOf(
            oneOf("--expect", expect, List.of("same", "checks")).toUpperCase(Locale.ROOT)),
        correction,
        html,
        scratch);
  }

  private void requireOneSchedule() {
    if (schedule != null) {
      var unused = Schedules.parse(schedule);
    }
    if (explore != null && schedule != null) {
      throw new RepriseException(
          "--explore searches schedules, --schedule runs one: give one of them");
    }
    if (interactive && schedule == null) {
      throw new RepriseException(
          "--interactive steps through one interleaving: name it with --schedule, as --explore prints it; \"reprise replay --interactive\" steps through what happened");
    }
    if (schedule != null && trace != null && Files.isDirectory(trace)) {
      throw new RepriseException("--schedule is one of one trace: give the file with --trace, not "
          + trace + ", which is a directory");
    }
  }

  private static String oneOf(String option, String value, List<String> allowed) {
    if (!allowed.contains(value)) {
      throw new RepriseException(
          option + " is " + String.join(" or ", allowed) + ", not \"" + value + "\"");
    }
    return value;
  }

  /** The trace files; one null where a database is asked. */
  private List<@Nullable Path> files() {
    var files = new ArrayList<@Nullable Path>();
    if (trace == null || !Files.isDirectory(trace)) {
      files.add(trace);
      return files;
    }
    try (var found = Files.newDirectoryStream(trace, "*.trace")) {
      found.forEach(files::add);
    } catch (IOException e) {
      throw new RepriseException("--trace: " + trace + " cannot be read: " + e.getMessage(), e);
    }
    if (files.isEmpty()) {
      throw new RepriseException("--trace: there is no *.trace file in " + trace);
    }
    files.sort(java.util.Comparator.comparing(String::valueOf));
    return files;
  }
}
