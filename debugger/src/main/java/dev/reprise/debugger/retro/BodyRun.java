package dev.reprise.debugger.retro;

import dev.reprise.debugger.replay.Captured;
import dev.reprise.debugger.replay.Comparison;
import dev.reprise.debugger.replay.Instruments;
import dev.reprise.debugger.replay.StatementGate;
import dev.reprise.debugger.replay.TransactionTime;
import dev.reprise.runtime.execution.Rehearsal;
import dev.reprise.runtime.postgres.SqlState;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/**
 * One run of a body in a transaction that is still open.
 *
 * @param conflict whether the database refused it for the sake of others
 * @param changes it made; none where it failed
 * @param asRecorded the same, with the recorded time in the place of its own
 */
record BodyRun(
    Rehearsal.Outcome outcome,
    boolean conflict,
    List<Captured> changes,
    List<Captured> asRecorded) {

  /** Runs it, on the thread of the author's code. */
  static BodyRun of(
      Bodies.Task task, Connection session, Instruments instruments, StatementGate gate)
      throws SQLException {
    var original = task.original();
    var time = TransactionTime.of(
        session, original == null ? null : original.operation().startedAt());
    Captured.expect(session, instruments, task.inserts());
    var transaction = task.cue().transaction();
    var outcome = transaction.runTracked(gate.over(session));
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
      return new BodyRun(outcome, conflict, List.of(), List.of());
    }
    var changes = Captured.take(session, instruments);
    if (task.cue().policy().readOnly() && !changes.isEmpty()) {
      var refused = transaction.failedAtCommit(
          new SQLException("cannot write in a read-only transaction", "25006"));
      return new BodyRun(refused, false, List.of(), List.of());
    }
    return new BodyRun(outcome, false, changes, time.asRecorded(changes));
  }

  /** Whether it wrote the time of its transaction. */
  boolean tellsTime() {
    return !asRecorded.equals(changes);
  }

  /** Whether it came out as the original; false where there is none. */
  boolean isSame(Bodies.Task task) {
    var original = task.original();
    if (original == null
        || Comparison.outcome(original.operation(), outcome.output(), outcome.error()) != null) {
      return false;
    }
    if (outcome.error() != null) {
      return true;
    }
    var recorded = task.recorded();
    var before = recorded == null
        ? List.<Captured>of()
        : recorded.changes().stream().map(Captured::of).toList();
    return Comparison.rows(before, asRecorded).differences().isEmpty();
  }
}
