package dev.reprise.runtime.postgres;

import dev.reprise.runtime.config.DatabaseConfig;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;
import org.slf4j.LoggerFactory;

/**
 * Opens physical connections with the session settings of one pool and shows each to the hook. Settings travel as
 * startup options; where a proxy such as PgBouncer refuses those, as SET statements after the connect. A connection
 * whose answer is late is taken for dead, while it is opened and, unless the source is patient, ever after. Thread-safe.
 */
final class SessionSource implements DataSource {
  private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(SessionSource.class);
  private static final int CONNECT_TIMEOUT_SECONDS = 5;
  /** A connection that a firewall forgot answers never, and nobody says so. */
  private static final int LATEST_ANSWER_SECONDS = 10;

  private final DatabaseConfig config;
  private final SessionSettings settings;
  private final ConnectionHook hook;
  private final AtomicBoolean optionsRefused;
  private final PGSimpleDataSource plain;
  private final PGSimpleDataSource withOptions;
  private final int configuredTimeout;
  private boolean patient;
  private boolean cheaplyValidated;

  /** The flag is shared by the pools of one database, so that a refusal is found and logged once. */
  SessionSource(
      DatabaseConfig config,
      SessionSettings settings,
      ConnectionHook hook,
      AtomicBoolean optionsRefused) {
    this.config = config;
    this.settings = settings;
    this.hook = hook;
    this.optionsRefused = optionsRefused;
    this.plain = driver(config);
    this.withOptions = driver(config);
    String own = plain.getOptions();
    withOptions.setOptions((own == null ? "" : own + " ") + settings.asStartupOptions());
    this.configuredTimeout = plain.getSocketTimeout();
    if (configuredTimeout == 0) {
      plain.setSocketTimeout(LATEST_ANSWER_SECONDS);
      withOptions.setSocketTimeout(LATEST_ANSWER_SECONDS);
    }
  }

  /** The same for statements that may wait for others, as long as it takes. */
  SessionSource patient() {
    this.patient = true;
    return this;
  }

  /** The same with connections that are validated in the transaction that they are fetched for. */
  SessionSource cheaplyValidated() {
    this.cheaplyValidated = true;
    return this;
  }

  /** The driver's own data source for a configuration, with neither settings nor hook. */
  static PGSimpleDataSource driver(DatabaseConfig config) {
    var source = new PGSimpleDataSource();
    source.setUrl(config.url());
    if (config.user() != null) {
      source.setUser(config.user());
    }
    if (config.password() != null) {
      source.setPassword(config.password());
    }
    source.setTcpKeepAlive(true);
    source.setConnectTimeout(CONNECT_TIMEOUT_SECONDS);
    source.setApplicationName("reprise");
    if ("reprise".equals(source.getUser()) && source.getCurrentSchema() == null) {
      // the default search_path begins with a schema of the user's name: tables of the application
      // would go into ours
      source.setCurrentSchema("public");
    }
    return source;
  }

  @Override
  public Connection getConnection() throws SQLException {
    Connection connection = openWithoutHook();
    try {
      hook.onConnect(connection);
      if (patient) {
        connection.setNetworkTimeout(Runnable::run, configuredTimeout * 1000);
      }
      return cheaplyValidated ? CheapValidation.of(connection) : connection;
    } catch (Throwable e) {
      closeAfter(connection, e);
      throw e;
    }
  }

  /** A connection that the hook does not see. */
  Connection openWithoutHook() throws SQLException {
    if (!optionsRefused.get()) {
      try {
        // pgjdbc sends the JVM's time zone as a startup parameter of its own, which beats the
        // option.
        return prepared(withOptions.getConnection(), "SET TimeZone = 'UTC'");
      } catch (SQLException e) {
        if (!isRefusalOfOptions(e)) {
          throw e;
        }
        noteRefusal(e);
      }
    }
    return prepared(plain.getConnection(), settings.asStatements());
  }

  private static Connection prepared(Connection connection, String statements) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(statements);
      return connection;
    } catch (SQLException e) {
      closeAfter(connection, e);
      throw e;
    }
  }

  private static void closeAfter(Connection connection, Throwable failure) {
    try {
      connection.close();
    } catch (SQLException e) {
      failure.addSuppressed(e);
    }
  }

  private static boolean isRefusalOfOptions(SQLException e) {
    // PgBouncer sends 08P01 for many things; only the text tells this one.
    String message = e.getMessage();
    return "08P01".equals(e.getSQLState())
        && message != null
        && message.contains("startup parameter");
  }

  private void noteRefusal(SQLException e) {
    if (optionsRefused.compareAndSet(false, true)) {
      LOG.warn(
          "{} refuses startup options ({}): it seems to be PgBouncer. Settings are made by SET after"
              + " each connect, which holds in session pooling only; in transaction pooling isolation"
              + " defaults, time-outs and the termination of a dead node's sessions are off. Connect"
              + " Reprise to PostgreSQL directly, or set ignore_startup_parameters and"
              + " pool_mode=session.",
          config.maskedUrl(),
          e.getMessage());
    }
  }

  @Override
  public Connection getConnection(String username, String password) throws SQLException {
    throw new SQLFeatureNotSupportedException("user and password come from the configuration");
  }

  @Override
  public @Nullable PrintWriter getLogWriter() {
    return null;
  }

  @Override
  public void setLogWriter(@Nullable PrintWriter out) throws SQLException {
    throw new SQLFeatureNotSupportedException("logging goes through SLF4J");
  }

  @Override
  public void setLoginTimeout(int seconds) {
    // HikariCP derives it from the pool's own time-out; connectTimeout is set already.
    plain.setLoginTimeout(seconds);
    withOptions.setLoginTimeout(seconds);
  }

  @Override
  public int getLoginTimeout() {
    return plain.getLoginTimeout();
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException("logging goes through SLF4J");
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    throw new SQLException("no " + type.getName() + " behind this data source");
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return false;
  }
}
