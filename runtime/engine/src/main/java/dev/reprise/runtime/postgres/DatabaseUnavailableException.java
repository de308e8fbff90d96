package dev.reprise.runtime.postgres;

import java.sql.SQLException;

/** The database cannot be reached, or not in time. */
public final class DatabaseUnavailableException extends DatabaseFailureException {
  /** With what was tried and the driver's exception. */
  public DatabaseUnavailableException(String message, SQLException cause) {
    super(message, cause);
  }
}
