package dev.reprise;

/** One attempt of a step took longer than its timeout. */
public class StepTimeoutException extends RepriseException {
  /** With a message that names what was wrong and what to do. */
  public StepTimeoutException(String message) {
    super(message);
  }
}
