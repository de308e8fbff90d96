package dev.reprise.debugger.replay;

import dev.reprise.Isolation;
import dev.reprise.runtime.store.ExecutionRow;
import dev.reprise.runtime.store.OperationRow;

/** A recorded call of a transaction function, in the log of its execution. */
public record TracedCall(ExecutionRow execution, OperationRow operation) {
  /** The execution's id and the position, {@code order-17@3.1}. */
  public String label() {
    return execution.id() + "@" + operation.position();
  }

  /** The isolation level it ran at. */
  public Isolation isolation() {
    var level = operation.isolation();
    return level == null ? Isolation.SERIALIZABLE : Isolation.valueOf(level);
  }
}
