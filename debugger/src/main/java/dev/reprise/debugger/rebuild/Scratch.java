package dev.reprise.debugger.rebuild;

import dev.reprise.RepriseException;
import dev.reprise.runtime.config.DatabaseConfig;
import dev.reprise.runtime.postgres.ScratchDatabase;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;

/** A database to rebuild a state in, dropped when it is closed. Thread-safe once it is rebuilt. */
public final class Scratch implements AutoCloseable {
  private ScratchDatabase database;
  private final List<String> notes = new CopyOnWriteArrayList<>();

  private Scratch(ScratchDatabase database) {
    this.database = database;
  }

  /** On an embedded server that ends with this JVM. */
  public static Scratch embedded() {
    return new Scratch(ScratchDatabase.embedded());
  }

  /**
   * On another server; a database of its own is made there.
   *
   * @param server any database there, and a superuser or owner who may create databases
   * @throws RepriseException it cannot be reached, or the user may not
   */
  public static Scratch on(DatabaseConfig server) {
    return new Scratch(ScratchDatabase.on(server));
  }

  /** How to reach it. */
  public synchronized DatabaseConfig config() {
    return database.config();
  }

  /** A new session, in UTC as those of the runtime, that reads values as they are recorded; to be closed by the caller. */
  public Connection open() throws SQLException {
    var config = config();
    var properties = new Properties();
    if (config.user() != null) {
      properties.setProperty("user", config.user());
    }
    if (config.password() != null) {
      properties.setProperty("password", config.password());
    }
    properties.setProperty("ApplicationName", "reprise scratch");
    Connection connection = DriverManager.getConnection(config.url(), properties);
    try (var statement = connection.createStatement()) {
      statement.execute("""
          set TimeZone = 'UTC'; set DateStyle = 'ISO, MDY'; set IntervalStyle = postgres; set extra_float_digits = 1;
          set bytea_output = hex; set lc_monetary = 'C'
          """);
      return connection;
    } catch (SQLException e) {
      connection.close();
      throw e;
    }
  }

  /**
   * Another that begins with all that this one holds.
   *
   * @throws RepriseException somebody is connected to this one
   */
  public synchronized Scratch copy() {
    var copy = new Scratch(database.copy());
    copy.notes.addAll(notes);
    return copy;
  }

  /** Another, empty one on the same server. */
  public synchronized Scratch sibling() {
    return new Scratch(database.sibling(""));
  }

  /** In what it differs from production, for people; beside roles and grants, which are never there. */
  public List<String> notes() {
    return List.copyOf(notes);
  }

  void note(String difference) {
    if (!notes.contains(difference)) {
      notes.add(difference);
    }
  }

  /**
   * Begins again with an empty database.
   *
   * @throws RepriseException the server does not know the options; everything is as it was
   */
  synchronized void recreate(String options) {
    ScratchDatabase old = database;
    database = old.sibling(options);
    old.close();
  }

  /** Drops it, ending the sessions that still use it. */
  @Override
  public synchronized void close() {
    database.close();
  }
}
