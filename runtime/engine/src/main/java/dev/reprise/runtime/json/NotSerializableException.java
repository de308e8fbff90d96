package dev.reprise.runtime.json;

import dev.reprise.RepriseException;
import org.jspecify.annotations.Nullable;

/** A value that cannot be written as JSON. */
public final class NotSerializableException extends RepriseException {
  private final String type;
  private final String path;

  NotSerializableException(String type, String path, String problem, @Nullable Throwable cause) {
    super(
        "a value of type " + type + " cannot be written as JSON"
            + (path.isEmpty() ? "" : " at " + path) + ": " + problem,
        cause);
    this.type = type;
    this.path = path;
  }

  /** The declared type of the value. */
  public String type() {
    return type;
  }

  /** Where in the value: {@code lines[0].price}; empty for the value itself. */
  public String path() {
    return path;
  }
}
