package dev.reprise.debugger.rebuild;

import dev.reprise.RepriseException;
import org.jspecify.annotations.Nullable;

/** A state cannot be made, or a change does not fit the rows that are there; the message says what and where. */
public class RebuildException extends RepriseException {
  private static final long serialVersionUID = 1L;

  /** With what was to be done, and the table where there is one. */
  public RebuildException(String message) {
    super(message);
  }

  /** With a message and a cause. */
  public RebuildException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
