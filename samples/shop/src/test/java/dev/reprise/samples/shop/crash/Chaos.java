package dev.reprise.samples.shop.crash;

import dev.reprise.runtime.postgres.Backoff;
import dev.reprise.runtime.postgres.EmbeddedServer;
import dev.reprise.runtime.postgres.EmbeddedServer.StopMode;
import java.io.IOException;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Makes things go wrong, one after the other; what is frozen thaws meanwhile. Used by one thread. */
final class Chaos implements AutoCloseable {
  private static final Duration RESTART_TIMEOUT = Duration.ofSeconds(90);

  private final List<ServerProcess> servers;
  private final EmbeddedServer database;
  private final Provider provider;
  private final Consumer<String> complaints;
  private final ExecutorService thawing = Executors.newCachedThreadPool();
  private final Map<String, Integer> done = new TreeMap<>();

  Chaos(
      List<ServerProcess> servers,
      EmbeddedServer database,
      Provider provider,
      Consumer<String> complaints) {
    this.servers = servers;
    this.database = database;
    this.provider = provider;
    this.complaints = complaints;
  }

  /** Does it after its pause. */
  void run(Upset.Planned planned) throws IOException, InterruptedException {
    Backoff.await(planned.pause());
    var upset = planned.upset();
    done.merge(upset.getClass().getSimpleName(), 1, Integer::sum);
    if (upset instanceof Upset.Kill kill) {
      kill(kill);
    } else if (upset instanceof Upset.Freeze freeze) {
      freeze(freeze);
    } else if (upset instanceof Upset.CutSessions cut) {
      cut(cut);
    } else if (upset instanceof Upset.CrashDatabase) {
      note("the database crashes");
      database.restart(StopMode.IMMEDIATE);
      note("the database is back");
    } else if (upset instanceof Upset.Mood mood) {
      note("the provider becomes " + mood);
      provider.become(mood);
    }
  }

  /** How often what was done. */
  Map<String, Integer> done() {
    return done;
  }

  private void kill(Upset.Kill kill) throws InterruptedException {
    var server = servers.get(kill.server());
    var process = kill.up().isNegative()
        ? server.awaitProcess(RESTART_TIMEOUT)
        : server.awaitListening(RESTART_TIMEOUT);
    Backoff.await(kill.up().abs());
    server.note("SIGKILL for " + process.pid());
    process.kill();
  }

  private void freeze(Upset.Freeze freeze) throws IOException, InterruptedException {
    var server = servers.get(freeze.server());
    var process = server.awaitListening(RESTART_TIMEOUT);
    server.note("SIGSTOP for " + process.pid() + ", for " + freeze.length());
    process.signal("STOP");
    thawing.execute(() -> thaw(server, process, freeze.length()));
  }

  private void thaw(ServerProcess server, ChildProcess process, Duration after) {
    try {
      Backoff.await(after);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    try {
      server.note("SIGCONT for " + process.pid());
      process.signal("CONT");
    } catch (IOException | InterruptedException e) {
      complaints.accept(server + " stays frozen: " + e);
    }
  }

  private void cut(Upset.CutSessions cut) {
    var sql = """
        select count(pg_terminate_backend(pid)) from (
          select pid from pg_stat_activity
           where backend_type = 'client backend' and datname = current_database() and pid <> pg_backend_pid()
             and application_name <> 'reprise embedded server' and (state <> 'idle' or not ?)
           order by random() limit ?) victims
        """;
    try (var connection =
            DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password());
        var statement = connection.prepareStatement(sql)) {
      statement.setBoolean(1, cut.busy());
      statement.setInt(2, cut.most());
      try (var rows = statement.executeQuery()) {
        rows.next();
        note("sessions cut: " + rows.getInt(1));
      }
    } catch (SQLException e) {
      complaints.accept("no session could be cut: " + e);
    }
  }

  private void note(String text) {
    servers.forEach(server -> server.note(text));
  }

  /** Waits until all is thawed. */
  @Override
  public void close() {
    thawing.shutdown();
    try {
      if (!thawing.awaitTermination(60, TimeUnit.SECONDS)) {
        complaints.accept("a server stays frozen");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
