package dev.reprise.debugger.cli;

import dev.reprise.RepriseException;
import dev.reprise.debugger.history.History;
import dev.reprise.debugger.rebuild.Scratch;
import dev.reprise.debugger.trace.ImportedTrace;
import dev.reprise.runtime.cli.DatabaseOptions;
import dev.reprise.runtime.config.DatabaseConfig;
import dev.reprise.runtime.config.Environment;
import dev.reprise.runtime.postgres.Binder;
import dev.reprise.runtime.postgres.ConnectionHook;
import dev.reprise.runtime.postgres.Database;
import dev.reprise.runtime.postgres.EmbeddedServer;
import dev.reprise.runtime.postgres.Jdbc;
import dev.reprise.runtime.record.Recorder;
import dev.reprise.runtime.record.RecordingImpossibleException;
import dev.reprise.runtime.store.DatabaseClock;
import dev.reprise.runtime.store.ExecutionStore;
import dev.reprise.runtime.store.LogDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * The database whose past is looked at, or the one that a trace file was loaded into. The log is read by sessions that cannot
 * write.
 */
final class Source implements AutoCloseable {
  private static final String READ_ONLY = "options=-c%20default_transaction_read_only%3Don";

  private final @Nullable EmbeddedServer server;
  private final @Nullable ImportedTrace trace;
  private final DatabaseConfig config;
  private final Database database;

  private Source(
      @Nullable EmbeddedServer server, @Nullable ImportedTrace trace, DatabaseConfig config) {
    this.server = server;
    this.trace = trace;
    this.config = config;
    this.database = Database.open(readOnly(config), ConnectionHook.NONE);
  }

  /**
   * As the flags say; without, the embedded server of this directory, which must be there.
   *
   * @throws RepriseException there is none, or it cannot be reached
   */
  static Source of(DatabaseOptions options, Environment environment) {
    Logs.onlyWarnings();
    var configured = options.settings(environment).database();
    if (configured.isPresent()) {
      return withLog(new Source(null, null, configured.get()));
    }
    if (!Files.isDirectory(EmbeddedServer.DEFAULT_DIRECTORY)) {
      throw new RepriseException("there is no embedded database in "
          + EmbeddedServer.DEFAULT_DIRECTORY.toAbsolutePath()
          + ": name a database with --database");
    }
    var server = EmbeddedServer.startOrJoin(EmbeddedServer.DEFAULT_DIRECTORY);
    try {
      return new Source(server, null, server.config());
    } catch (RuntimeException e) {
      server.close();
      throw e;
    }
  }

  /** Closed again where nothing of Reprise is in the database. */
  private static Source withLog(Source source) {
    boolean there = false;
    try {
      there = source.database.log(connection -> isThere(connection, "reprise.executions"));
    } catch (SQLException e) {
      throw new RepriseException("the database cannot be read: " + e.getMessage(), e);
    } finally {
      if (!there) {
        source.close();
      }
    }
    if (!there) {
      throw new RepriseException("no execution was ever run in " + source.config.maskedUrl()
          + ": it has no schema \"reprise\"; name the database of the servers");
    }
    return source;
  }

  private static boolean isThere(Connection connection, String table) throws SQLException {
    return Jdbc.queryOne(
            connection,
            "select to_regclass(?) is not null",
            statement -> statement.setString(1, table),
            row -> row.getBoolean(1))
        .orElseThrow();
  }

  /**
   * The same, or a trace file.
   *
   * @param scratch the server that the file is loaded on; null for an embedded one
   */
  static Source of(
      DatabaseOptions options,
      Environment environment,
      @Nullable Path file,
      @Nullable String scratch) {
    if (file == null) {
      return of(options, environment);
    }
    Logs.onlyWarnings();
    var trace = ImportedTrace.open(file, scratch(scratch));
    try {
      return new Source(null, trace, trace.config());
    } catch (RuntimeException e) {
      trace.close();
      throw e;
    }
  }

  /** An empty database on that server, or on an embedded one. */
  static Scratch scratch(@Nullable String server) {
    return server == null ? Scratch.embedded() : Scratch.on(DatabaseConfig.of(server));
  }

  private static DatabaseConfig readOnly(DatabaseConfig config) {
    var url = config.url();
    if (!url.contains("options=")) {
      url = url + (url.contains("?") ? "&" : "?") + READ_ONLY;
    }
    return new DatabaseConfig(url, config.user(), config.password(), 1, 2, 1);
  }

  Database database() {
    return database;
  }

  LogDatabase log() {
    return new LogDatabase(database);
  }

  ExecutionStore executions() {
    return new ExecutionStore(log(), new DatabaseClock());
  }

  /** Whether the log has the hashes of the arguments that it has. */
  boolean comparesArguments() {
    return trace == null || trace.manifest().comparesArguments();
  }

  /**
   * The change history.
   *
   * @throws RepriseException there is none because the database forbids it: the message says what to grant
   */
  History history() {
    if (trace != null) {
      return trace.history();
    }
    requireRecorded();
    var source = new PGSimpleDataSource();
    source.setUrl(config.url());
    if (config.user() != null) {
      source.setUser(config.user());
    }
    if (config.password() != null) {
      source.setPassword(config.password());
    }
    source.setApplicationName("reprise debugger");
    return History.of(source);
  }

  /** Where nothing is recorded, the database may be the reason; where it is not, who reads says what there is. */
  private void requireRecorded() {
    try {
      boolean recorded = database.log(connection -> isThere(connection, "reprise_history.epochs")
          && Jdbc.queryOne(
                  connection,
                  "select 1 from reprise_history.epochs limit 1",
                  Binder.NOTHING,
                  row -> row.getInt(1))
              .isPresent());
      if (!recorded) {
        Recorder.requirePossible(config);
      }
    } catch (RecordingImpossibleException e) {
      throw new RepriseException("nothing is recorded in this database: " + e.getMessage(), e);
    } catch (SQLException e) {
      throw new RepriseException("the database cannot be read: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() {
    database.close();
    if (trace != null) {
      trace.close();
    }
    if (server != null) {
      server.close();
    }
  }
}
