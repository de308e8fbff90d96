package dev.reprise;

import org.jspecify.annotations.Nullable;

/** Thrown by a function that says no: all its effects are gone and its caller is told the reason. */
public class FunctionInvocationException extends RepriseException {
  /** With the reason. */
  public FunctionInvocationException(String message) {
    super(message);
  }

  /** With the reason and its cause. */
  public FunctionInvocationException(@Nullable String message, @Nullable Throwable cause) {
    super(message == null ? "" : message, cause);
  }
}
