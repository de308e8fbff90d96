package dev.reprise.runtime.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ThreadLocalRandom;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Runs work in one transaction of its own: commits it, rolls it back on any exception, and runs it again after a
 * serialization failure or deadlock as the backoff says. The failures before the last are kept as suppressed. Thread-safe.
 */
final class TransactionRunner {
  private final DataSource source;
  private final Backoff backoff;

  /** The connections of the source have autocommit off. */
  TransactionRunner(DataSource source, Backoff backoff) {
    this.source = source;
    this.backoff = backoff;
  }

  <T extends @Nullable Object> T run(SqlWork<T> work) throws SQLException {
    Deque<Exception> earlier = new ArrayDeque<>();
    while (true) {
      try {
        return once(work);
      } catch (SQLException | RuntimeException e) {
        if (!SqlState.isRetryable(e)
            || !backoff.allows(earlier.size() + 1)
            || !waited(earlier.size() + 1)) {
          suppress(e, earlier);
          throw e;
        }
        earlier.addLast(e);
      }
    }
  }

  private <T extends @Nullable Object> T once(SqlWork<T> work) throws SQLException {
    try (Connection connection = source.getConnection()) {
      try {
        T result = work.run(connection);
        connection.commit();
        return result;
      } catch (Throwable e) {
        rollBack(connection, e);
        throw e;
      }
    }
  }

  private static void rollBack(Connection connection, Throwable failure) {
    try {
      connection.rollback();
    } catch (SQLException e) {
      failure.addSuppressed(e);
    }
  }

  private boolean waited(int failures) {
    try {
      Backoff.await(backoff.delay(failures, ThreadLocalRandom.current()));
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private static void suppress(Exception last, Deque<Exception> earlier) {
    for (Exception e : earlier) {
      if (e != last) {
        last.addSuppressed(e);
      }
    }
  }
}
