package dev.reprise;

/**
 * A value or a log is larger than the server allows. Nothing of it is kept: a transaction function whose result is too large
 * is rolled back. The limits are the settings {@code max-value} and {@code max-operations}.
 */
public class SizeLimitException extends RepriseException {
  /** With a message that names what is too large, the limit, and what to do. */
  public SizeLimitException(String message) {
    super(message);
  }
}
