package dev.reprise.runtime.store;

import dev.reprise.runtime.postgres.Database;
import dev.reprise.runtime.postgres.DatabaseFailureException;
import dev.reprise.runtime.postgres.SqlWork;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * The connections on which the log is read and group-written, with failures as {@link DatabaseFailureException}.
 * Thread-safe.
 */
public final class LogDatabase {
  private final Database database;

  /** On the pools of {@code database}. */
  public LogDatabase(Database database) {
    this.database = database;
  }

  /** One READ COMMITTED transaction on the connections for the log. */
  public <T extends @Nullable Object> T log(SqlWork<T> work) {
    try {
      return database.log(work);
    } catch (SQLException e) {
      throw DatabaseFailureException.of(e);
    }
  }

  /** One READ COMMITTED transaction on the connections kept for heartbeats and recovery. */
  <T extends @Nullable Object> T housekeeping(SqlWork<T> work) {
    try {
      return database.housekeeping(work);
    } catch (SQLException e) {
      throw DatabaseFailureException.of(e);
    }
  }
}
