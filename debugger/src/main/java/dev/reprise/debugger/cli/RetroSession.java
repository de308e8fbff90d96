package dev.reprise.debugger.cli;

import dev.reprise.RepriseException;
import dev.reprise.debugger.replay.Captured;
import dev.reprise.debugger.replay.RecordedCode;
import dev.reprise.debugger.replay.Replay;
import dev.reprise.debugger.replay.Trace;
import dev.reprise.debugger.report.Checks;
import dev.reprise.debugger.report.Correction;
import dev.reprise.debugger.report.Original;
import dev.reprise.debugger.report.RetroReport;
import dev.reprise.debugger.report.StateDifference;
import dev.reprise.debugger.retro.Retroaction;
import dev.reprise.debugger.retro.Steps;
import dev.reprise.runtime.cli.DatabaseOptions;
import dev.reprise.runtime.cli.RepriseCommand;
import dev.reprise.runtime.config.Environment;
import dev.reprise.runtime.function.Application;
import dev.reprise.runtime.function.ApplicationSettings;
import dev.reprise.runtime.postgres.Migrator;
import dev.reprise.runtime.store.ExecutionRow;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One trace, run with changed code. For one thread. */
final class RetroSession implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RetroSession.class);
  private static final int ROWS_SHOWN = 100;

  private final Asked asked;
  private final RepriseCommand root;
  private final boolean isFile;
  private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
    var thread = new Thread(task, "reprise-retro");
    thread.setDaemon(true);
    return thread;
  });
  private final Source source;
  private final ChangedCode changed;
  private final RecordedCode recorded;
  private final Interleavings interleavings;
  private @Nullable Path keptJar;

  /** What the command line asks for. */
  record Asked( // tidy: one for each option
      List<String> ids,
      Arguments.Span span,
      Path functions,
      @Nullable Path original,
      List<String> checks,
      @Nullable Integer explore,
      @Nullable String schedule,
      boolean interactive,
      boolean live,
      Map<String, String> stubs,
      List<String> skip,
      boolean full,
      RetroReport.Expect expect,
      @Nullable Path correction,
      @Nullable Path html,
      @Nullable String scratch) {}

  RetroSession(Asked asked, DatabaseOptions options, RepriseCommand root, @Nullable Path file) {
    this.asked = asked;
    this.root = root;
    this.isFile = file != null;
    var settings = new ApplicationSettings(root.environment()::variable, Environment::fileContent);
    this.source = Source.of(options, root.environment(), file, asked.scratch());
    ChangedCode loaded = null;
    try {
      loaded = new ChangedCode(asked.functions(), asked.stubs(), source.log(), settings);
      this.recorded = new RecordedCode(source.log(), asked.original(), settings);
      this.changed = loaded;
      this.interleavings = new Interleavings(asked, loaded, root.output());
    } catch (RuntimeException e) {
      if (loaded != null) {
        loaded.close();
      }
      source.close();
      threads.shutdownNow();
      throw e;
    }
  }

  /** Runs, reports, and gives the exit code. */
  int run() throws InterruptedException {
    var trace = asked.ids().isEmpty()
        ? Trace.of(source.executions(), asked.span().from(), asked.span().to(), this::original)
        : Trace.of(source.executions(), asked.ids(), this::original);
    requireAll(trace);
    var before = before(trace);
    boolean migrates = before != null && Migrator.isNewer(before, changed.jar());
    try (var past = prepare(trace, Replay.Alteration.NONE)) {
      requireChecks(past, "the state that the trace begins on");
      var notes = new ArrayList<>(List.of(replayed(past)));
      var original = new Retroaction(past, source.database(), threads, patience());
      if (before == null || !migrates) {
        return asked.explore() == null
            ? report(original, original, past, notes)
            : interleavings.search(original, steps(), notes);
      }
      notes.add("the new migrations of " + changed.name() + " are run on the past");
      try (var altered = prepare(trace, scratch -> {
        var unused = Migrator.migrateToNewer(scratch.config(), before, changed.jar());
      })) {
        requireChecks(altered, "that state after the new migrations");
        var on = new Retroaction(altered, past.plan(), source.database(), threads, patience());
        return asked.explore() == null
            ? report(original, on, past, notes)
            : interleavings.search(on, steps(), notes);
      }
    } catch (SQLException e) {
      throw new RepriseException("the scratch database gave up: " + e.getMessage(), e);
    }
  }

  /** Before anything is run, which may take long. */
  private void requireChecks(Replay replay, String where) throws SQLException {
    try (var connection = replay.start().open()) {
      Checks.require(asked.checks(), connection, where);
    }
  }

  /** Also finds the order in which the recorded code comes out as recorded. */
  private static String replayed(Replay past) throws InterruptedException {
    var calls = past.run().calls();
    long other = calls.stream().filter(verdict -> !verdict.isEqual()).count();
    return other == 0
        ? "with the recorded code all comes out as recorded"
        : other + " of " + calls.size()
            + " transactions come out otherwise than recorded with the recorded code already; see reprise replay";
  }

  private Replay prepare(Trace trace, Replay.Alteration alteration) {
    var options = new Replay.Options(
        50, patience(), source.comparesArguments(), Arguments.progress(root.output()));
    return Replay.prepare(
        trace,
        source.history(),
        source.database(),
        Source.scratch(asked.scratch()),
        threads,
        options,
        alteration);
  }

  private static Duration patience() {
    return Debuggee.isDebugged() ? Duration.ofDays(1) : Replay.Options.DEFAULT.patience();
  }

  /** The code that ran, or, where nobody kept it, the changed one: then nothing is known of what it was. */
  private Application original(ExecutionRow row) {
    return row.version() == null && asked.original() == null
        ? changed.application()
        : recorded.of(row);
  }

  private void requireAll(Trace trace) {
    var known = new HashSet<String>();
    trace.scripts().forEach(script -> known.add(script.row().id()));
    for (var script : trace.scripts()) {
      var row = script.row();
      if (row.parentExecution() == null
          && !asked.skip().contains(row.id())
          && changed.application().find(row.function()).isEmpty()) {
        throw new RepriseException(changed.name() + " has no function " + row.function()
            + ", which execution " + row.id()
            + " ran; keep its name with @Function, or leave the execution out with --skip");
      }
    }
    for (var id : asked.skip()) {
      if (!known.contains(id)) {
        throw new RepriseException("--skip: " + id + " is none of the executions of this trace");
      }
    }
  }

  /** The jar that ran: the given one, or the kept one of the last execution; null where nobody kept it. */
  private @Nullable Path before(Trace trace) {
    if (asked.original() != null) {
      return asked.original();
    }
    var versions = trace.scripts().stream()
        .map(script -> script.row().version())
        .filter(Objects::nonNull)
        .toList();
    if (versions.isEmpty()) {
      return null;
    }
    var jar = recorded.jar(versions.get(versions.size() - 1));
    if (jar.isEmpty()) {
      return null;
    }
    try {
      keptJar = Files.createTempFile("reprise-original-", ".jar");
      return Files.write(keptJar, jar.get());
    } catch (IOException e) {
      throw new RepriseException("the recorded code cannot be written: " + e.getMessage(), e);
    }
  }

  private Steps steps() {
    return new Steps(asked.live(), changed.stubs());
  }

  // --- the report
  // --------------------------------------------------------------------------------------------------

  private int report(Retroaction original, Retroaction retroaction, Replay past, List<String> notes)
      throws SQLException, InterruptedException {
    var steps = steps();
    try (var before = original.originalEnd();
        var after = outcome(retroaction, steps, notes)) {
      notes.addAll(after.notes());
      past.notes().forEach(note -> notes.add("scratch: " + note));
      try (var one = before.open();
          var other = after.end().open()) {
        var report = new RetroReport(
            new RetroReport.Run(
                asked.original() == null
                    ? "the recorded code"
                    : asked.original().toString(),
                changed.name(),
                String.join("; ", steps.told()),
                past.versions().get(0),
                past.versions().get(1)),
            after.executions(),
            after.transactions(),
            originals(past),
            StateDifference.between(one, other, ROWS_SHOWN),
            Checks.run(asked.checks(), one, other),
            notes);
        root.output().data(report::json, report::text);
        write(asked.html(), report::html);
        if (asked.correction() != null && report.unended() > 0) {
          root.output()
              .note("no correction is written: executions did not come to the end, and what they"
                  + " would have done is not known");
        } else if (asked.correction() != null) {
          write(asked.correction(), () -> correction(report, one, other));
        }
        if (asked.interactive()) {
          interleavings.step(retroaction, steps());
        }
        return report.verdict(asked.expect()).met() ? RepriseCommand.OK : RepriseCommand.NEGATIVE;
      }
    }
  }

  private Retroaction.Result outcome(Retroaction retroaction, Steps steps, List<String> notes)
      throws SQLException, InterruptedException {
    var leftOut = new HashSet<>(asked.skip());
    var schedule = asked.schedule();
    if (schedule == null) {
      return asked.full()
          ? retroaction.run(
              new Retroaction.Change(row -> changed.application(), steps, Map.of(), leftOut, false))
          : new Selection(retroaction, recorded, changed, asked.original())
              .run(steps, leftOut, notes);
    }
    notes.add("schedule: " + schedule);
    return interleavings.run(retroaction, steps);
  }

  private static List<Original> originals(Replay past) {
    var plan = past.plan();
    var all = new ArrayList<Original>();
    for (int i = 0; i < plan.calls().size(); i++) {
      var call = plan.calls().get(i);
      var placed = plan.schedule().placed().get(i);
      var transaction = call.operation().transactionId();
      var changes = transaction == null ? null : plan.recorded().get(transaction);
      all.add(new Original(
          call.label(),
          call.execution().id(),
          call.operation().function(),
          call.operation().position().toString(),
          placed.taken(),
          placed.commit() >= 0 ? placed.commit() : placed.place(),
          placed.commit() >= 0,
          call.operation().output(),
          call.operation().error(),
          changes == null
              ? List.of()
              : changes.changes().stream()
                  .map(change -> Captured.of(change).text())
                  .toList()));
    }
    return all;
  }

  private String correction(RetroReport report, Connection before, Connection after) {
    try {
      var difference = StateDifference.complete(before, after);
      var heading = List.of(report.summary(), "changed code: " + changed.name());
      if (isFile) {
        return told(Correction.of(difference, before, null, heading));
      }
      return source.log().log(today -> told(Correction.of(difference, before, today, heading)));
    } catch (SQLException e) {
      throw new RepriseException("the correction cannot be written: " + e.getMessage(), e);
    }
  }

  private String told(Correction correction) {
    root.output()
        .note("correction: " + correction.statements() + " rows; "
            + correction.changedSince().size() + " changed since, "
            + correction.notCorrected().size() + " left to you");
    correction.changedSince().forEach(line -> root.output().note("changed since: " + line));
    correction.notCorrected().forEach(line -> root.output().note("not corrected: " + line));
    return correction.sql();
  }

  private void write(@Nullable Path file, Supplier<String> text) {
    if (file == null) {
      return;
    }
    try {
      Files.writeString(file, text.get(), StandardCharsets.UTF_8);
      root.output().note("written: " + file);
    } catch (IOException e) {
      throw new RepriseException(file + " cannot be written: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
    if (keptJar != null) {
      try {
        Files.deleteIfExists(keptJar);
      } catch (IOException e) {
        LOG.debug("{} stays", keptJar, e);
      }
    }
    changed.close();
    recorded.close();
    source.close();
  }
}
