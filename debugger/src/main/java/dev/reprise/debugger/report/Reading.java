package dev.reprise.debugger.report;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * A read-only transaction on one snapshot, in which equal values have equal texts. It is rolled back when it is closed, and
 * the connection is as it was. Not thread-safe.
 */
final class Reading implements AutoCloseable {
  /** The forms that texts of values have, for the running transaction. */
  static final String FORMATS = """
      set local TimeZone = 'UTC';
      set local DateStyle = 'ISO, MDY';
      set local IntervalStyle = 'postgres';
      set local extra_float_digits = 1;
      set local bytea_output = 'hex';
      set local lc_monetary = 'C';
      """;

  private final Connection connection;
  private final boolean autoCommit;

  private Reading(Connection connection, boolean autoCommit) {
    this.connection = connection;
    this.autoCommit = autoCommit;
  }

  /** Begins, with a search path on which names of the application are written with their schemas. */
  static Reading qualified(Connection connection) throws SQLException {
    return begin(connection, "set local search_path = pg_catalog;");
  }

  /** Begins, with the search path of the session. */
  static Reading asGiven(Connection connection) throws SQLException {
    return begin(connection, "");
  }

  private static Reading begin(Connection connection, String path) throws SQLException {
    var reading = new Reading(connection, connection.getAutoCommit());
    connection.setAutoCommit(false);
    try (var statement = connection.createStatement()) {
      statement.execute(
          "set transaction isolation level repeatable read, read only; " + FORMATS + path);
      return reading;
    } catch (SQLException e) {
      try (reading) {
        throw e;
      }
    }
  }

  /** The session in which the transaction runs. */
  Connection connection() {
    return connection;
  }

  @Override
  public void close() throws SQLException {
    connection.rollback();
    connection.setAutoCommit(autoCommit);
  }
}
