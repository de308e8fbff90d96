package dev.reprise.runtime.execution;

/**
 * Takes the stack of a run down without an outcome. An error, so that ordinary handlers of user code do not see it; code
 * that swallows it does no harm, because every later durable call of the run throws it again.
 */
final class Unwinding extends Error {
  private static final long serialVersionUID = 1;

  private final Reason reason;

  Unwinding(Reason reason, String message) {
    super(message, null, false, false);
    this.reason = reason;
  }

  Reason reason() {
    return reason;
  }

  /** Why the stack goes. */
  enum Reason {
    /** Everything in the run waits; it is run again from its log when it is due. */
    SUSPENDED,
    /** The execution goes on as a new one; this was its last call. */
    CONTINUED,
    /** Another runner recorded first, maybe after other reads: this stack is worth nothing. */
    LOST_RACE,
    /** Cancelled, timed out, or part of a workflow that failed: the branch ends here; compensations follow. */
    CLOSED,
    /** The code cannot go on; somebody has to look. */
    PARKED,
    /** This node may not go on: declared dead, shutting down, or without a database. */
    ABANDONED
  }
}
