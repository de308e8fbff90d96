package dev.reprise.debugger.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.reprise.debugger.history.History;
import dev.reprise.debugger.rebuild.Scratch;
import dev.reprise.debugger.replay.RecordedCode;
import dev.reprise.debugger.replay.Replay;
import dev.reprise.debugger.replay.Report;
import dev.reprise.debugger.replay.Trace;
import dev.reprise.debugger.replay.Verdict;
import dev.reprise.runtime.config.DatabaseConfig;
import dev.reprise.runtime.postgres.Backoff;
import dev.reprise.runtime.postgres.Binder;
import dev.reprise.runtime.postgres.ConnectionHook;
import dev.reprise.runtime.postgres.Database;
import dev.reprise.runtime.postgres.EmbeddedServer;
import dev.reprise.runtime.postgres.Jdbc;
import dev.reprise.runtime.store.DatabaseClock;
import dev.reprise.runtime.store.ExecutionStore;
import dev.reprise.runtime.store.LogDatabase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * The node, which serves and records, is killed at random points under load, and the database as well. Whatever was answered
 * afterwards is replayed as it was, and the replay leaves the rows that production has. {@code -Dcrash.replays} and {@code
 * -Dcrash.databases} say how often which is killed, {@code -Dreprise.seed} repeats calls and pauses.
 */
class KilledRecorderTest {
  private static final long SEED = Long.getLong("reprise.seed", new Random().nextLong());
  private static final int KILLS = Integer.getInteger("crash.replays", 3);
  private static final int DATABASE_KILLS = Integer.getInteger("crash.databases", 1 + KILLS / 5);

  private static final int ANSWERS = 60;

  @TempDir
  private Path directory;

  @Test
  void everyReplayIsFaithfulWhoeverWasKilled() throws Exception {
    System.out.printf(
        "seed %d, %d kills of the node, %d of the database%n", SEED, KILLS, DATABASE_KILLS);
    try (var server = EmbeddedServer.startOrJoin(directory.resolve("db"))) {
      var config = server.config();
      for (var sql : Bank.SCHEMA) {
        run(config, connection -> Jdbc.update(connection, sql, Binder.NOTHING));
      }
      Map<String, String> answers;
      try (var node = new RecordingProcess(config)) {
        node.awaitPort();
        awaitRecording(config);
        var load = new BankLoad(node, config);
        load.begin(5, SEED);
        upset(node, server, load);
        load.awaitAnswers(ANSWERS);
        load.end();
        answers = load.answers();
        assertThat(node.starts()).isGreaterThan(KILLS);
        awaitEnds(config);
        judge(config, answers);
      }
    }
  }

  /** Each time once the calls go on again, whatever the machine. */
  private static void upset(RecordingProcess node, EmbeddedServer server, BankLoad load)
      throws InterruptedException {
    var random = new Random(SEED);
    var upsets = new ArrayList<Boolean>();
    upsets.addAll(Collections.nCopies(KILLS, true));
    upsets.addAll(Collections.nCopies(DATABASE_KILLS, false));
    Collections.shuffle(upsets, random);
    for (boolean isNode : upsets) {
      load.awaitAnswers(load.answers().size() + 8);
      Backoff.await(Duration.ofMillis(random.nextInt(1200)));
      if (isNode) {
        node.kill();
      } else {
        var postmaster = ProcessHandle.of(server.pid()).orElseThrow();
        assertThat(postmaster.destroyForcibly()).isTrue();
        await().atMost(Duration.ofSeconds(60)).until(() -> !postmaster.isAlive());
        server.restart(EmbeddedServer.StopMode.IMMEDIATE);
      }
    }
  }

  private interface Work<T> {
    T with(Connection connection) throws SQLException;
  }

  private static <T> T run(DatabaseConfig config, Work<T> work) {
    try (var connection =
            DriverManager.getConnection(config.url(), config.user(), config.password());
        var utc = connection.createStatement()) {
      utc.execute("set timezone = 'UTC'");
      return work.with(connection);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String text(DatabaseConfig config, String sql) {
    return run(
        config,
        connection ->
            Jdbc.query(connection, sql, Binder.NOTHING, row -> row.getString(1)).get(0));
  }

  private static void awaitRecording(DatabaseConfig config) {
    await("the recorder")
        .atMost(Duration.ofSeconds(60))
        .ignoreExceptions()
        .until(() -> text(
                config, "select count(*) from reprise_history.epochs where state = 'RECORDING'")
            .equals("1"));
  }

  private static void awaitEnds(DatabaseConfig config) {
    await("the ends of all executions")
        .atMost(Duration.ofSeconds(60))
        .until(() -> text(
                config,
                "select count(*) from reprise.executions where status in ('PENDING', 'RUNNING', 'WAITING')")
            .equals("0"));
  }

  private static Map<String, List<String>> rows(Connection connection) throws SQLException {
    var all = new LinkedHashMap<String, List<String>>();
    for (var table : Bank.TABLES) {
      all.put(
          table,
          Jdbc.query(
              connection,
              "select t::text from " + table + " t order by id",
              Binder.NOTHING,
              row -> row.getString(1)));
    }
    return all;
  }

  private static void judge(DatabaseConfig config, Map<String, String> answers) throws Exception {
    var production = run(config, KilledRecorderTest::rows);
    assertThat(text(config, "select sum(balance) from account"))
        .isEqualTo(Integer.toString(Bank.MONEY));
    assertThat(text(config, "select count(*) from reprise_history.epochs"))
        .as("recorded in one piece")
        .isEqualTo("1");
    var rebuilt = new ArrayList<Map<String, List<String>>>();
    var report = replay(config, rebuilt);
    System.out.printf(
        "%d keys answered, %d transactions replayed, %d of them failures%n",
        answers.size(),
        report.calls().size(),
        report.calls().stream()
            .filter(it -> it.call().operation().error() != null)
            .count());
    assertThat(report.calls().stream().filter(it -> it.kind() != Verdict.Kind.FAITHFUL))
        .as("seed %d: %s", SEED, report.text())
        .isEmpty();
    assertThat(report.executions())
        .as("seed %d", SEED)
        .hasSizeGreaterThanOrEqualTo(answers.size())
        .allSatisfy(end -> assertThat(end.difference()).isNull());
    assertThat(report.calls().size()).isGreaterThan(ANSWERS / 2);
    assertThat(rebuilt).isNotEmpty().allSatisfy(rows -> assertThat(rows).isEqualTo(production));
    assertThat(answers.values().stream().filter(answer -> answer.contains(" of ")))
        .isNotEmpty()
        .allMatch(answer -> answer.contains(" of " + Bank.MONEY));
  }

  private static Report replay(DatabaseConfig config, List<Map<String, List<String>>> rebuilt)
      throws InterruptedException {
    var threads = Executors.newCachedThreadPool();
    try (var source = Database.open(config, ConnectionHook.NONE);
        var application =
            RecordedCode.application().functions(List.of(Bank.class)).build()) {
      var store = new ExecutionStore(new LogDatabase(source), new DatabaseClock());
      var all = Trace.of(
          store, Instant.EPOCH, Instant.now().plus(Duration.ofDays(1)), row -> application);
      try (var replay = Replay.prepare(
          all,
          history(config),
          source,
          Scratch.embedded(),
          threads,
          new Replay.Options(20, Duration.ofSeconds(30)))) {
        return replay.run(scratch -> rebuilt.add(rowsOf(scratch)));
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static Map<String, List<String>> rowsOf(Scratch scratch) {
    try (var connection = scratch.open()) {
      return rows(connection);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static History history(DatabaseConfig config) {
    var source = new PGSimpleDataSource();
    source.setUrl(config.url());
    source.setUser(config.user());
    source.setPassword(config.password());
    return History.of(source);
  }
}
