package dev.reprise.runtime.postgres;

import dev.reprise.RepriseException;
import java.sql.SQLException;

/** A statement of Reprise's own failed. The message may name hosts and statements: it is for the log, not for clients. */
public class DatabaseFailureException extends RepriseException {
  /** With what was tried and the driver's exception. */
  public DatabaseFailureException(String message, SQLException cause) {
    super(message, cause);
  }

  /** The fitting exception for a failure of the driver. */
  public static DatabaseFailureException of(SQLException e) {
    return SqlState.isUnavailable(e)
        ? new DatabaseUnavailableException("the database cannot be reached: " + e.getMessage(), e)
        : new DatabaseFailureException(
            "the operation log refused a statement: " + e.getMessage(), e);
  }
}
