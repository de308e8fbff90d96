package dev.reprise.runtime.json;

import dev.reprise.RepriseException;
import org.jspecify.annotations.Nullable;

/** JSON text that is malformed, or is not of the type asked for. The message does not repeat the data. */
public final class UnreadableJsonException extends RepriseException {
  private final String path;

  UnreadableJsonException(String message, String path, @Nullable Throwable cause) {
    super(message, cause);
    this.path = path;
  }

  /** Where in the text: {@code lines[0].price}; empty for the whole. */
  public String path() {
    return path;
  }
}
