package dev.reprise.runtime.crash;

import dev.reprise.runtime.config.DatabaseConfig;
import dev.reprise.runtime.postgres.Jdbc;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;

/** Looks into a database and changes it, each time on a connection of its own. */
final class TestSql {
  private final DatabaseConfig config;

  TestSql(DatabaseConfig config) {
    this.config = config;
  }

  Connection connect() {
    try {
      return DriverManager.getConnection(config.url(), config.user(), config.password());
    } catch (SQLException e) {
      throw new IllegalStateException("no connection", e);
    }
  }

  void run(String statements) {
    try (var connection = connect();
        var statement = connection.createStatement()) {
      statement.execute(statements);
    } catch (SQLException e) {
      throw new IllegalStateException(statements, e);
    }
  }

  /** The first column as text; {@code parameters} are texts. */
  List<String> texts(String query, String... parameters) {
    try (var connection = connect()) {
      return Jdbc.query(
          connection,
          query,
          statement -> {
            for (int i = 0; i < parameters.length; i++) {
              statement.setString(i + 1, parameters[i]);
            }
          },
          row -> String.valueOf(row.getString(1)));
    } catch (SQLException e) {
      throw new IllegalStateException(query, e);
    }
  }

  String text(String query, String... parameters) {
    var found = texts(query, parameters);
    if (found.size() != 1) {
      throw new IllegalStateException("one row expected, not " + found + ": " + query);
    }
    return found.get(0);
  }

  int count(String query, String... parameters) {
    return Integer.parseInt(text(query, parameters));
  }
}
