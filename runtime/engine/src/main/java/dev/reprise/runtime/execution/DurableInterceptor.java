package dev.reprise.runtime.execution;

import dev.reprise.runtime.function.FunctionDefinition;
import dev.reprise.runtime.function.Interceptor;
import dev.reprise.spi.CurrentExecution;
import org.jspecify.annotations.Nullable;

/** Calls on injected instances and on {@code this}: durable where an execution runs, refused elsewhere. */
public final class DurableInterceptor implements Interceptor {
  @Override
  public @Nullable Object call(FunctionDefinition function, @Nullable Object[] arguments, Body body)
      throws Throwable {
    var scope = CurrentExecution.get();
    if (scope instanceof WorkflowScope workflow) {
      return workflow.invoke(function, arguments, body);
    }
    if (scope instanceof TransactionScope transaction) {
      return transaction.join(function, arguments, body);
    }
    if (scope instanceof LeafScope leaf) {
      throw leaf.refusal(function.name());
    }
    throw new IllegalStateException(
        function.name() + " was called where no execution runs (a constructor, or a thread"
            + " that Reprise did not start): use what reprise.get(..) returns to start an execution, and Durable.async for"
            + " parallel parts of a workflow");
  }
}
