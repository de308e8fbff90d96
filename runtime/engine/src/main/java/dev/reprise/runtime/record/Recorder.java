package dev.reprise.runtime.record;

import dev.reprise.RepriseException;
import dev.reprise.runtime.background.Loop;
import dev.reprise.runtime.config.DatabaseConfig;
import dev.reprise.runtime.postgres.ConnectionHook;
import dev.reprise.runtime.postgres.Migrator;
import dev.reprise.runtime.postgres.SqlState;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records the changes of a database as long as this node is the one that does. Of the nodes of a cluster one holds an
 * advisory lock in the session that writes the history; when that session ends, another takes over where it was. Where
 * the database forbids recording it says so, once, and tries again now and then. Thread-safe; closing twice is allowed.
 */
public final class Recorder implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Recorder.class);
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);
  private static final Duration ON_STANDBY = Duration.ofSeconds(5);
  private static final Duration RARELY = Duration.ofSeconds(60);

  private final DatabaseConfig database;
  private final RecordConfig config;
  private final ConnectionHook hook;
  private final Loop loop = new Loop("recorder", AFTER_FAILURE, this::round);
  private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
  private volatile RecordStatus status = RecordStatus.OFF;
  private volatile boolean stopping;

  private @Nullable Connection control;
  private @Nullable Recording recording;
  private boolean migrated;
  private String complained = "";

  /** Not started yet; {@code hook} sees each of its connections. */
  public Recorder(DatabaseConfig database, RecordConfig config, ConnectionHook hook) {
    this.database = database;
    this.config = config;
    this.hook = hook;
  }

  /** Starts it, unless it is configured to be off. Returns at once. */
  public void start() {
    if (config.mode() != RecordConfig.Mode.OFF) {
      status = RecordStatus.of(RecordStatus.State.STARTING, "starts");
      loop.start();
    }
  }

  /** How it fares. */
  public RecordStatus status() {
    return status;
  }

  /** Asks it to look now for what it looks for from time to time: new tables, or whether it may take over. */
  public void poke() {
    loop.poke();
  }

  /**
   * Finds out whether a database can be recorded.
   *
   * @throws RecordingImpossibleException it cannot; the message says what to do
   * @throws RepriseException it cannot be reached
   */
  public static void requirePossible(DatabaseConfig database) {
    try (var control = RecorderSession.control(database, ConnectionHook.NONE)) {
      var store = new HistoryStore(control);
      requireLogicalLog(store);
      if (!store.hasPlaceForSlot()) {
        throw ChangeStream.noPlace(null);
      }
      control.rollback();
      RecorderSession.replication(database, ConnectionHook.NONE).close();
    } catch (SQLException e) {
      throw new RepriseException(
          "cannot connect to " + database.maskedUrl() + ": " + e.getMessage(), e);
    }
  }

  private static void requireLogicalLog(HistoryStore store) throws SQLException {
    var level = store.setting("wal_level");
    if (!level.equals("logical")) {
      throw new RecordingImpossibleException(
          "wal_level is " + level,
          "run: ALTER SYSTEM SET wal_level = logical, and restart the server"
              + " (on Amazon RDS: set rds.logical_replication = 1)",
          null);
    }
  }

  private Duration round(boolean asked) {
    try {
      return stopping ? RARELY : advance(asked);
    } catch (RecordingImpossibleException e) {
      letGo();
      complain(e);
      return RARELY;
    } catch (SQLException | RepriseException e) {
      letGo();
      status = RecordStatus.of(RecordStatus.State.STARTING, "begins again after a failure");
      if (!stopping) {
        LOG.info("the recording begins again: {}", e.getMessage());
        LOG.debug("it failed", e);
      }
      return AFTER_FAILURE;
    }
  }

  /** What the database said is for the log only. */
  private void complain(RecordingImpossibleException e) {
    var text = String.valueOf(e.getMessage());
    status = RecordStatus.of(RecordStatus.State.IMPOSSIBLE, text);
    if (!complained.equals(text)) {
      LOG.warn(
          "{}. All else works; what is not recorded cannot be replayed. {}",
          text,
          e.getCause() == null ? "" : String.valueOf(e.getCause().getMessage()));
      complained = text;
    }
  }

  private Duration advance(boolean asked) throws SQLException {
    var session = control;
    if (session == null) {
      session = kept(RecorderSession.control(database, hook));
      control = session;
    }
    var current = recording;
    if (current == null) {
      var store = new HistoryStore(session);
      boolean mine = store.becomeRecorder();
      session.rollback();
      if (!mine) {
        status = RecordStatus.of(RecordStatus.State.STANDBY, "another node records");
        return ON_STANDBY;
      }
      prepare(session, store);
      if (store.isResting()) {
        session.rollback();
        status = RecordStatus.of(
            RecordStatus.State.RESTING,
            "another epoch begins an hour after the last: " + Epoch.LAGGED);
        return RARELY;
      }
      current = open(session);
      recording = current;
    }
    var pause = current.round(asked);
    status = current.status();
    if (status.state() == RecordStatus.State.RESTING) {
      recording = null;
    }
    return pause;
  }

  private void prepare(Connection session, HistoryStore store) throws SQLException {
    requireLogicalLog(store);
    session.rollback();
    if (!migrated) {
      try {
        Migrator.history(database).migrate();
      } catch (RepriseException e) {
        throw SqlState.isUnavailable(e)
            ? e
            : new RecordingImpossibleException(
                "the schema reprise_history cannot be used: " + e.getMessage(),
                "run the output of \"reprise migrate --print-sql\" as another user and GRANT USAGE ON SCHEMA"
                    + " reprise_history, ALL ON ALL TABLES and ALL ON ALL SEQUENCES in it to the user of Reprise; or let it"
                    + " do so itself: GRANT CREATE ON DATABASE <database> TO it",
                e);
      }
      migrated = true;
    }
  }

  private Recording open(Connection session) throws SQLException {
    var replication = kept(RecorderSession.replication(database, hook));
    try {
      return new EpochOpening(session, config, now -> status = now).open(replication);
    } catch (SQLException | RuntimeException e) {
      RecorderSession.closeQuietly(replication);
      connections.remove(replication);
      throw e;
    }
  }

  private Connection kept(Connection connection) {
    connections.add(connection);
    return connection;
  }

  private void letGo() {
    var current = recording;
    recording = null;
    if (current != null) {
      current.close();
    }
    control = null;
    connections.forEach(RecorderSession::closeQuietly);
    connections.clear();
  }

  /** Stops. What is not recorded yet is recorded when a recorder starts again: the server keeps it. */
  @Override
  public void close() {
    stopping = true;
    var state = status.state();
    if (state == RecordStatus.State.STARTING || state == RecordStatus.State.COPYING) {
      // a copy may take hours, and a slot waits for the open transactions
      connections.forEach(Recorder::cancel);
    }
    loop.close();
    letGo();
    status = RecordStatus.OFF;
  }

  private static void cancel(Connection connection) {
    try {
      connection.unwrap(PGConnection.class).cancelQuery();
    } catch (SQLException e) {
      LOG.debug("it is closed instead", e);
    }
  }
}
