package dev.reprise.runtime.execution;

import dev.reprise.TransactionMisuseException;
import dev.reprise.runtime.function.FunctionDefinition;
import dev.reprise.runtime.function.Policy;
import dev.reprise.runtime.json.JsonCodec;
import dev.reprise.runtime.postgres.BoundTransaction;
import dev.reprise.runtime.postgres.SqlFailure;
import dev.reprise.runtime.store.Position;
import dev.reprise.spi.CurrentExecution;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** The author's method inside an open transaction, and what it came to. Used by one thread. */
final class TransactionBody {
  private final WorkflowScope scope;
  private final Position position;
  private final FunctionDefinition function;
  private final Policy.OfTransaction policy;

  TransactionBody(
      WorkflowScope scope,
      Position position,
      FunctionDefinition function,
      Policy.OfTransaction policy) {
    this.scope = scope;
    this.position = position;
    this.function = function;
    this.policy = policy;
  }

  /** The author's method with its arguments. */
  interface Body {
    @Nullable
    Object run() throws Throwable;
  }

  /** What it gave or threw, and the first statement that failed in it. */
  record Came(
      @Nullable Object result,
      @Nullable Throwable thrown,
      @Nullable SqlFailure failure) {}

  /** Runs it under the scope of the transaction, whose handles are of no use afterwards. */
  Came run(BoundTransaction transaction, Body body) {
    Object result = null;
    Throwable thrown = null;
    var before =
        CurrentExecution.set(new TransactionScope(scope, position, function, policy, transaction));
    try {
      result = body.run();
    } catch (Throwable e) {
      thrown = e;
    } finally {
      CurrentExecution.set(before);
      transaction.end();
    }
    return new Came(result, thrown, transaction.firstFailure());
  }

  TransactionMisuseException swallowed(SqlFailure failure) {
    var misuse = new TransactionMisuseException(
        function.name() + " swallowed the failure of a statement, after which its"
            + " transaction cannot be trusted: " + failure.statement()
            + ". Let the exception pass, or set a JDBC savepoint"
            + " before the statement and roll back to it");
    misuse.addSuppressed(failure.exception());
    return misuse;
  }

  /** A deferred constraint or trigger: the function's own failure, found after its last line. */
  static SQLException atCommit(SQLException e) {
    return new SQLException("at COMMIT: " + e.getMessage(), e.getSQLState(), e);
  }

  /** Read back before it is recorded: what could be written but not read would fail in every later run. */
  @Nullable
  String encode(JsonCodec codec, @Nullable Object result) {
    var type = function.method().getGenericReturnType();
    if (type == void.class) {
      return null;
    }
    var output =
        scope.run().fitting(codec.encode(result, type), "the result of " + function.name());
    var unused = codec.decode(output, type);
    return output;
  }
}
