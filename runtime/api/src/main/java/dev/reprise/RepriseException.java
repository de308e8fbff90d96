package dev.reprise;

import org.jspecify.annotations.Nullable;

/** The root of what Reprise itself throws; the exceptions of functions come back as their own types. */
public class RepriseException extends RuntimeException {
  /** With a message that names what was wrong and what to do. */
  public RepriseException(String message) {
    super(message);
  }

  /** With a message and a cause. */
  public RepriseException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
