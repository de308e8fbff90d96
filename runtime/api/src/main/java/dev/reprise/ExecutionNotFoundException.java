package dev.reprise;

/** There is no execution of that id. */
public class ExecutionNotFoundException extends RepriseException {
  /** With a message that names what was wrong and what to do. */
  public ExecutionNotFoundException(String message) {
    super(message);
  }
}
