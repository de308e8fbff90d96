package dev.reprise.debugger.retro;

import dev.reprise.Isolation;
import dev.reprise.RepriseException;
import dev.reprise.debugger.history.Change;
import dev.reprise.debugger.history.RecordedTransaction;
import dev.reprise.debugger.rebuild.ChangeApplier;
import dev.reprise.debugger.replay.Captured;
import dev.reprise.debugger.replay.Comparison;
import dev.reprise.debugger.replay.Instruments;
import dev.reprise.debugger.replay.TracedCall;
import dev.reprise.debugger.replay.TransactionTime;
import dev.reprise.runtime.execution.Rehearsal;
import dev.reprise.runtime.postgres.SqlState;
import dev.reprise.runtime.store.OperationRow;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/**
 * Runs bodies of transactions for real, at their own isolation level, and commits them. What the database refuses for the
 * sake of others is undone and run again at once on a new snapshot, as a server would. For one directing thread.
 */
final class Bodies {
  private static final int ATTEMPTS = 40;

  private final Held.Opener database;
  private final Instruments instruments;
  private final @Nullable Footprints footprints;
  private final Duration patience;

  /**
   * In a database with instruments.
   *
   * @param footprints finds out what is read and written; null where nobody asks
   */
  Bodies(
      Held.Opener database,
      Instruments instruments,
      @Nullable Footprints footprints,
      Duration patience) {
    this.database = database;
    this.instruments = instruments;
    this.footprints = footprints;
    this.patience = patience;
  }

  /**
   * What is to be run.
   *
   * @param held the snapshot it is to see; null for that of now
   * @param inserts the recorded changes from which defaults take their values
   * @param original the call that it stands for; null where there is none, or more than one
   * @param recorded the transaction of that call; null where it changed nothing
   * @param undisturbed whether all is as it was up to here, so that production's verdict on its conflicts stands
   * @param now how many commits there are
   */
  record Task(
      Cue cue,
      @Nullable Held held,
      List<Change> inserts,
      @Nullable TracedCall original,
      @Nullable RecordedTransaction recorded,
      boolean undisturbed,
      int now) {}

  /** One run of a body in a transaction that is still open. */
  private record Attempt(
      Rehearsal.Outcome outcome,
      boolean conflict,
      List<Captured> changes,
      List<Captured> asRecorded) {
    boolean tellsTime() {
      return !asRecorded.equals(changes);
    }
  }

  /** Runs it to its end. */
  Made perform(Task task) throws SQLException, InterruptedException {
    var seen = footprints == null ? Footprint.NONE : probe(task, footprints);
    for (int attempt = 1; ; attempt++) {
      var held = attempt == 1 ? task.held() : null;
      var made = attempt(task, held, task.cue().isolation(), attempt, seen);
      if (made == null && held != null && task.undisturbed()) {
        made = attempt(task, held, Isolation.REPEATABLE_READ, attempt, seen);
      }
      if (made != null) {
        return made;
      }
      if (footprints != null) {
        seen = seen.and(probe(
            new Task(task.cue(), null, task.inserts(), null, null, false, task.now()), footprints));
      }
      if (attempt == ATTEMPTS) {
        throw new RepriseException(task.cue().label() + " met a serialization failure in each of "
            + ATTEMPTS + " attempts");
      }
    }
  }

  /** What a body would come to now; nothing comes of it. */
  OperationRow tentative(Cue cue) throws SQLException, InterruptedException {
    var task = new Task(cue, null, List.of(), null, null, false, 0);
    var session = Held.begin(database, Isolation.REPEATABLE_READ);
    try {
      var outcome = run(task, session).outcome();
      return Cast.at(cue.call(), outcome.output(), outcome.error());
    } finally {
      Held.close(session);
    }
  }

  /** What a body comes to where it fails now; null where it does not. Nothing of it is left. */
  @Nullable
  Made failing(Task task) throws SQLException, InterruptedException {
    var session = Held.begin(database, task.cue().isolation());
    try {
      var attempt = run(task, session);
      return attempt.conflict() || attempt.outcome().error() == null
          ? null
          : new Made(
              null,
              attempt.outcome().error(),
              List.of(),
              footprints == null ? Footprint.NONE : probe(task, footprints),
              1,
              task.now(),
              isSame(task, attempt));
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
      var attempt = run(task, session);
      if (attempt.outcome().error() != null) {
        session.rollback(before);
      }
      return finder.of(session, attempt.changes());
    } catch (SQLException e) {
      return everything();
    } finally {
      Held.close(session);
    }
  }

  /** Whether what transactions read and write is asked for. */
  boolean areProbed() {
    return footprints != null;
  }

  /** Null where the database refused it for the sake of others. */
  private @Nullable Made attempt(
      Task task, @Nullable Held held, Isolation isolation, int attempts, Footprint seen)
      throws SQLException, InterruptedException {
    var given = held == null ? null : held.give(isolation);
    int taken = given == null || held == null ? task.now() : held.taken();
    var session = given == null ? Held.begin(database, isolation) : given;
    try {
      var attempt = run(task, session);
      if (attempt.conflict()) {
        return null;
      }
      boolean same = isSame(task, attempt);
      var outcome = attempt.outcome();
      if (outcome.error() != null) {
        return new Made(null, outcome.error(), List.of(), seen, attempts, taken, same);
      }
      if (same && attempt.tellsTime() && task.recorded() != null) {
        session.rollback();
        new ChangeApplier(session).apply(task.recorded());
      }
      var refused = commit(session);
      if (refused == null) {
        return new Made(outcome.output(), null, attempt.changes(), seen, attempts, taken, same);
      }
      if (SqlState.isRetryable(refused)) {
        return null;
      }
      var error = task.cue().transaction().failedAtCommit(refused).error();
      return new Made(null, error, List.of(), seen, attempts, taken, false);
    } finally {
      Held.close(session);
    }
  }

  private static @Nullable SQLException commit(Connection session) {
    try {
      session.commit();
      return null;
    } catch (SQLException e) {
      return e;
    }
  }

  private Attempt run(Task task, Connection session) throws SQLException, InterruptedException {
    var future = task.cue().submit(() -> onItsThread(task, session));
    for (int patienceLost = 0; ; patienceLost++) {
      try {
        return future.get(patience.toMillis(), TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        if (patienceLost > 0) {
          throw new RepriseException(
              task.cue().label() + " does not end, and does not let itself be cancelled", e);
        }
        session.unwrap(PGConnection.class).cancelQuery();
      } catch (ExecutionException e) {
        if (e.getCause() instanceof SQLException sql) {
          throw sql;
        }
        throw new RepriseException(task.cue().label() + " could not be run: " + e.getCause(), e);
      }
    }
  }

  private Attempt onItsThread(Task task, Connection session) throws SQLException {
    var original = task.original();
    var time = TransactionTime.of(
        session, original == null ? null : original.operation().startedAt());
    Captured.expect(session, instruments, task.inserts());
    var transaction = task.cue().transaction();
    var outcome = transaction.runTracked(session);
    if (outcome.error() == null) {
      try (var statement = session.createStatement()) {
        statement.execute("set constraints all immediate");
      } catch (SQLException e) {
        outcome = SqlState.isRetryable(e)
            ? new Rehearsal.Outcome(null, "", e)
            : transaction.failedAtCommit(e);
      }
    }
    var cause = outcome.cause();
    if (outcome.error() != null) {
      boolean conflict = cause != null && SqlState.isRetryable(cause);
      return new Attempt(outcome, conflict, List.of(), List.of());
    }
    var changes = Captured.take(session, instruments);
    if (task.cue().policy().readOnly() && !changes.isEmpty()) {
      var refused = transaction.failedAtCommit(
          new SQLException("cannot write in a read-only transaction", "25006"));
      return new Attempt(refused, false, List.of(), List.of());
    }
    return new Attempt(outcome, false, changes, time.asRecorded(changes));
  }

  private Footprint everything() {
    return footprints == null
        ? Footprint.NONE
        : new Footprint(
            instruments.labels().stream().map(Access::table).collect(Collectors.toSet()),
            java.util.Set.of());
  }

  private static boolean isSame(Task task, Attempt attempt) {
    var original = task.original();
    if (original == null) {
      return false;
    }
    var outcome = attempt.outcome();
    if (Comparison.outcome(original.operation(), outcome.output(), outcome.error()) != null) {
      return false;
    }
    if (outcome.error() != null) {
      return true;
    }
    var recorded = task.recorded();
    var before = recorded == null
        ? List.<Captured>of()
        : recorded.changes().stream().map(Captured::of).toList();
    return Comparison.rows(before, attempt.asRecorded()).differences().isEmpty();
  }
}
