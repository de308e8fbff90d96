package dev.reprise;

/** The execution whose result was asked for ran into its timeout. */
public class ExecutionTimedOutException extends RepriseException {
  /** With a message that names what was wrong and what to do. */
  public ExecutionTimedOutException(String message) {
    super(message);
  }
}
