package dev.reprise.runtime.execution;

import dev.reprise.runtime.store.Position;

/** Inside a step: the idempotency key is what matters. */
final class StepScope extends LeafScope {
  StepScope(WorkflowScope within, Position position, String name) {
    super(within, position, "a @Step (" + name + ")");
  }
}
