package dev.reprise.debugger.replay;

import dev.reprise.RepriseException;
import dev.reprise.debugger.history.History;
import dev.reprise.debugger.history.Progress;
import dev.reprise.debugger.history.Snapshot;
import dev.reprise.debugger.rebuild.Scratch;
import dev.reprise.runtime.execution.Rehearsal;
import dev.reprise.runtime.postgres.Binder;
import dev.reprise.runtime.postgres.Database;
import dev.reprise.runtime.postgres.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A faithful replay: the transactions of a trace run again, by the code that ran, on the states that they saw, and what
 * they return and write is compared with what is recorded. The source database is only read. For one thread.
 */
public final class Replay implements AutoCloseable {
  private final Trace trace;
  private final Window window;
  private final Rehearsal rehearsal;
  private final ExecutorService threads;
  private final Options options;
  private final Segments segments;
  private final String version;
  private final List<Runnable> closings = new ArrayList<>();
  private @Nullable Plan best;

  /**
   * How to go about it.
   *
   * @param orders how many other orders of concurrent transactions are tried where something differs
   * @param patience how long a body, or the code from one to the next, may take
   * @param comparesArguments whether calls must have the arguments of the log; false where values were replaced since
   * @param progress is told how far it has come
   */
  public record Options(
      int orders, Duration patience, boolean comparesArguments, Progress progress) {
    /** 50 orders, a minute. */
    public static final Options DEFAULT = new Options(50, Duration.ofMinutes(1));

    /** With comparison of arguments. */
    public Options(int orders, Duration patience) {
      this(orders, patience, true);
    }

    /** Telling nobody how far it has come. */
    public Options(int orders, Duration patience, boolean comparesArguments) {
      this(orders, patience, comparesArguments, Progress.NONE);
    }
  }

  /** Changes a rebuilt state before anything runs on it. */
  @FunctionalInterface
  public interface Alteration {
    /** None. */
    Alteration NONE = scratch -> {};

    /** May do what it likes to the database. */
    void alter(Scratch scratch);
  }

  private Replay(
      Trace trace,
      Window window,
      Database source,
      ExecutorService threads,
      Options options,
      Segments segments,
      String version) {
    this.trace = trace;
    this.window = window;
    this.rehearsal = new Rehearsal(source, threads, options.comparesArguments());
    this.threads = threads;
    this.options = options;
    this.segments = segments;
    this.version = version;
  }

  /**
   * Rebuilds the state that the trace began on.
   *
   * @param source the database of the log, which is only read
   * @param into an empty scratch database, which this replay closes, also where it cannot be prepared
   * @param threads runs the author's code
   * @throws RepriseException where the history does not tell what the trace saw, or the state cannot be rebuilt
   */
  public static Replay prepare(
      Trace trace,
      History history,
      Database source,
      Scratch into,
      ExecutorService threads,
      Options options) {
    return prepare(trace, history, source, into, threads, options, null);
  }

  /**
   * The same for other code, on a state that is altered, as by the migrations of that code. What was added to the definitions on
   * the way is there from the beginning.
   *
   * @param alteration null for a faithful replay, which changes its definitions where they were changed
   * @throws RepriseException also where the definitions were changed otherwise on the way
   */
  public static Replay prepare( // tidy: what a replay needs, and where from
      Trace trace,
      History history,
      Database source,
      Scratch into,
      ExecutorService threads,
      Options options,
      @Nullable Alteration alteration) {
    boolean prepared = false;
    try {
      var replay = made(trace, history, source, into, threads, options, alteration);
      prepared = true;
      return replay;
    } catch (SQLException e) {
      throw new RepriseException("the replay cannot be prepared: " + e.getMessage(), e);
    } finally {
      if (!prepared) {
        into.close();
      }
    }
  }

  private static Replay made( // tidy: see above
      Trace trace,
      History history,
      Database source,
      Scratch into,
      ExecutorService threads,
      Options options,
      @Nullable Alteration alteration)
      throws SQLException {
    if (trace.calls().isEmpty()) {
      throw new RepriseException("none of these executions has a transaction in its log");
    }
    var window = Window.of(history, trace, now(history, source));
    var states = new States(history, window, trace, options.progress());
    var segments = alteration == null ? states.segments(into) : states.merged(into, alteration);
    try (var connection = into.open()) {
      return new Replay(
          trace,
          window,
          source,
          threads,
          options,
          segments,
          text(connection, "show server_version"));
    }
  }

  /** All that there is. */
  private static Snapshot now(History history, Database source) throws SQLException {
    var end = history.end();
    return end.isPresent()
        ? end.get()
        : Snapshot.parse(
            source.log(connection -> text(connection, "select pg_current_snapshot()::text")));
  }

  private static String text(Connection connection, String query) throws SQLException {
    return Jdbc.queryOne(connection, query, Binder.NOTHING, row -> row.getString(1))
        .orElseThrow();
  }

  /** Replays, and tries other orders where something differs. */
  public Report run() throws InterruptedException {
    return run(scratch -> {});
  }

  /**
   * Replays, and shows what it leaves. May be called again: each replay begins from the start.
   *
   * @param walked is given the database after every order that is tried to its end, before it is dropped; the first is the
   *     usual one
   */
  public Report run(Consumer<Scratch> walked) throws InterruptedException {
    return run(UnaryOperator.identity(), walked);
  }

  /**
   * Replays by other plans.
   *
   * @param planned the plan to walk by in place of the right one
   * @param walked is given the database after each walk, before it is dropped
   */
  Report run(UnaryOperator<Plan> planned, Consumer<Scratch> walked) throws InterruptedException {
    try {
      OrderSearch.Attempts attempts =
          (moves, watched, known) -> attempt(moves, watched, known, planned, walked);
      var outcome = new OrderSearch(attempts, options.orders()).go();
      var plan = window.plan(trace, Moves.NONE);
      best = new Plan(outcome.schedule(), plan.calls(), plan.recorded());
      return new Report(
          IntStream.range(0, trace.calls().size()).mapToObj(outcome::verdict).toList(),
          ends(),
          window.epoch().serverVersion(),
          version,
          segments.notes());
    } catch (SQLException e) {
      throw new RepriseException("the replay could not go on: " + e.getMessage(), e);
    }
  }

  private OrderSearch.Outcome attempt(
      Moves moves,
      int watched,
      Map<Integer, Verdict> known,
      UnaryOperator<Plan> planned,
      Consumer<Scratch> walked)
      throws SQLException, InterruptedException {
    var plan = planned.apply(window.plan(trace, moves));
    try (var course = segments.course(plan);
        var actors = new Actors(rehearsal, threads, options.patience(), trace.scripts())) {
      var walk = new Walk(
          plan, course, actors, threads, options.patience(), options.progress(), known, watched);
      var verdicts = walk.go();
      if (verdicts.size() == plan.calls().size()) {
        walked.accept(course.end());
      }
      return new OrderSearch.Outcome(
          plan.schedule(),
          verdicts,
          walk.bodyCourse(),
          watched < 0 ? List.of() : walk.changesWithoutGenerated(watched));
    }
  }

  /** Whether the code of each execution came to the recorded end. */
  private List<Report.End> ends() {
    var ends = new ArrayList<Report.End>();
    for (var script : trace.scripts()) {
      ends.add(Report.End.of(
          script,
          rehearsal.run(script.application(), script.row(), script.log(), Rehearsal.Stage.NONE)));
    }
    return ends;
  }

  /** The trace. */
  public Trace trace() {
    return trace;
  }

  /** The state that it begins on, with instruments; to be copied, not to be changed. */
  public Scratch start() {
    return segments.ground(0).start();
  }

  /** The instruments of that. */
  public Instruments instruments() {
    return segments.ground(0).instruments();
  }

  /**
   * For those who go from the start to the end in one database.
   *
   * @throws RepriseException the definitions were changed on the way
   */
  public void requireSameDefinitions() {
    if (!segments.boundaries().isEmpty()) {
      throw States.changed(segments.boundaries());
    }
  }

  /** In which order it goes; once it has been run, the order that was found best. */
  public Plan plan() {
    var known = best;
    return known == null ? window.plan(trace, Moves.NONE) : known;
  }

  /** The version of the server that ran the trace, and of the one that it is replayed on. */
  public List<String> versions() {
    return List.of(window.epoch().serverVersion(), version);
  }

  /** In what the scratch database differs from production. */
  public List<String> notes() {
    return segments.notes();
  }

  /** The states between the transactions, to be looked at. */
  public Timeline timeline(Report report) {
    return new Timeline(segments, window.plan(trace, Moves.NONE), report);
  }

  /** Has something closed before the scratch database is dropped. */
  public void closeFirst(Runnable closing) {
    closings.add(closing);
  }

  /** Drops the scratch database. */
  @Override
  public void close() {
    try {
      closings.forEach(Runnable::run);
    } finally {
      segments.close();
    }
  }
}
