package dev.reprise;

/** A class or method that cannot be made durable; the message names it and the remedy. */
public class RegistrationException extends RepriseException {
  /** With a message that names what was wrong and what to do. */
  public RegistrationException(String message) {
    super(message);
  }
}
