package dev.reprise.runtime.execution;

import dev.reprise.ExecutionStatus;
import dev.reprise.RetriesExhaustedException;
import dev.reprise.TransactionMisuseException;
import dev.reprise.runtime.function.FunctionDefinition;
import dev.reprise.runtime.function.Policy;
import dev.reprise.runtime.json.ExceptionCodec;
import dev.reprise.runtime.postgres.Backoff;
import dev.reprise.runtime.postgres.BoundTransaction;
import dev.reprise.runtime.postgres.SqlFailure;
import dev.reprise.runtime.postgres.SqlState;
import dev.reprise.runtime.store.BusinessCommit;
import dev.reprise.runtime.store.BusinessCommit.Committed;
import dev.reprise.runtime.store.FunctionKind;
import dev.reprise.runtime.store.LogWrite.Birth;
import dev.reprise.runtime.store.OperationKind;
import dev.reprise.runtime.store.OperationRow;
import dev.reprise.runtime.store.Position;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One call of a transaction function: body, log row and commit in one PostgreSQL transaction, as often as serialization
 * failures make it necessary.
 *
 * <p>The rules, and what breaks without them:
 *
 * <ul>
 *   <li>The log row is a plain INSERT whose error ends the transaction. A runner that finds its position taken is not the
 *       one whose effects count: it throws away its whole stack, which may have branched on other reads.
 *   <li>A connection that is lost while committing tells nothing. The call is run again at the same position: its insert
 *       waits for the first backend to end and then collides with the row, if that backend had committed. Looking for
 *       the row would prove nothing while that backend lives.
 *   <li>A statement that failed is not forgotten when user code swallows its exception: the transaction is aborted, or
 *       worse, a serialization failure would be taken for an outcome.
 * </ul>
 */
final class TransactionCall {
  private static final Logger LOG = LoggerFactory.getLogger(TransactionCall.class);
  private static final Backoff CONFLICT =
      new Backoff(Duration.ofMillis(2), Duration.ofMillis(500), 40);
  private static final Duration REFUSED_AFTER = Duration.ofSeconds(4);
  private static final Duration IDLE_ALLOWED = Duration.ofSeconds(60);
  private static final int IDLE_ATTEMPTS = 2;
  private static final Backoff LOSS = new Backoff(Duration.ofMillis(50), Duration.ofSeconds(2), 30);

  private final WorkflowScope scope;
  private final Run run;
  private final Position position;
  private final FunctionDefinition function;
  private final Policy.OfTransaction policy;
  private final long hash;
  private final TransactionBody within;

  TransactionCall(
      WorkflowScope scope,
      Position position,
      FunctionDefinition function,
      Policy.OfTransaction policy,
      long hash) {
    this.scope = scope;
    this.run = scope.run();
    this.position = position;
    this.function = function;
    this.policy = policy;
    this.hash = hash;
    this.within = new TransactionBody(scope, position, function, policy);
  }

  /** How one attempt ended. */
  private sealed interface Attempt {
    record Ended(OperationRow row) implements Attempt {}

    record Conflicted(Throwable cause) implements Attempt {}

    /** @param idle whether the server ended the session because the function left its transaction idle */
    record ConnectionLost(SQLException cause, boolean idle) implements Attempt {}
  }

  /**
   * Runs it to an outcome.
   *
   * @return the row; remembered as recorded by the run where the transaction wrote, else to be buffered
   */
  OperationRow run(TransactionBody.Body body) {
    long firstTry = System.nanoTime();
    int losses = 0;
    int idles = 0;
    for (int attempt = 1; ; attempt++) {
      var came = attempt(body, attempt);
      if (came instanceof Attempt.Ended ended) {
        return ended.row();
      }
      if (came instanceof Attempt.Conflicted conflict) {
        if (!CONFLICT.allows(attempt)) {
          return failed(
              exhausted(conflict.cause(), attempt),
              null,
              attempt,
              run.services().clock().now());
        }
        run.services().metrics().transactionRetried(function.name(), SqlState.of(conflict.cause()));
        pause(CONFLICT.delay(attempt, ThreadLocalRandom.current()));
      } else if (came instanceof Attempt.ConnectionLost loss) {
        if (loss.idle() && ++idles == IDLE_ATTEMPTS) {
          return failed(leftIdle(), null, attempt, run.services().clock().now());
        }
        LOG.info(
            "execution {} {}: connection lost in {}, running it again",
            run.identity().id(),
            position,
            function.name(),
            loss.cause());
        if (!LOSS.allows(++losses) || mayBeRefused(firstTry)) {
          throw run.halt(Unwinding.Reason.ABANDONED, "the database cannot be reached");
        }
        pause(LOSS.delay(losses, ThreadLocalRandom.current()));
      }
    }
  }

  /** Nothing was begun, so a caller who is told so soon can do better than wait. */
  private boolean mayBeRefused(long firstTry) {
    return !run.birth().isBorn()
        && !run.isCommitUnknown()
        && System.nanoTime() - firstTry > REFUSED_AFTER.toNanos();
  }

  private RetriesExhaustedException exhausted(Throwable last, int attempts) {
    var exhausted = new RetriesExhaustedException(
        function.name() + " met a serialization failure or deadlock in each of " + attempts
            + " attempts; reduce what concurrent calls read and write in common");
    exhausted.addSuppressed(last);
    return exhausted;
  }

  private TransactionMisuseException leftIdle() {
    return new TransactionMisuseException(function.name()
        + " left its transaction without a statement for longer than the server allows (60 s), in each of "
        + IDLE_ATTEMPTS + " attempts. Do what takes long in a @Step, outside the transaction");
  }

  private void pause(Duration delay) {
    run.waits().hold(() -> false, delay);
  }

  private Attempt attempt(TransactionBody.Body body, int attempt) {
    CallConnection connection;
    try {
      connection = new CallConnection(run.services().database());
    } catch (SQLException e) {
      return new Attempt.ConnectionLost(e, false);
    }
    var transaction = new BoundTransaction(connection.real());
    boolean trusted = false;
    try {
      var ended = within(transaction, connection, body, attempt);
      trusted = !(ended instanceof Attempt.ConnectionLost) && !transaction.sessionTainted();
      return ended;
    } finally {
      connection.giveBack(trusted);
    }
  }

  private Attempt within(
      BoundTransaction transaction,
      CallConnection connection,
      TransactionBody.Body body,
      int attempt) {
    Instant began = run.services().clock().now();
    try {
      connection.begin(policy);
    } catch (SQLException e) {
      return connection.isLost() || SqlState.isConnectionLost(e)
          ? new Attempt.ConnectionLost(e, false)
          : new Attempt.Ended(failedAfterRollback(connection, e, null, attempt, began));
    }
    var came = within.run(transaction, body);
    var thrown = came.thrown();
    var failure = came.failure();
    if (connection.isLost()) {
      var cause = lossOf(thrown, failure);
      boolean idle = "25P03".equals(SqlState.of(cause))
          || Duration.between(began, run.services().clock().now()).compareTo(IDLE_ALLOWED) > 0;
      return new Attempt.ConnectionLost(cause, idle);
    }
    if (thrown != null && SqlState.isRetryable(thrown)) {
      return new Attempt.Conflicted(thrown);
    }
    if (failure != null && SqlState.isRetryable(failure.exception())) {
      return new Attempt.Conflicted(failure.exception());
    }
    if (thrown == null && failure != null) {
      thrown = within.swallowed(failure);
    }
    if (thrown != null) {
      var snapshot = failure == null ? connection.snapshot() : null;
      return new Attempt.Ended(failedAfterRollback(connection, thrown, snapshot, attempt, began));
    }
    return commit(connection, came.result(), attempt, began);
  }

  private Attempt commit(
      CallConnection connection, @Nullable Object result, int attempt, Instant began) {
    String output;
    try {
      output = within.encode(run.application().codec(), result);
    } catch (RuntimeException e) {
      var snapshot = connection.snapshot();
      return new Attempt.Ended(failedAfterRollback(connection, e, snapshot, attempt, began));
    }
    boolean bearing = run.beginBirth();
    boolean born = false;
    try {
      var record = new BusinessCommit.Entry(
          run.identity().execution(),
          bearing ? birth() : null,
          scope.log().buffered(),
          position,
          function.name(),
          hash,
          output,
          attempt,
          policy.isolation().name(),
          policy.readOnly(),
          policy.role() != null);
      var committed = run.services().commit().commit(connection.real(), record);
      born = committed.transactionId() != null;
      if (born && bearing && isWholeExecution()) {
        run.markEndedByCommit();
      }
      return new Attempt.Ended(recorded(committed, output, attempt));
    } catch (SQLException e) {
      return commitFailed(connection, e, attempt, began);
    } finally {
      if (bearing) {
        run.birth().end(born);
      }
    }
  }

  /** A transaction function called from outside ends with this very commit. */
  private Birth birth() {
    return new Birth(
        run.identity(),
        isWholeExecution() ? ExecutionStatus.SUCCEEDED : ExecutionStatus.RUNNING,
        isWholeExecution() ? null : run.owner());
  }

  private boolean isWholeExecution() {
    return run.function().kind() == FunctionKind.TRANSACTION;
  }

  private OperationRow recorded(Committed committed, @Nullable String output, int attempt) {
    var row = new OperationRow(
        position,
        OperationKind.TRANSACTION,
        function.name(),
        hash,
        output,
        null,
        attempt,
        committed.transactionId(),
        committed.snapshot(),
        policy.isolation().name(),
        committed.startedAt(),
        committed.completedAt());
    if (committed.transactionId() != null) {
      scope.log().takeBuffer();
      run.remember(row);
    }
    return row;
  }

  private Attempt commitFailed(
      CallConnection connection, SQLException e, int attempt, Instant began) {
    if (connection.isLost() || SqlState.isConnectionLost(e)) {
      run.markCommitUnknown();
      return new Attempt.ConnectionLost(e, "25P03".equals(SqlState.of(e)));
    }
    if (SqlState.isUniqueViolationOf(e, "reprise", "operations")
        || SqlState.isUniqueViolationOf(e, "reprise", "executions")) {
      connection.rollBack();
      throw run.halt(Unwinding.Reason.LOST_RACE, "another runner was first at " + position);
    }
    if (SqlState.isRetryable(e)) {
      return new Attempt.Conflicted(e);
    }
    var labelled = TransactionBody.atCommit(e);
    return new Attempt.Ended(failedAfterRollback(connection, labelled, null, attempt, began));
  }

  private OperationRow failedAfterRollback(
      CallConnection connection,
      Throwable thrown,
      @Nullable String snapshot,
      int attempt,
      Instant began) {
    connection.rollBack();
    return failed(thrown, snapshot, attempt, began);
  }

  private OperationRow failed(
      Throwable thrown, @Nullable String snapshot, int attempt, Instant began) {
    return new OperationRow(
        position,
        OperationKind.TRANSACTION,
        function.name(),
        hash,
        null,
        ExceptionCodec.encode(thrown),
        attempt,
        null,
        snapshot,
        policy.isolation().name(),
        began,
        run.services().clock().now());
  }

  private static SQLException lossOf(@Nullable Throwable thrown, @Nullable SqlFailure failure) {
    if (failure != null) {
      return failure.exception();
    }
    return thrown instanceof SQLException sql
        ? sql
        : new SQLException("the connection was lost", "08006", thrown);
  }
}
