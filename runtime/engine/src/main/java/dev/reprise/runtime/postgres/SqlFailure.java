package dev.reprise.runtime.postgres;

import java.sql.SQLException;

/**
 * An error of the server that user code met.
 *
 * @param statement the text of the statement, without the values of its parameters
 */
public record SqlFailure(String statement, SQLException exception) {
  /** Whether the transaction may succeed when it is run again. */
  public boolean isRetryable() {
    return SqlState.isRetryable(exception);
  }
}
