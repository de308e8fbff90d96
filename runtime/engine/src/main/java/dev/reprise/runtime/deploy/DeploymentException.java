package dev.reprise.runtime.deploy;

import dev.reprise.RepriseException;
import org.jspecify.annotations.Nullable;

/** What cannot be done with a deployment; the message says why, and what to do. */
public final class DeploymentException extends RepriseException {
  private static final long serialVersionUID = 1L;

  private final Kind kind;

  /** For which reason, and what came before it. */
  public DeploymentException(Kind kind, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  /** For which reason. */
  public DeploymentException(Kind kind, String message) {
    this(kind, message, null);
  }

  /** Why not. */
  public enum Kind {
    /** There is no such version. */
    UNKNOWN,
    /** It is active, or executions need it. */
    IN_USE,
    /** There is nothing to go back to. */
    NO_ROLLBACK,
    /** The jar is not fit, or its migrations fail. */
    REFUSED
  }

  /** Why not. */
  public Kind kind() {
    return kind;
  }
}
