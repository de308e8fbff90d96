package dev.reprise.samples.shop.crash;

import dev.reprise.runtime.postgres.Backoff;
import dev.reprise.runtime.postgres.Binder;
import dev.reprise.runtime.postgres.EmbeddedServer;
import dev.reprise.runtime.postgres.Jdbc;
import dev.reprise.samples.shop.crash.OrderLoad.Placed;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;

/**
 * Sells under load on two servers while everything fails that may fail, and looks then whether anything was lost or done
 * twice.
 */
final class CrashRun {
  private static final Duration START_TIMEOUT = Duration.ofSeconds(90);
  private static final Duration LOOK = Duration.ofMillis(200);
  /** That a slow machine has something to audit too. */
  private static final int ENOUGH = 250;

  private final CrashSettings settings;
  private final Queue<String> complaints = new ConcurrentLinkedQueue<>();

  CrashRun(CrashSettings settings) {
    this.settings = settings;
  }

  /** What came of a run. */
  record Report(
      Map<String, Integer> upsets,
      int requests,
      long fulfilled,
      long cancelled,
      String summary,
      List<String> complaints) {
    @Override
    public String toString() {
      return "upsets " + upsets + ", " + requests + " requests, " + summary + "\n"
          + (complaints.isEmpty()
              ? "nothing was lost and nothing done twice"
              : complaints.size() + " complaints:\n" + String.join("\n", complaints));
    }
  }

  /** Runs it. */
  Report run() throws IOException, SQLException, InterruptedException, ExecutionException {
    var directory = Files.createDirectories(settings.directory());
    say("crash run with seed " + settings.seed() + ", " + settings.kills() + " kills, in "
        + directory);
    try (var database = EmbeddedServer.startOrJoin(directory.resolve("database"))) {
      try (var provider = new Provider(directory)) {
        var command = new ServerLaunch(settings, database, provider).prepare();
        stock(database);
        return run(database, provider, command);
      }
    }
  }

  private Report run(EmbeddedServer database, Provider provider, ChildProcess.Command command)
      throws IOException, SQLException, InterruptedException, ExecutionException {
    var directory = settings.directory();
    try (var one = new ServerProcess("server-0", command, directory.resolve("server-0.log"));
        var other = new ServerProcess("server-1", command, directory.resolve("server-1.log"))) {
      one.awaitListening(START_TIMEOUT);
      other.awaitListening(START_TIMEOUT);
      return run(database, provider, List.of(one, other));
    }
  }

  private Report run(EmbeddedServer database, Provider provider, List<ServerProcess> servers)
      throws IOException, SQLException, InterruptedException, ExecutionException {
    var client = new ShopClient(servers, settings.patience(), complaints::add);
    try (var load = new OrderLoad(settings, client, complaints::add)) {
      var upsets = upset(database, provider, servers, load);
      for (var server : servers) {
        server.awaitListening(START_TIMEOUT);
      }
      load.awaitAnswered(ENOUGH, settings.patience());
      say("the last " + settings.clients() + " requests");
      var placed = load.finish();
      settle(database);
      say("the same " + placed.size() + " requests again");
      new Duplicates(servers, settings, complaints::add).check(placed);
      return report(database, provider, placed, upsets);
    }
  }

  private Map<String, Integer> upset(
      EmbeddedServer database, Provider provider, List<ServerProcess> servers, OrderLoad load)
      throws IOException, InterruptedException {
    try (var chaos = new Chaos(servers, database, provider, complaints::add)) {
      int kills = 0;
      for (var planned : Schedule.of(settings)) {
        chaos.run(planned);
        if (planned.upset() instanceof Upset.Kill && ++kills % 10 == 0) {
          say(kills + " kills, " + load.answered() + " answers, " + complaints.size()
              + " complaints");
        }
      }
      provider.become(new Upset.Mood("normal", 1, Duration.ZERO, 0));
      return chaos.done();
    }
  }

  private static void stock(EmbeddedServer database) throws SQLException {
    try (var connection = connect(database)) {
      for (var item : RequestMix.STOCK.entrySet()) {
        Jdbc.update(connection, """
            insert into shop.item (item, price, stock) values (?, 100, ?)
            on conflict (item) do update set stock = excluded.stock
            """, statement -> {
          statement.setString(1, item.getKey());
          statement.setInt(2, item.getValue());
        });
      }
    }
  }

  /** Waits until nothing is under way any more and only the two servers are left. */
  private void settle(EmbeddedServer database) throws SQLException, InterruptedException {
    long end = System.nanoTime() + settings.patience().toNanos();
    var sql = """
        select 'execution ' || id || ' is ' || status from reprise.executions
         where status in ('PENDING', 'RUNNING', 'WAITING')
        union all
        select 'node ' || node || ' is ' || state || ', alive at ' || heartbeat_at from reprise.nodes
         where (select count(*) from reprise.nodes) <> 2
        """;
    try (var connection = connect(database)) {
      while (true) {
        var left = Jdbc.query(connection, sql, Binder.NOTHING, row -> row.getString(1));
        if (left.isEmpty()) {
          return;
        }
        if (System.nanoTime() > end) {
          left.forEach(what -> complaints.add("after " + settings.patience() + " " + what));
          return;
        }
        Backoff.await(LOOK);
      }
    }
  }

  private Report report(
      EmbeddedServer database, Provider provider, List<Placed> placed, Map<String, Integer> upsets)
      throws IOException, SQLException {
    try (var connection = connect(database)) {
      var invariants =
          new Invariants(connection, placed, LedgerFile.read(provider.ledger()), complaints::add);
      invariants.check();
      Files.writeString(
          settings.directory().resolve("evidence.txt"), invariants.evidence(connection));
      return new Report(
          upsets,
          placed.size(),
          invariants.sales("ready"),
          invariants.sales("cancelled"),
          invariants.summary(),
          List.copyOf(complaints));
    }
  }

  private static Connection connect(EmbeddedServer database) throws SQLException {
    return DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password());
  }

  private static void say(String text) {
    System.out.println(text);
  }

  /** Runs it from a command line: exit 0 where all is well, 1 where something was lost or done twice, 2 otherwise. */
  public static void main(String[] arguments) throws Exception {
    if (List.of(arguments).contains("--help")) {
      System.out.println(CrashSettings.USAGE);
      return;
    }
    try {
      var report = new CrashRun(CrashSettings.parse(List.of(arguments))).run();
      System.out.println(report);
      System.exit(report.complaints().isEmpty() ? 0 : 1);
    } catch (IllegalArgumentException e) {
      System.err.println("crash-run: " + e.getMessage());
      System.err.println(CrashSettings.USAGE);
      System.exit(2);
    }
  }
}
