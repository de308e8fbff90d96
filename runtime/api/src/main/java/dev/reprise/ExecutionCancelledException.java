package dev.reprise;

/** The execution whose result was asked for was cancelled. */
public class ExecutionCancelledException extends RepriseException {
  /** With a message that names what was wrong and what to do. */
  public ExecutionCancelledException(String message) {
    super(message);
  }
}
