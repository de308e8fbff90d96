package dev.reprise.debugger.retro;

import dev.reprise.Isolation;
import dev.reprise.debugger.replay.Instruments;
import dev.reprise.runtime.postgres.Binder;
import dev.reprise.runtime.postgres.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A snapshot that is kept until a transaction runs on it. Two sessions hold it: a serializable one, which conflicts with
 * others as it would have, and one at repeatable read, for what runs at that level, and for what production is known to have
 * let pass; where footprints are asked for, a third, in which a body is run without consequence. For one thread at a time.
 */
final class Held implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Held.class);
  private static final String SETTINGS =
      "set timezone = 'UTC'; set datestyle = 'ISO, MDY'; set intervalstyle = 'postgres'; set bytea_output = 'hex'";

  private final int taken;
  private @Nullable Connection serializable;
  private @Nullable Connection repeatable;
  private @Nullable Connection probe;

  private Held(int taken) {
    this.taken = taken;
  }

  /** How to reach the database. */
  @FunctionalInterface
  interface Opener {
    /** A connection of its own, with the instruments that a session needs. */
    Connection open() throws SQLException;
  }

  /**
   * Takes one now.
   *
   * @param taken how many commits there were before
   * @param probed whether footprints are asked for
   */
  static Held take(Opener database, int taken, boolean probed) throws SQLException {
    var held = new Held(taken);
    boolean done = false;
    try {
      held.serializable = begin(database, Isolation.SERIALIZABLE);
      held.repeatable = begin(database, Isolation.REPEATABLE_READ);
      held.probe = probed ? probe(database) : null;
      done = true;
      return held;
    } finally {
      if (!done) {
        held.close();
      }
    }
  }

  /** A serializable session whose footprints are small. */
  static Connection probe(Opener database) throws SQLException {
    return begin(database, Isolation.SERIALIZABLE, Footprints.sessionSettings());
  }

  /** The one that it has, given away; null where there is none, or not any more. */
  @Nullable
  Connection giveProbe() {
    var given = probe;
    probe = null;
    return given;
  }

  /** A session in a transaction of that level which has its snapshot. */
  static Connection begin(Opener database, Isolation isolation) throws SQLException {
    return begin(database, isolation, List.of());
  }

  private static Connection begin(Opener database, Isolation isolation, List<String> settings)
      throws SQLException {
    var connection = database.open();
    try {
      connection.setAutoCommit(true);
      try (var statement = connection.createStatement()) {
        statement.execute(SETTINGS);
        for (var setting : settings) {
          statement.execute(setting);
        }
      }
      Instruments.prepare(connection);
      connection.setTransactionIsolation(
          switch (isolation) {
            case SERIALIZABLE -> Connection.TRANSACTION_SERIALIZABLE;
            case REPEATABLE_READ -> Connection.TRANSACTION_REPEATABLE_READ;
            case READ_COMMITTED -> Connection.TRANSACTION_READ_COMMITTED;
          });
      connection.setAutoCommit(false);
      var unused =
          Jdbc.query(connection, "select pg_backend_pid()", Binder.NOTHING, row -> row.getInt(1));
      return connection;
    } catch (SQLException e) {
      close(connection);
      throw e;
    }
  }

  /** How many commits there were when it was taken. */
  int taken() {
    return taken;
  }

  /** The session of a level that has this snapshot, given away; null where there is none, or not any more. */
  @Nullable
  Connection give(Isolation isolation) {
    if (isolation == Isolation.SERIALIZABLE) {
      var given = serializable;
      serializable = null;
      return given;
    }
    if (isolation == Isolation.REPEATABLE_READ) {
      var given = repeatable;
      repeatable = null;
      return given;
    }
    return null;
  }

  @Override
  public void close() {
    if (serializable != null) {
      close(serializable);
      serializable = null;
    }
    if (repeatable != null) {
      close(repeatable);
      repeatable = null;
    }
    if (probe != null) {
      close(probe);
      probe = null;
    }
  }

  /** Rolls back and closes a session. */
  static void close(Connection connection) {
    try (connection) {
      connection.rollback();
    } catch (SQLException e) {
      LOG.debug("a session of the scratch database ended by itself", e);
    }
  }
}
