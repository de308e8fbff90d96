package dev.reprise;

/** The node has as many executions as it may; nothing was begun. Try again later. */
public class OverloadedException extends RepriseException {
  /** With a message that names what was wrong and what to do. */
  public OverloadedException(String message) {
    super(message);
  }
}
