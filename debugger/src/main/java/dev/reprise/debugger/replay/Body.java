package dev.reprise.debugger.replay;

import dev.reprise.debugger.history.Change;
import dev.reprise.runtime.execution.Rehearsal;
import dev.reprise.runtime.function.Policy;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * One run of a body. Run on the thread of the author's code; the gate is for others.
 *
 * @param recorded what its transaction changed
 * @param gate lets it come as far as it may
 * @param asked hears what it asks the database for
 * @param log writes down its course; null where nobody asks
 */
record Body( // tidy: what one run needs
    TracedCall traced,
    Session session,
    Rehearsal.Transaction transaction,
    Instruments instruments,
    List<Change> recorded,
    StatementGate gate,
    AskedValues asked,
    BodyCourse.@Nullable Log log)
    implements Callable<Body.Made> {

  /**
   * What a body came to.
   *
   * @param changes that it made
   * @param tellsTime whether it wrote the time of its transaction, which is taken as recorded
   * @param asked the names of what it asked for that is not recorded
   * @param course what each of its statements changed; null where nobody asks
   */
  record Made(
      Rehearsal.Outcome outcome,
      List<Captured> changes,
      boolean tellsTime,
      List<String> asked,
      @Nullable BodyCourse course) {}

  /** Of a call in a session. */
  static Body of(
      TracedCall traced,
      Session session,
      Rehearsal.Transaction transaction,
      Instruments instruments,
      List<Change> recorded,
      List<Integer> stops,
      boolean watched) {
    var asked = new AskedValues();
    var log = watched ? new BodyCourse.Log(instruments) : null;
    var gate = new StatementGate(stops, (connection, text, failed) -> {
      asked.passed(connection, text, failed);
      if (log != null) {
        log.passed(connection, text, failed);
      }
    });
    return new Body(traced, session, transaction, instruments, recorded, gate, asked, log);
  }

  @Override
  public Made call() throws SQLException {
    var connection = session.connection();
    var time = TransactionTime.of(connection, traced.operation().startedAt());
    Captured.expect(connection, instruments, recorded);
    var outcome = transaction.run(gate.over(connection));
    boolean readOnly =
        transaction.function().policy() instanceof Policy.OfTransaction policy && policy.readOnly();
    if (outcome.error() != null || readOnly) {
      return nothing(outcome, readOnly ? null : log);
    }
    try (var statement = connection.createStatement()) {
      statement.execute("set constraints all immediate");
    } catch (SQLException e) {
      return nothing(transaction.failedAtCommit(e), log);
    }
    var whole = log == null ? null : log.whole(Captured.behind(connection, instruments, 0));
    var changes = Captured.take(connection, instruments);
    var asRecorded = time.asRecorded(changes);
    return new Made(outcome, asRecorded, !asRecorded.equals(changes), asked.names(), whole);
  }

  private Made nothing(Rehearsal.Outcome outcome, BodyCourse.@Nullable Log broken) {
    return new Made(
        outcome, List.of(), false, asked.names(), broken == null ? null : broken.broken());
  }
}
