package dev.reprise.runtime.postgres;

import dev.reprise.RepriseException;
import dev.reprise.runtime.config.DatabaseConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A PostgreSQL of its own whose data stays in a directory. Processes that name the same directory share one server: the
 * first starts it, the others join, and the last to close stops it. It belongs to no process: a JVM that is killed, or a
 * Ctrl-C in its terminal, leaves the server running for the next.
 *
 * <p>Settings are durable, {@code wal_level} is {@code logical}, prepared transactions are on; it listens on 127.0.0.1
 * only, on a port chosen at the first start and kept while it is free. Thread-safe.
 */
public final class EmbeddedServer implements AutoCloseable {
  /** Where the data is kept unless somebody says otherwise. */
  public static final Path DEFAULT_DIRECTORY = Path.of(".reprise");

  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedServer.class);
  private static final String DATABASE = "reprise";
  private static final int VALID_SECONDS = 2;
  private static final Backoff START =
      new Backoff(Duration.ofMillis(50), Duration.ofSeconds(1), 60);
  private static final Backoff LEAVE =
      new Backoff(Duration.ofMillis(20), Duration.ofMillis(200), 8);

  /** How to stop a server. */
  public enum StopMode {
    /** In order: sessions are ended, a checkpoint is written. */
    FAST,
    /** As a crash: the next start recovers from the log. */
    IMMEDIATE
  }

  private final ServerDirectory directory;
  private final ServerProcess process;
  private final String password;
  private int port;
  /** Tells other processes, by pg_stat_activity, that this one uses the server. */
  private @Nullable Connection presence;

  private EmbeddedServer(ServerDirectory directory, ServerProcess process, String password) {
    this.directory = directory;
    this.process = process;
    this.password = password;
  }

  /**
   * Starts the server of a directory, created where there is none, or joins the one that runs there.
   *
   * @throws RepriseException it cannot be started; the message has the end of the server's log
   */
  public static EmbeddedServer startOrJoin(Path path) {
    return startOrJoin(path, "");
  }

  /** The same with settings of its own, lines of the configuration, where it is not running yet. */
  static EmbeddedServer startOrJoin(Path path, String ownSettings) {
    var directory = new ServerDirectory(path, ownSettings);
    try {
      ServerPrograms programs = ServerPrograms.in(PostgresBinaries.unpacked());
      return DirectoryLock.holding(directory.path(), () -> {
        directory.initialize(programs);
        var server = new EmbeddedServer(
            directory, new ServerProcess(directory, programs), directory.password());
        server.startUnlessRunning();
        return server;
      });
    } catch (IOException | SQLException e) {
      throw new RepriseException(
          "cannot start the embedded PostgreSQL in " + directory.path() + ": " + e.getMessage(), e);
    }
  }

  /** Of the database {@code reprise}. */
  public synchronized String jdbcUrl() {
    return url(DATABASE);
  }

  /** A superuser. */
  public String user() {
    return ServerDirectory.SUPERUSER;
  }

  /** Of {@link #user()}; generated at the first start. */
  public String password() {
    return password;
  }

  /** All three, with default sizes. */
  public DatabaseConfig config() {
    return DatabaseConfig.of(jdbcUrl(), user(), password);
  }

  /** The process id of the server. */
  public long pid() {
    try {
      return directory
          .postmaster()
          .orElseThrow(() -> new RepriseException("no server runs in " + directory.path()))
          .pid();
    } catch (IOException e) {
      throw new RepriseException("cannot read the process id of " + directory.path(), e);
    }
  }

  /** Stops the server, whoever uses it. */
  public synchronized void stop(StopMode mode) {
    locked("stop", () -> stopServer(mode));
  }

  /** Stops the server, whoever uses it, and starts it again; the port stays where nobody else takes it. */
  public synchronized void restart(StopMode mode) {
    locked("restart", () -> {
      stopServer(mode);
      startUnlessRunning();
    });
  }

  /** Stops the server unless another process uses it. Connections of this process are to be closed before. */
  @Override
  public synchronized void close() {
    if (presence == null) {
      return;
    }
    locked("stop", () -> {
      if (isUsedByOthers()) {
        LOG.info("the embedded PostgreSQL in {} is left to its other users", directory.path());
        leave();
      } else {
        stopServer(StopMode.FAST);
      }
    });
  }

  private interface ServerWork {
    void run() throws IOException, SQLException;
  }

  private void locked(String what, ServerWork work) {
    try {
      DirectoryLock.holding(directory.path(), () -> {
        work.run();
        return directory;
      });
    } catch (IOException | SQLException e) {
      throw new RepriseException(
          "cannot " + what + " the embedded PostgreSQL in " + directory.path() + ": "
              + e.getMessage(),
          e);
    }
  }

  private void startUnlessRunning() throws IOException, SQLException {
    for (int failures = 1; ; failures++) {
      try {
        if (!process.isRunning()) {
          process.start();
        }
        enter();
        return;
      } catch (RepriseException | SQLException e) {
        if (!START.allows(failures) || !ServerProcess.mayPass(e)) {
          throw e;
        }
        await(START.delay(failures, ThreadLocalRandom.current()));
      }
    }
  }

  private void enter() throws IOException, SQLException {
    leave();
    port = process.port();
    try (Connection connection = connect("postgres")) {
      String data = Jdbc.query(
              connection, "show data_directory", Binder.NOTHING, row -> row.getString(1))
          .get(0);
      if (!Path.of(data).toRealPath().equals(directory.data().toRealPath())) {
        throw new SQLException("port " + port + " belongs to the server of " + data, "08001");
      }
      boolean exists = Jdbc.query(
              connection,
              "select 1 from pg_database where datname = ?",
              statement -> statement.setString(1, DATABASE),
              row -> row.getInt(1))
          .contains(1);
      if (!exists) {
        Jdbc.update(connection, "create database " + DATABASE, Binder.NOTHING);
      }
    }
    presence = connect(DATABASE);
  }

  private boolean isUsedByOthers() throws IOException, SQLException {
    Connection own = presence;
    if (own == null || !own.isValid(VALID_SECONDS)) {
      // The server has ended all sessions, as after the crash of one of them; others may be back
      // already.
      leave();
      if (!process.isRunning()) {
        return false;
      }
      own = connect(DATABASE);
      presence = own;
    }
    for (int looks = 1; ; looks++) {
      boolean used = Jdbc.query(own, """
          select 1 from pg_stat_activity
          where backend_type in ('client backend', 'walsender') and pid <> pg_backend_pid()
          limit 1
          """, Binder.NOTHING, row -> row.getInt(1)).contains(1);
      // The sessions of this process that were just closed take a moment to go.
      if (!used || !LEAVE.allows(looks)) {
        return used;
      }
      await(LEAVE.delay(looks, ThreadLocalRandom.current()));
    }
  }

  private void stopServer(StopMode mode) throws IOException, SQLException {
    leave();
    process.stop(mode);
  }

  private void leave() throws SQLException {
    Connection own = presence;
    presence = null;
    if (own != null) {
      own.close();
    }
  }

  private Connection connect(String database) throws SQLException {
    PGSimpleDataSource source =
        SessionSource.driver(DatabaseConfig.of(url(database), user(), password));
    source.setApplicationName("reprise embedded server");
    return source.getConnection();
  }

  private String url(String database) {
    return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
  }

  private static void await(Duration delay) throws IOException {
    try {
      Backoff.await(delay);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for the embedded PostgreSQL", e);
    }
  }
}
