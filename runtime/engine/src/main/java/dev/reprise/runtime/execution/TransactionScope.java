package dev.reprise.runtime.execution;

import dev.reprise.TransactionMisuseException;
import dev.reprise.runtime.function.FunctionDefinition;
import dev.reprise.runtime.function.Interceptor.Body;
import dev.reprise.runtime.function.Policy;
import dev.reprise.runtime.postgres.BoundTransaction;
import dev.reprise.runtime.store.Position;
import java.sql.SQLException;
import java.sql.Savepoint;
import org.jspecify.annotations.Nullable;

/** Inside a transaction function: other transaction functions join. */
final class TransactionScope extends LeafScope {
  private final FunctionDefinition outer;
  private final Policy.OfTransaction policy;
  private final BoundTransaction transaction;

  TransactionScope(
      WorkflowScope within,
      Position position,
      FunctionDefinition outer,
      Policy.OfTransaction policy,
      BoundTransaction transaction) {
    super(within, position, "a @Transaction (" + outer.name() + ")");
    this.outer = outer;
    this.policy = policy;
    this.transaction = transaction;
  }

  BoundTransaction transaction() {
    return transaction;
  }

  /**
   * Runs another function in the same transaction, behind a savepoint: what it did is undone where it throws, so the
   * caller may catch its exception and go on.
   */
  @Nullable
  Object join(FunctionDefinition function, @Nullable Object[] arguments, Body body)
      throws Throwable {
    if (!(function.policy() instanceof Policy.OfTransaction inner)) {
      throw refusal(function.name());
    }
    if (!inner.equals(policy)) {
      throw new TransactionMisuseException(
          function.name() + " (" + inner + ") cannot join the transaction of " + outer.name() + " ("
              + policy + "): isolation, readOnly and role must be the same");
    }
    var savepoint = transaction.openSavepoint();
    Object result;
    try {
      result = body.run(arguments);
    } catch (Throwable e) {
      rollBackTo(savepoint, e);
      throw e;
    }
    transaction.release(savepoint);
    return result;
  }

  private void rollBackTo(Savepoint savepoint, Throwable thrown) {
    try {
      transaction.rollbackTo(savepoint);
    } catch (SQLException e) {
      thrown.addSuppressed(e);
    }
  }
}
