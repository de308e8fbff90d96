package dev.reprise.runtime.execution;

import dev.reprise.runtime.function.FunctionDefinition;
import dev.reprise.runtime.function.Policy;
import dev.reprise.runtime.store.NewExecution;
import dev.reprise.runtime.store.OperationKind;
import dev.reprise.runtime.store.OperationRow;
import dev.reprise.runtime.store.Position;
import org.jspecify.annotations.Nullable;

/**
 * A function call in a rehearsal: a recorded transaction is shown to the stage before its outcome is given, and one that the
 * log does not have is described to it.
 */
record RehearsedDoing(
    WorkflowScope scope,
    WorkflowScope.Doing doing,
    FunctionDefinition function,
    String input,
    long hash,
    TransactionBody.Body body)
    implements WorkflowScope.Doing {

  @Override
  public OperationRow at(Position position) throws Throwable {
    return doing.at(position);
  }

  @Override
  public void again(OperationRow recorded) {
    var stage = scope.run().stage();
    var transaction = transaction(recorded.position());
    var lineage = scope.run().identity().lineage();
    if (lineage != null && lineage.of(recorded.position()) != null) {
      return; // a fork has the outcome, and another execution the transaction
    }
    if (stage != null && transaction != null) {
      stage.reached(recorded, transaction);
    }
  }

  @Override
  public Rehearsal.NewCall describe(
      WorkflowScope scope, OperationKind kind, String name, long arguments) {
    var position = scope.log().position();
    NewExecution child = kind == OperationKind.WORKFLOW
        ? new ChildCall(scope).childAt(position, function, input)
        : null;
    return scope.newCall(
        kind, name, arguments, input, transaction(position), child, null, () -> doing.at(position));
  }

  private Rehearsal.@Nullable Transaction transaction(Position position) {
    return function.policy() instanceof Policy.OfTransaction policy
        ? new RehearsedTransaction(scope, position, function, policy, body)
        : null;
  }
}
