package dev.reprise;

/** The idempotency key was used before, with another function or other arguments. */
public class IdempotencyConflictException extends RepriseException {
  /** With a message that names what was wrong and what to do. */
  public IdempotencyConflictException(String message) {
    super(message);
  }
}
