package dev.reprise;

/** The operation needs an execution that is still alive. */
public class ExecutionEndedException extends RepriseException {
  /** With a message that names what was wrong and what to do. */
  public ExecutionEndedException(String message) {
    super(message);
  }
}
