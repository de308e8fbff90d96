package dev.reprise.runtime.execution;

import dev.reprise.SizeLimitException;
import dev.reprise.runtime.execution.Rehearsal.Outcome;
import dev.reprise.runtime.function.FunctionDefinition;
import dev.reprise.runtime.function.Policy;
import dev.reprise.runtime.json.ExceptionCodec;
import dev.reprise.runtime.postgres.BoundTransaction;
import dev.reprise.runtime.store.Position;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** The body of a recorded call under the rules of {@link TransactionCall}, without its record and its commit. */
final class RehearsedTransaction implements Rehearsal.Transaction {
  private final WorkflowScope scope;
  private final Position position;
  private final FunctionDefinition function;
  private final Policy.OfTransaction policy;
  private final TransactionBody.Body body;
  private final TransactionBody within;

  RehearsedTransaction(
      WorkflowScope scope,
      Position position,
      FunctionDefinition function,
      Policy.OfTransaction policy,
      TransactionBody.Body body) {
    this.scope = scope;
    this.position = position;
    this.function = function;
    this.policy = policy;
    this.body = body;
    this.within = new TransactionBody(scope, position, function, policy);
  }

  @Override
  public FunctionDefinition function() {
    return function;
  }

  @Override
  public Outcome run(Connection connection) {
    if (policy.readOnly()) {
      try (var statement = connection.createStatement()) {
        statement.execute("set transaction read only");
      } catch (SQLException e) {
        return Outcome.failed(e);
      }
    }
    return runTracked(connection);
  }

  @Override
  public Outcome runTracked(Connection connection) {
    var came = within.run(new BoundTransaction(connection), body);
    if (came.thrown() != null) {
      return Outcome.failed(came.thrown());
    }
    if (came.failure() != null) {
      return Outcome.failed(
          came.failure().isRetryable()
              ? came.failure().exception()
              : within.swallowed(came.failure()));
    }
    var tooLarge = refusedAsTooLarge();
    if (tooLarge != null) {
      return tooLarge;
    }
    try {
      return new Outcome(
          within.encode(scope.run().application().codec(), came.result()), null, null);
    } catch (RuntimeException e) {
      return Outcome.failed(e);
    }
  }

  /** Where the result was larger than the server of that time allowed: its limit is not known here. */
  private @Nullable Outcome refusedAsTooLarge() {
    var recorded = scope.run().recorded(position);
    if (recorded == null || recorded.error() == null) {
      return null;
    }
    var thrown = ExceptionCodec.decode(recorded.error(), SizeLimitException.class.getClassLoader());
    return thrown instanceof SizeLimitException ? Outcome.failed(thrown) : null;
  }

  @Override
  public Outcome failedAtCommit(SQLException failure) {
    return Outcome.failed(TransactionBody.atCommit(failure));
  }
}
