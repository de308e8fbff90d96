package dev.reprise.runtime.postgres;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.reprise.RepriseException;
import dev.reprise.runtime.config.DatabaseConfig;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections of one node to one database, in three pools so that a flood of calls starves neither the log nor the
 * heartbeats. Autocommit is off everywhere: a single SELECT with autocommit is a commit too. Thread-safe.
 */
public final class Database implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Database.class);
  private static final int OLDEST_VERSION = 14;
  private static final int REACHABLE_SECONDS = 2;
  private static final Duration CONNECTION_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration VALIDATION_TIMEOUT = Duration.ofSeconds(2);
  private static final Backoff RETRY =
      new Backoff(Duration.ofMillis(5), Duration.ofMillis(500), 10);

  private final HikariDataSource calls;
  private final HikariDataSource log;
  private final HikariDataSource housekeeping;
  private final TransactionRunner logRunner;
  private final TransactionRunner housekeepingRunner;

  private Database(
      DatabaseConfig config,
      ConnectionHook hook,
      AtomicBoolean optionsRefused,
      SessionSettings serializable) {
    var readCommitted = SessionSettings.withIsolation("read committed");
    this.calls = pool(
        "calls",
        config.callConnections(),
        "TRANSACTION_SERIALIZABLE",
        new SessionSource(config, serializable, hook, optionsRefused).patient());
    this.log = pool(
        "log",
        config.logConnections(),
        "TRANSACTION_READ_COMMITTED",
        new SessionSource(config, readCommitted, hook, optionsRefused)
            .patient()
            .cheaplyValidated());
    this.housekeeping = pool(
        "housekeeping",
        config.housekeepingConnections(),
        "TRANSACTION_READ_COMMITTED",
        new SessionSource(config, readCommitted, hook, optionsRefused).cheaplyValidated());
    this.logRunner = new TransactionRunner(log, RETRY);
    this.housekeepingRunner = new TransactionRunner(housekeeping, RETRY);
  }

  /**
   * Opens the pools after one connection, which the hook does not see, has shown that the server is fit.
   *
   * @throws RepriseException it cannot be reached, is too old, or takes no writes
   */
  public static Database open(DatabaseConfig config, ConnectionHook hook) {
    var optionsRefused = new AtomicBoolean();
    var probe = new SessionSource(
        config, SessionSettings.withIsolation("read committed"), hook, optionsRefused);
    try (Connection connection = probe.openWithoutHook()) {
      check(connection, config);
      return new Database(config, hook, optionsRefused, forCalls(connection));
    } catch (SQLException e) {
      throw new RepriseException(
          "cannot connect to " + config.maskedUrl() + ": " + e.getMessage(), e);
    }
  }

  /** A user called reprise has the schema of that name first in the path: no place for an application's tables. */
  private static SessionSettings forCalls(Connection connection) throws SQLException {
    var settings = SessionSettings.withIsolation("serializable");
    boolean inOwnSchema = Jdbc.query(
            connection,
            "select current_schema() = 'reprise'",
            Binder.NOTHING,
            row -> row.getBoolean(1))
        .contains(true);
    return inOwnSchema ? settings.withSearchPath("public") : settings;
  }

  /**
   * Runs work in one READ COMMITTED transaction on a connection of its own, which no hook sees: for joining the cluster
   * and leaving it.
   */
  public static <T extends @Nullable Object> T alone(DatabaseConfig config, SqlWork<T> work)
      throws SQLException {
    var source = new SessionSource(
        config,
        SessionSettings.withIsolation("read committed"),
        ConnectionHook.NONE,
        new AtomicBoolean());
    try (Connection connection = source.openWithoutHook()) {
      connection.setAutoCommit(false);
      T result = work.run(connection);
      connection.commit();
      return result;
    }
  }

  /**
   * A connection for one business transaction, serializable unless told otherwise, autocommit off. Closing it gives it
   * back and rolls back what was not committed.
   *
   * @throws SQLException none was free within 5 s, or the database is gone; {@link SqlState#isUnavailable}
   */
  public Connection callConnection() throws SQLException {
    return calls.getConnection();
  }

  /**
   * Runs work on the operation log in one READ COMMITTED transaction and commits it. A serialization failure or deadlock
   * runs it again, up to 10 times.
   */
  public <T extends @Nullable Object> T log(SqlWork<T> work) throws SQLException {
    return logRunner.run(work);
  }

  /** As {@link #log}, on the connections kept for heartbeats and recovery. */
  public <T extends @Nullable Object> T housekeeping(SqlWork<T> work) throws SQLException {
    return housekeepingRunner.run(work);
  }

  /**
   * Takes a call connection out of the pool because its session state can no longer be trusted. The physical connection
   * is closed soon, so its transaction has ended before; the caller still closes it.
   */
  public void evict(Connection connection) {
    calls.evictConnection(connection);
  }

  /** Whether the database answers, asked now. Takes up to the connection time-out. */
  public boolean isReachable() {
    try {
      return housekeepingRunner.run(connection -> connection.isValid(REACHABLE_SECONDS));
    } catch (SQLException e) {
      LOG.debug("the database does not answer", e);
      return false;
    }
  }

  /** How many threads wait for a call connection. */
  public int waitingCalls() {
    return calls.getHikariPoolMXBean().getThreadsAwaitingConnection();
  }

  /** How many call connections are in use. */
  public int activeCalls() {
    return calls.getHikariPoolMXBean().getActiveConnections();
  }

  /** Closes all connections, also those in use. Closing twice is allowed. */
  @Override
  public void close() {
    calls.close();
    log.close();
    housekeeping.close();
  }

  private static void check(Connection connection, DatabaseConfig config) throws SQLException {
    int version = connection.getMetaData().getDatabaseMajorVersion();
    if (version < OLDEST_VERSION) {
      throw new RepriseException(config.maskedUrl() + " is PostgreSQL " + version
          + "; Reprise needs " + OLDEST_VERSION + " or newer");
    }
    boolean standby = Jdbc.query(
            connection, "select pg_is_in_recovery()", Binder.NOTHING, row -> row.getBoolean(1))
        .contains(true);
    if (standby) {
      throw new RepriseException(
          config.maskedUrl() + " is a standby and takes no writes; connect to the primary");
    }
  }

  /**
   * The isolation level is said although the sessions have it: HikariCP would ask the first connection for it once, and
   * if that is lost at this very moment, never open another.
   */
  static HikariDataSource pool(String name, int size, String isolation, DataSource source) {
    var pool = new HikariConfig();
    pool.setPoolName("reprise-" + name);
    pool.setDataSource(source);
    pool.setAutoCommit(false);
    pool.setTransactionIsolation(isolation);
    pool.setMaximumPoolSize(size);
    pool.setMinimumIdle(Math.max(1, size / 4));
    pool.setConnectionTimeout(CONNECTION_TIMEOUT.toMillis());
    pool.setValidationTimeout(VALIDATION_TIMEOUT.toMillis());
    pool.setInitializationFailTimeout(-1);
    pool.setKeepaliveTime(
        0); // a validation may begin a transaction, and TCP keeps idle sessions alive
    pool.setExceptionOverride(new KeepOnUnsupportedFeature());
    return new HikariDataSource(pool);
  }
}
