package dev.reprise.runtime.json;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A recorded exception.
 *
 * @param type the binary name of its class
 * @param causes the chain of causes, the nearest first
 */
public record ErrorInfo(String type, @Nullable String message, List<Cause> causes) {
  /** One of the causes. */
  public record Cause(String type, @Nullable String message) {}

  public ErrorInfo {
    causes = List.copyOf(causes);
  }
}
