package dev.reprise.runtime.crash;

import dev.reprise.runtime.postgres.Jdbc;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** The world outside of Reprise as functions reach it: a connection of their own to the same database. */
final class Outside {
  private record Place(String url, String user, String password) {}

  private static volatile @Nullable Place place;

  private Outside() {}

  static void is(String url, String user, String password) {
    place = new Place(url, user, password);
  }

  /** Waits on the thread where a gate is closed; the transaction of the caller is idle meanwhile. */
  static void pass(String gate) throws SQLException {
    try (var connection = connect()) {
      Vault.pass(connection, gate);
    }
  }

  /** An effect that nothing takes back. */
  static void happen(String label, String key) throws SQLException {
    try (var connection = connect();
        var statement = connection.prepareStatement("insert into outside values (?, ?)")) {
      statement.setString(1, label);
      statement.setString(2, key);
      statement.executeUpdate();
    }
  }

  /** How often it happened. */
  static int effects(String label) throws SQLException {
    try (var connection = connect()) {
      return Jdbc.queryOne(
              connection,
              "select count(*) from outside where label = ?",
              statement -> statement.setString(1, label),
              row -> row.getInt(1))
          .orElse(0);
    }
  }

  private static Connection connect() throws SQLException {
    var known = place;
    if (known == null) {
      throw new IllegalStateException("nobody said where the outside is");
    }
    return DriverManager.getConnection(known.url(), known.user(), known.password());
  }
}
