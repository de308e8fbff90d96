package dev.reprise.runtime.execution;

import dev.reprise.RepriseException;

/** The database cannot be reached, or not in time. */
public final class DatabaseUnavailableException extends RepriseException {
  /** With what was tried and the driver's exception, which may name hosts: for the log, not for clients. */
  public DatabaseUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
