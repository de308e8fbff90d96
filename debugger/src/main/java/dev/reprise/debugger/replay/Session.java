package dev.reprise.debugger.replay;

import dev.reprise.Isolation;
import dev.reprise.runtime.postgres.Binder;
import dev.reprise.runtime.postgres.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One transaction in the scratch database, from its snapshot to its end. Used by one thread at a time.
 *
 * @param process the server's process of it
 */
record Session(Connection connection, int process) {
  private static final Logger LOG = LoggerFactory.getLogger(Session.class);

  /** How to reach the scratch database. */
  @FunctionalInterface
  interface Opener {
    /** A connection of its own. */
    Connection open() throws SQLException;
  }

  /**
   * Begins a transaction and has it take its snapshot. What was serializable runs at repeatable read: its outcome is known,
   * and no second opinion on its conflicts is wanted.
   */
  static Session begin(Opener scratch, Isolation isolation) throws SQLException {
    var connection = scratch.open();
    try {
      connection.setAutoCommit(true);
      try (var statement = connection.createStatement()) {
        statement.execute(
            "set timezone = 'UTC'; set datestyle = 'ISO, MDY'; set intervalstyle = 'postgres'; set bytea_output = 'hex'");
      }
      Instruments.prepare(connection);
      connection.setTransactionIsolation(
          isolation == Isolation.READ_COMMITTED
              ? Connection.TRANSACTION_READ_COMMITTED
              : Connection.TRANSACTION_REPEATABLE_READ);
      connection.setAutoCommit(false);
      int process = Jdbc.queryOne(
              connection, "select pg_backend_pid()", Binder.NOTHING, row -> row.getInt(1))
          .orElseThrow();
      return new Session(connection, process);
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  void rollBack() {
    try {
      connection.rollback();
    } catch (SQLException e) {
      LOG.debug("the rollback failed; the connection is closed, which rolls back", e);
    }
  }

  void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      LOG.debug("closing a connection failed", e);
    }
  }
}
