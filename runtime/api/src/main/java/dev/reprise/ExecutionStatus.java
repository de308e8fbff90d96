package dev.reprise;

/** The states of an execution. */
public enum ExecutionStatus {
  /** Accepted and durable, not begun, or due to go on; any compatible node may take it. */
  PENDING,
  /** Owned by a node that runs it. */
  RUNNING,
  /** Waits for a time or for another execution; holds no thread and no connection. */
  WAITING,
  /** Stopped by an error of its own code; the cause is shown, {@code resume} continues it. */
  PARKED,
  /** No live node can load its version; the cause names what is needed. */
  STRANDED,
  /** Ended with a result. */
  SUCCEEDED,
  /** Ended by an exception of its code. */
  FAILED,
  /** Ended by a cancellation, after its compensations. */
  CANCELLED,
  /** Ended by its timeout, after its compensations. */
  TIMED_OUT;

  /** Whether the execution has ended for good. */
  public boolean isTerminal() {
    return switch (this) {
      case SUCCEEDED, FAILED, CANCELLED, TIMED_OUT -> true;
      case PENDING, RUNNING, WAITING, PARKED, STRANDED -> false;
    };
  }
}
