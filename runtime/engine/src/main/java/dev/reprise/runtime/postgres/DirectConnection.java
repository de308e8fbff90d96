package dev.reprise.runtime.postgres;

import dev.reprise.runtime.config.DatabaseConfig;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.stream.Collectors;
import org.postgresql.ds.PGSimpleDataSource;
import org.postgresql.jdbc.PreferQueryMode;

/**
 * Opens connections outside the pools that stay open for long. Their settings travel as startup options only: a proxy
 * that shares sessions refuses those, or ignores them, and must not get them as statements, which would reach others.
 */
public final class DirectConnection {
  private static final String OLDEST_VERSION = "14";

  private DirectConnection() {}

  /** An ordinary connection with those session settings and the time zone UTC, autocommit on. */
  public static Connection open(DatabaseConfig config, Map<String, String> settings)
      throws SQLException {
    return opened(SessionSource.driver(config), settings);
  }

  /**
   * The same for logical replication from that database.
   *
   * @throws SQLException the user may not replicate, the server has no place for it, or a proxy is in the way
   */
  public static Connection replication(DatabaseConfig config, Map<String, String> settings)
      throws SQLException {
    var source = SessionSource.driver(config);
    source.setReplication("database");
    source.setAssumeMinServerVersion(OLDEST_VERSION);
    source.setPreferQueryMode(PreferQueryMode.SIMPLE);
    return opened(source, settings);
  }

  private static Connection opened(PGSimpleDataSource source, Map<String, String> settings)
      throws SQLException {
    var options = settings.entrySet().stream()
        .map(setting -> "-c " + setting.getKey() + "=" + setting.getValue().replace(" ", "\\ "))
        .collect(Collectors.joining(" "));
    String own = source.getOptions();
    source.setOptions(own == null ? options : own + " " + options);
    // it would be a parameter of its own, which beats the options
    source.setCurrentSchema(settings.get("search_path"));
    var connection = source.getConnection();
    try (var statement = connection.createStatement()) {
      // the driver sends the JVM's
      statement.execute("SET TimeZone = 'UTC'");
      return connection;
    } catch (SQLException e) {
      try {
        connection.close();
      } catch (SQLException closing) {
        e.addSuppressed(closing);
      }
      throw e;
    }
  }
}
