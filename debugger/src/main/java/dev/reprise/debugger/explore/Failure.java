package dev.reprise.debugger.explore;

import org.jspecify.annotations.Nullable;

/**
 * An execution that ended in an exception.
 *
 * @param execution its id
 * @param errorType the class of the exception
 * @param message null for none
 */
public record Failure(
    String execution, String errorType, @Nullable String message) {
  /** Whether it is the same but for the message. */
  boolean isLike(Failure other) {
    return execution.equals(other.execution) && errorType.equals(other.errorType);
  }
}
