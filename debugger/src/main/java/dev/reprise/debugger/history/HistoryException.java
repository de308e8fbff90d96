package dev.reprise.debugger.history;

import dev.reprise.RepriseException;
import org.jspecify.annotations.Nullable;

/** The history cannot answer; the message says why, and what to do where something can be done. */
public final class HistoryException extends RepriseException {
  private static final long serialVersionUID = 1L;

  HistoryException(String message) {
    super(message);
  }

  HistoryException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
