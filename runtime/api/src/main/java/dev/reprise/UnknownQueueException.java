package dev.reprise;

/** The queue that was named is declared nowhere. The message names those that are. */
public class UnknownQueueException extends RepriseException {
  /** With what was wrong and what to do. */
  public UnknownQueueException(String message) {
    super(message);
  }
}
