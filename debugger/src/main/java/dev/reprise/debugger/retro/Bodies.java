package dev.reprise.debugger.retro;

import dev.reprise.Isolation;
import dev.reprise.RepriseException;
import dev.reprise.debugger.history.Change;
import dev.reprise.debugger.history.RecordedTransaction;
import dev.reprise.debugger.rebuild.ChangeApplier;
import dev.reprise.debugger.replay.Instruments;
import dev.reprise.debugger.replay.StatementGate;
import dev.reprise.debugger.replay.TracedCall;
import dev.reprise.runtime.postgres.SqlState;
import dev.reprise.runtime.store.OperationRow;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs bodies of transactions for real, at their own isolation level, and commits them. What the database refuses for the
 * sake of others is undone and run again at once on a new snapshot, as a server would. Several may be under way: one that
 * waits for a lock of another is left until that has ended. Nothing is waited for longer than the patience allows. For one
 * directing thread.
 */
final class Bodies implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Bodies.class);
  private static final int ATTEMPTS = 40;

  private final Held.Opener database;
  private final Instruments instruments;
  private final @Nullable Footprints footprints;
  private final Executor threads;
  private final Set<Turn> underWay = new LinkedHashSet<>();
  private final Waits waits;

  /**
   * In a database with instruments.
   *
   * @param footprints finds out what is read and written; null where nobody asks
   */
  Bodies(
      Held.Opener database,
      Instruments instruments,
      @Nullable Footprints footprints,
      Executor threads,
      Duration patience) {
    this.database = database;
    this.instruments = instruments;
    this.footprints = footprints;
    this.threads = threads;
    this.waits = new Waits(database, patience, this::processesUnderWay);
  }

  /**
   * What is to be run.
   *
   * @param held the snapshot it is to see; null for that of now
   * @param inserts the recorded changes from which defaults take their values
   * @param original the call that it stands for; null where there is none, or more than one
   * @param recorded the transaction of that call; null where it changed nothing
   * @param stops the statements, from 0, before which its body waits to be told to go on, as it did in the original
   */
  record Task(
      Cue cue,
      @Nullable Held held,
      List<Change> inserts,
      @Nullable TracedCall original,
      @Nullable RecordedTransaction recorded,
      Moment moment,
      List<Integer> stops) {
    /** Whether production's verdict on its conflicts stands, if it comes out as it did. */
    boolean isUndisturbed() {
      return original != null && held != null && moment.isUndisturbedSince(held.taken());
    }
  }

  /** Runs it to its end, beside no other. */
  Made perform(Task task) throws SQLException, InterruptedException {
    return Objects.requireNonNull(end(begin(task)));
  }

  /** Runs the body, as far as it comes. */
  Turn begin(Task task) throws SQLException, InterruptedException {
    var seen = footprints == null ? Footprint.NONE : probe(task, footprints);
    var turn = new Turn(task, seen);
    start(turn, task.held(), task.cue().isolation());
    underWay.add(turn);
    var unused = advance(turn);
    return turn;
  }

  private void start(Turn turn, @Nullable Held held, Isolation isolation) throws SQLException {
    var given = held == null ? null : held.give(isolation);
    var task = turn.task();
    var session = given == null ? Held.begin(database, isolation) : given;
    var gate = new StatementGate(given == null ? List.of() : turn.stopsAhead());
    turn.begin(new Turn.Attempt(
        session,
        processOf(session),
        isolation,
        given == null || held == null ? task.moment().commits() : held.taken(),
        given != null,
        gate,
        task.cue().submit(() -> BodyRun.of(task, session, instruments, gate))));
  }

  private static int processOf(Connection session) throws SQLException {
    return session.unwrap(PGConnection.class).getBackendPID();
  }

  /** Lets one that may have waited come as far as it can; false where its body still waits for another, or was undone. */
  boolean advance(Turn turn) throws SQLException, InterruptedException {
    for (var at = turn.current(); at != null; at = turn.current()) {
      var label = turn.task().cue().label();
      if (!waits.isAtItsEnd(at.run(), at.process(), label, at.gate()::isHolding)) {
        return false;
      }
      var run = result(at.run(), label);
      if (!run.conflict() && (!turn.isAsProduction() || run.isSame(turn.task()))) {
        return true;
      }
      again(turn);
    }
    return false;
  }

  /** Commits it, or whatever its end is; null where it waits for another that is under way: then it is to be asked again. */
  @Nullable
  Made end(Turn turn) throws SQLException, InterruptedException {
    if (turn.current() == null) {
      again(turn);
    }
    turn.openAll();
    while (advance(turn)) {
      var made = committed(turn);
      if (made != null) {
        underWay.remove(turn);
        turn.close();
        return made;
      }
      again(turn);
    }
    return null;
  }

  /** Undoes what it has done; at its end it is run once more. */
  void abort(Turn turn) throws SQLException, InterruptedException {
    var at = turn.current();
    if (at != null) {
      at.gate().giveUp();
      waits.cancel(at.run(), at.process(), turn.task().cue().label());
      turn.undo();
    }
  }

  /** Who is under way. */
  Set<Turn> underWay() {
    return Set.copyOf(underWay);
  }

  /** Null where the database refused it for the sake of others. */
  private @Nullable Made committed(Turn turn) throws SQLException, InterruptedException {
    var at = Objects.requireNonNull(turn.current());
    var task = turn.task();
    var run = result(at.run(), task.cue().label());
    boolean same = run.isSame(task);
    if (run.outcome().error() != null) {
      return made(turn, at, null, run.outcome().error(), same);
    }
    if (same && run.tellsTime() && task.recorded() != null) {
      at.session().rollback();
      new ChangeApplier(at.session()).apply(task.recorded());
    }
    try {
      at.session().commit();
    } catch (SQLException e) {
      if (!SqlState.isRetryable(e)) {
        var error = task.cue().transaction().failedAtCommit(e).error();
        return made(turn, at, null, error, false);
      }
      if (!same || !at.isOnHeld() || !task.isUndisturbed()) {
        return null;
      }
      applyAsRecorded(task); // production let it pass
    }
    return made(turn, at, run, null, same);
  }

  private static Made made(
      Turn turn, Turn.Attempt at, @Nullable BodyRun run, @Nullable String error, boolean same) {
    return new Made(
        run == null ? null : run.outcome().output(),
        error,
        run == null ? List.of() : run.changes(),
        turn.seen(),
        turn.attempts(),
        at.taken(),
        same);
  }

  private void applyAsRecorded(Task task) throws SQLException {
    if (task.recorded() != null) {
      var session = Held.begin(database, Isolation.READ_COMMITTED);
      try {
        new ChangeApplier(session).apply(task.recorded());
        session.commit();
      } finally {
        Held.close(session);
      }
    }
  }

  /** Where all is as it was, production's verdict on its conflicts stands; else it is one more attempt. */
  private void again(Turn turn) throws SQLException, InterruptedException {
    var last = turn.current();
    turn.undo();
    var task = turn.task();
    if (last != null
        && last.isOnHeld()
        && last.isolation() == Isolation.SERIALIZABLE
        && task.isUndisturbed()) {
      turn.asProduction();
      start(turn, task.held(), Isolation.REPEATABLE_READ);
      return;
    }
    if (turn.attempts() == ATTEMPTS) {
      throw new RepriseException(
          task.cue().label() + " met a serialization failure in each of " + ATTEMPTS + " attempts");
    }
    turn.again(footprints == null ? Footprint.NONE : probe(onNow(task), footprints));
    start(turn, null, task.cue().isolation());
  }

  private static Task onNow(Task task) {
    return new Task(task.cue(), null, task.inserts(), null, null, task.moment(), List.of());
  }

  // --- bodies of which nothing comes
  // ------------------------------------------------------------------------------------------

  /** What a body would come to now; nothing comes of it. */
  OperationRow tentative(Task task) throws SQLException, InterruptedException {
    var cue = task.cue();
    var session = Held.begin(database, Isolation.REPEATABLE_READ);
    try {
      var run = aside(task, session);
      if (run == null) {
        throw new SQLException(
            cue.label() + " waits for a lock of a transaction that is under way");
      }
      return Cast.at(cue.call(), run.outcome().output(), run.outcome().error());
    } finally {
      Held.close(session);
    }
  }

  /** What a body comes to where it fails now; null where it does not. Nothing of it is left. */
  @Nullable
  Made failing(Task task) throws SQLException, InterruptedException {
    var session = Held.begin(database, task.cue().isolation());
    try {
      var run = aside(task, session);
      return run == null || run.conflict() || run.outcome().error() == null
          ? null
          : new Made(
              null,
              run.outcome().error(),
              List.of(),
              footprints == null ? Footprint.NONE : probe(task, footprints),
              1,
              task.moment().commits(),
              run.isSame(task));
    } finally {
      Held.close(session);
    }
  }

  /** What a body reads and writes is found by running it in a session of its own, without any consequence. */
  private Footprint probe(Task task, Footprints finder) throws SQLException, InterruptedException {
    var held = task.held();
    var given = held == null ? null : held.giveProbe();
    var session = given == null ? Held.probe(database) : given;
    try {
      var before = session.setSavepoint();
      var run = aside(task, session);
      if (run == null) {
        return everything();
      }
      if (run.outcome().error() != null) {
        session.rollback(before);
      }
      return finder.of(session, run.changes());
    } catch (SQLException e) {
      return everything();
    } finally {
      Held.close(session);
    }
  }

  private Footprint everything() {
    return new Footprint(
        instruments.labels().stream().map(Access::table).collect(Collectors.toSet()), Set.of());
  }

  /** Whether what transactions read and write is asked for. */
  boolean areProbed() {
    return footprints != null;
  }

  /** Null where it would have to wait for one that is under way. */
  private @Nullable BodyRun aside(Task task, Connection session)
      throws SQLException, InterruptedException {
    var run = task.cue()
        .submit(() -> BodyRun.of(task, session, instruments, new StatementGate(List.of())));
    if (waits.isAtItsEnd(run, processOf(session), task.cue().label())) {
      return result(run, task.cue().label());
    }
    waits.cancel(run, processOf(session), task.cue().label());
    return null;
  }

  // --- who must not wait
  // ------------------------------------------------------------------------------------------

  /**
   * Does what must be done now. Who holds it up is undone, and comes again at its end.
   *
   * @param process the server's process that it is done in
   * @return whether somebody was undone
   */
  boolean first(FutureTask<?> work, int process, String what)
      throws SQLException, InterruptedException {
    boolean undone = false;
    threads.execute(work);
    while (!waits.isAtItsEnd(work, process, what)) {
      var holders = waits.holdersFor(process);
      for (var turn : underWay()) {
        var at = turn.current();
        if (at != null && holders.contains(at.process())) {
          abort(turn);
          undone = true;
        }
      }
    }
    return undone;
  }

  private Set<Integer> processesUnderWay() {
    return underWay.stream()
        .flatMap(turn -> Stream.ofNullable(turn.current()))
        .map(Turn.Attempt::process)
        .collect(Collectors.toSet());
  }

  private static BodyRun result(Future<BodyRun> run, String what)
      throws SQLException, InterruptedException {
    try {
      return run.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof SQLException sql) {
        throw sql;
      }
      throw new RepriseException(what + " could not be run: " + e.getCause(), e);
    }
  }

  /** Undoes what is under way. */
  @Override
  public void close() {
    try {
      for (var turn : underWay()) {
        abort(turn);
      }
    } catch (SQLException e) {
      LOG.debug("a session of the scratch database ended by itself", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      underWay.clear();
      waits.close();
    }
  }
}
