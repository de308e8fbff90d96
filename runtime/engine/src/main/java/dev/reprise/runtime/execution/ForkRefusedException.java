package dev.reprise.runtime.execution;

import dev.reprise.RepriseException;

/** An execution cannot be forked as was asked; the message says why, and what can be asked. */
public final class ForkRefusedException extends RepriseException {
  private static final long serialVersionUID = 1;

  /** With a message that names what was wrong and what to do. */
  public ForkRefusedException(String message) {
    super(message);
  }
}
