package dev.reprise;

import org.jspecify.annotations.Nullable;

/** An exception of a function whose own type cannot be rebuilt here; carries its name. */
public class FunctionException extends RepriseException {
  private final String errorType;

  /** For an exception of the named type. */
  public FunctionException(String errorType, @Nullable String message, @Nullable Throwable cause) {
    super(message == null ? errorType : message, cause);
    this.errorType = errorType;
  }

  /** The binary class name of the original exception. */
  public String errorType() {
    return errorType;
  }
}
