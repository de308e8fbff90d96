package dev.reprise.runtime.execution;

import dev.reprise.Isolation;
import dev.reprise.runtime.function.Policy;
import dev.reprise.runtime.postgres.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The pooled connection of one attempt of a transaction function. Confined to its thread. */
final class CallConnection {
  private static final Logger LOG = LoggerFactory.getLogger(CallConnection.class);

  private final Database database;
  private final Connection connection;

  CallConnection(Database database) throws SQLException {
    this.database = database;
    this.connection = database.callConnection();
  }

  Connection real() {
    return connection;
  }

  /** Sets what differs from the pool's serializable read-write transactions; nothing costs nothing. */
  void begin(Policy.OfTransaction policy) throws SQLException {
    var settings = new ArrayList<String>();
    if (policy.isolation() != Isolation.SERIALIZABLE) {
      settings.add(
          "set transaction isolation level " + policy.isolation().name().replace('_', ' '));
    }
    if (policy.readOnly()) {
      settings.add("set transaction read only");
    }
    if (policy.role() != null) {
      settings.add("set local role \"" + policy.role().replace("\"", "\"\"") + "\"");
    }
    if (!settings.isEmpty()) {
      try (var statement = connection.createStatement()) {
        statement.execute(String.join(";", settings));
      }
    }
  }

  /** The snapshot, of a transaction that can still tell it: one that failed by its own decision. */
  @Nullable
  String snapshot() {
    try (var statement = connection.createStatement();
        var rows = statement.executeQuery("select pg_current_snapshot()::text")) {
      return rows.next() ? rows.getString(1) : null;
    } catch (SQLException e) {
      LOG.debug("the snapshot of a failed call is not known", e);
      return null;
    }
  }

  /** Whether the connection is gone, so that nobody knows what became of a COMMIT under way. */
  boolean isLost() {
    try {
      return connection.isClosed();
    } catch (SQLException e) {
      LOG.debug("a connection that cannot tell its state counts as lost", e);
      return true;
    }
  }

  void rollBack() {
    try {
      connection.rollback();
    } catch (SQLException e) {
      LOG.debug("rollback failed; the connection is closed, which rolls back", e);
    }
  }

  /** Gives it back to the pool, or has it closed where its session may keep something of this call. */
  void giveBack(boolean trusted) {
    try {
      if (!trusted) {
        database.evict(connection);
      }
      connection.close();
    } catch (SQLException e) {
      LOG.debug("closing a connection failed", e);
    }
  }
}
