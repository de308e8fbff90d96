package dev.reprise.runtime.record;

import dev.reprise.runtime.config.DatabaseConfig;
import dev.reprise.runtime.postgres.Binder;
import dev.reprise.runtime.postgres.ConnectionHook;
import dev.reprise.runtime.postgres.DirectConnection;
import dev.reprise.runtime.postgres.Jdbc;
import dev.reprise.runtime.postgres.SqlState;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Opens the sessions of a recorder. Both give values in the same texts, whatever the defaults of server and role are:
 * the base copy is written by the one, the changes by the other.
 */
final class RecorderSession {
  /** An answer later than this means that the server is gone. */
  private static final int LATEST_ANSWER_MILLIS = 30_000;

  private static final Map<String, String> SETTINGS = Map.ofEntries(
      Map.entry("DateStyle", "ISO, YMD"),
      Map.entry("IntervalStyle", "postgres"),
      Map.entry("extra_float_digits", "3"),
      Map.entry("bytea_output", "hex"),
      Map.entry("xmlbinary", "base64"),
      Map.entry("lc_monetary", "C"),
      Map.entry("quote_all_identifiers", "off"),
      Map.entry("search_path", "pg_catalog"),
      Map.entry("row_security", "off"),
      Map.entry("synchronous_commit", "on"),
      Map.entry("statement_timeout", "0"),
      Map.entry("lock_timeout", "0"),
      Map.entry("tcp_keepalives_idle", "5"),
      Map.entry("tcp_keepalives_interval", "2"),
      Map.entry("tcp_keepalives_count", "3"));

  private RecorderSession() {}

  /**
   * For catalogs and the history, autocommit off.
   *
   * @throws RecordingImpossibleException something between us and the server shares its sessions
   */
  static Connection control(DatabaseConfig database, ConnectionHook hook) throws SQLException {
    try {
      var connection = admitted(DirectConnection.open(database, SETTINGS), hook);
      connection.setAutoCommit(false);
      answerInTime(connection);
      requireSettings(connection);
      return connection;
    } catch (SQLException e) {
      if ("08P01".equals(SqlState.of(e))) {
        throw behindProxy(e);
      }
      throw e;
    }
  }

  private static void requireSettings(Connection connection) throws SQLException {
    var path = Jdbc.query(
        connection,
        "select current_setting('search_path')",
        Binder.NOTHING,
        row -> row.getString(1));
    connection.rollback();
    if (!path.contains(SETTINGS.get("search_path"))) {
      closeQuietly(connection);
      throw behindProxy(null);
    }
  }

  private static RecordingImpossibleException behindProxy(@Nullable SQLException e) {
    return new RecordingImpossibleException(
        "something between here and the server does not pass the settings of a session on",
        "it seems to be PgBouncer: connect Reprise to PostgreSQL directly",
        e);
  }

  /**
   * For the stream.
   *
   * @throws RecordingImpossibleException the server does not let us
   */
  static Connection replication(DatabaseConfig database, ConnectionHook hook) throws SQLException {
    try {
      return admitted(DirectConnection.replication(database, SETTINGS), hook);
    } catch (SQLException e) {
      throw refusal(e);
    }
  }

  private static Connection admitted(Connection connection, ConnectionHook hook)
      throws SQLException {
    try {
      hook.onConnect(connection);
      return connection;
    } catch (SQLException | RuntimeException e) {
      closeQuietly(connection);
      throw e;
    }
  }

  private static SQLException refusal(SQLException e) {
    var said = "the server refuses a replication connection";
    return switch (SqlState.of(e)) {
      case "42501" ->
        throw new RecordingImpossibleException(
            said,
            "as a superuser run: ALTER ROLE \"<user of Reprise>\" REPLICATION"
                + " (on Amazon RDS: GRANT rds_replication TO it)",
            e);
      case "28000" ->
        throw new RecordingImpossibleException(
            said, "let pg_hba.conf admit the user to this database", e);
      case "08P01" -> throw behindProxy(e);
      case "53300" ->
        throw new RecordingImpossibleException(said, "raise max_wal_senders by one or more", e);
      default -> e;
    };
  }

  /** For statements that may take long: copies. */
  static void takeYourTime(Connection connection) throws SQLException {
    connection.setNetworkTimeout(Runnable::run, 0);
  }

  /** For all others. */
  static void answerInTime(Connection connection) throws SQLException {
    connection.setNetworkTimeout(Runnable::run, LATEST_ANSWER_MILLIS);
  }

  /** Drops the connection without a word. */
  static void abortQuietly(Connection connection) {
    try {
      connection.abort(Runnable::run);
    } catch (SQLException e) {
      // it was of no use any more
    }
  }

  static void closeQuietly(AutoCloseable connection) {
    try {
      connection.close();
    } catch (Exception e) {
      // it was of no use any more
    }
  }
}
