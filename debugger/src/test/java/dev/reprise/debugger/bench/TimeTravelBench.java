package dev.reprise.debugger.bench;

import dev.reprise.Options;
import dev.reprise.Reprise;
import dev.reprise.debugger.history.History;
import dev.reprise.debugger.history.Snapshot;
import dev.reprise.debugger.rebuild.Rebuilder;
import dev.reprise.debugger.rebuild.Scratch;
import dev.reprise.debugger.rebuild.Visibility;
import dev.reprise.debugger.replay.Replay;
import dev.reprise.debugger.replay.Trace;
import dev.reprise.runtime.config.DatabaseConfig;
import dev.reprise.runtime.execution.CurrentTransaction;
import dev.reprise.runtime.execution.DurableInterceptor;
import dev.reprise.runtime.function.Application;
import dev.reprise.runtime.postgres.Backoff;
import dev.reprise.runtime.postgres.Binder;
import dev.reprise.runtime.postgres.BoundDataSource;
import dev.reprise.runtime.postgres.ConnectionHook;
import dev.reprise.runtime.postgres.Database;
import dev.reprise.runtime.postgres.Jdbc;
import dev.reprise.runtime.postgres.ScratchDatabase;
import dev.reprise.runtime.record.RecordConfig;
import dev.reprise.runtime.record.RecordStatus;
import dev.reprise.runtime.record.Recorder;
import dev.reprise.runtime.store.DatabaseClock;
import dev.reprise.runtime.store.ExecutionStore;
import dev.reprise.runtime.store.LogDatabase;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * What time travel costs, side by side in one run: calls with the recorder and without it, in turns; bytes recorded for a
 * call; the time of a replay against that of the calls themselves; the time to rebuild a state.
 */
@SuppressWarnings("try") // some are only to be open
final class TimeTravelBench {
  private static final int ACCOUNTS = 10_000;
  private static final int ROUNDS = 5;

  private final int seconds;
  private final int clients;
  private final int megabytes;

  private TimeTravelBench(int seconds, int clients, int megabytes) {
    this.seconds = seconds;
    this.clients = clients;
    this.megabytes = megabytes;
  }

  /** Arguments: seconds of each round, clients, megabytes to rebuild, what to measure or {@code all}. */
  public static void main(String[] arguments) throws Exception {
    new TimeTravelBench(
            Integer.parseInt(arguments[0]),
            Integer.parseInt(arguments[1]),
            Integer.parseInt(arguments[2]))
        .run(arguments[3]);
    System.exit(0);
  }

  private void run(String what) throws Exception {
    if (is("recording", what)) {
      savepoint();
      recording("point", "1 statement");
      recording("wide", Accounts.STATEMENTS + " statements");
    }
    if (is("replay", what)) {
      replay(1);
      replay(clients);
    }
    if (is("retro", what)) {
      RetroactionBench.run(clients);
    }
    if (is("stepping", what)) {
      SteppingBench.run();
    }
    if (is("rebuild", what)) {
      rebuild();
    }
  }

  private static boolean is(String part, String wanted) {
    return wanted.equals("all") || wanted.equals(part);
  }

  static void say(String format, Object... values) {
    System.out.println(String.format(Locale.ROOT, format, values));
  }

  // --- savepoints
  // -----------------------------------------------------------------------------------------------

  /** What it would cost every call to have a savepoint, so that a failed one could still tell its snapshot. */
  private void savepoint() throws SQLException {
    try (var database = ScratchDatabase.embedded();
        var connection =
            DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password())) {
      execute(database, "create table account (id int primary key, balance int not null)");
      execute(database, "insert into account select i, 0 from generate_series(1, 1000) i");
      connection.setAutoCommit(false);
      var without = new ArrayList<Double>();
      var with = new ArrayList<Double>();
      for (int round = 0; round <= ROUNDS; round++) {
        double plain = transactions(connection, false);
        double saved = transactions(connection, true);
        if (round > 0) { // the first warms up
          without.add(plain);
          with.add(saved);
        }
      }
      say(
          "a savepoint before the first statement: %.3f ms a transaction, %.3f ms without, ratio %.2f",
          median(with), median(without), median(with) / median(without));
    }
  }

  /** Milliseconds for each. */
  private static double transactions(java.sql.Connection connection, boolean savepoint)
      throws SQLException {
    int count = 500;
    long began = System.nanoTime();
    for (int i = 0; i < count; i++) {
      if (savepoint) {
        var unused = connection.setSavepoint();
      }
      try (var update =
          connection.prepareStatement("update account set balance = balance + 1 where id = ?")) {
        update.setInt(1, 1 + i);
        update.executeUpdate();
      }
      connection.commit();
    }
    return (System.nanoTime() - began) / 1e6 / count;
  }

  // --- recording
  // ------------------------------------------------------------------------------------------------

  private void recording(String what, String described) throws Exception {
    try (var database = ScratchDatabase.embedded();
        var reprise = start(database)) {
      var off = new ArrayList<Double>();
      var on = new ArrayList<Double>();
      load(reprise, what, clients, seconds); // warm
      long calls = 0;
      for (int round = 0; round < ROUNDS; round++) {
        off.add(load(reprise, what, clients, seconds) / (double) seconds);
        try (var recorder = recorder(database)) {
          long more = load(reprise, what, clients, seconds);
          on.add(more / (double) seconds);
          calls += more;
          awaitCaughtUp(database);
        }
      }
      say(
          "%s, %d clients: %.0f calls/s not recorded, %.0f recorded: ratio %.2f",
          described, clients, median(off), median(on), median(on) / median(off));
      say(
          "%s: %.0f bytes of history and %.0f bytes of log for a call",
          described,
          size(database, "reprise_history") / (double) calls,
          size(database, "reprise") / (double) count(database));
    }
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }

  private static long count(ScratchDatabase database) throws SQLException {
    return number(database, "select count(*) from reprise.executions");
  }

  private static long size(ScratchDatabase database, String schema) throws SQLException {
    return number(
        database,
        "select coalesce(sum(pg_total_relation_size(oid)), 0) from pg_class where relkind = 'r'"
            + " and relnamespace = '" + schema + "'::regnamespace");
  }

  // --- replay
  // ---------------------------------------------------------------------------------------------------

  private void replay(int atOnce) throws Exception {
    try (var database = ScratchDatabase.embedded();
        var reprise = start(database);
        var recorder = recorder(database)) {
      load(reprise, "point", atOnce, 2); // warm
      reprise
          .start(Accounts.class, accounts -> accounts.point(1), Options.DEFAULT.id("first"))
          .result();
      long began = System.nanoTime();
      int calls = 1000;
      var ids = new ArrayList<String>();
      var threads = Executors.newFixedThreadPool(atOnce);
      var work = new ArrayList<Callable<Integer>>();
      for (int i = 0; i < calls; i++) {
        var id = "call-" + i;
        ids.add(id);
        work.add(() -> reprise
            .start(
                Accounts.class,
                accounts -> accounts.point(ThreadLocalRandom.current().nextInt(ACCOUNTS)),
                Options.DEFAULT.id(id))
            .result());
      }
      for (var done : threads.invokeAll(work)) {
        done.get();
      }
      threads.shutdown();
      double original = (System.nanoTime() - began) / 1e9;
      awaitCaughtUp(database);
      began = System.nanoTime();
      try (var source = Database.open(database.config(), ConnectionHook.NONE);
          var application = application()) {
        var store = new ExecutionStore(new LogDatabase(source), new DatabaseClock());
        var trace = Trace.of(store, ids, row -> application);
        var bodies = Executors.newCachedThreadPool();
        try (var replay = Replay.prepare(
            trace, history(database), source, Scratch.embedded(), bodies, Replay.Options.DEFAULT)) {
          double prepared = (System.nanoTime() - began) / 1e9;
          var report = replay.run();
          double whole = (System.nanoTime() - began) / 1e9;
          say(
              "%d calls, %d at once: %.2f s originally, %.2f s to replay (%.2f s of it to prepare),"
                  + " ratio %.2f, %s",
              calls,
              atOnce,
              original,
              whole,
              prepared,
              whole / original,
              report.isFaithful() ? "faithful" : "NOT FAITHFUL");
        }
        bodies.shutdownNow();
      }
    }
  }

  // --- rebuild
  // --------------------------------------------------------------------------------------------------

  private void rebuild() throws Exception {
    try (var database = ScratchDatabase.embedded();
        var reprise = start(database)) {
      execute(database, "create table wide (id int primary key, filler text not null)");
      execute(
          database,
          "insert into wide select i, repeat(md5(i::text), 31) from generate_series(1, " + megabytes
              + " * 1000) i");
      try (var recorder = recorder(database)) {
        awaitCaughtUp(database);
        long began = System.nanoTime();
        var history = history(database);
        var snapshot = Snapshot.parse(text(database, "select pg_current_snapshot()::text"));
        var epoch = history.epochSeeing(snapshot);
        try (var state = new Rebuilder(history)
            .at(epoch, Visibility.of(snapshot), Scratch.embedded(), Set.of())) {
          double took = (System.nanoTime() - began) / 1e9;
          try (var connection = state.open()) {
            long bytes = Jdbc.queryOne(
                    connection,
                    "select pg_total_relation_size('wide')",
                    Binder.NOTHING,
                    row -> row.getLong(1))
                .orElseThrow();
            say("a state of %.0f MB is rebuilt in %.1f s", bytes / 1e6, took);
          }
        }
      }
    }
  }

  // --- the parts
  // -------------------------------------------------------------------------------------------------

  static Reprise start(ScratchDatabase database) throws SQLException {
    execute(database, "create table account (id int primary key, balance int not null)");
    execute(
        database, "insert into account select i, 0 from generate_series(0, " + ACCOUNTS + ") i");
    var config = database.config();
    return Reprise.builder()
        .database(
            config.url(),
            Objects.requireNonNullElse(config.user(), ""),
            Objects.requireNonNullElse(config.password(), ""))
        .functions(Accounts.class)
        .start();
  }

  static Application application() {
    return Application.builder()
        .functions(List.of(Accounts.class))
        .database(new BoundDataSource(CurrentTransaction::get))
        .durable(new DurableInterceptor())
        .client((function, arguments, body) -> {
          throw new IllegalStateException("not for clients");
        })
        .build();
  }

  static Recorder recorder(ScratchDatabase database) throws InterruptedException {
    var recorder = new Recorder(database.config(), RecordConfig.AUTO, ConnectionHook.NONE);
    recorder.start();
    while (recorder.status().state() != RecordStatus.State.RECORDING) {
      Backoff.await(Duration.ofMillis(20));
    }
    return recorder;
  }

  /** Until everything committed by now is in the history. */
  static void awaitCaughtUp(ScratchDatabase database) throws SQLException, InterruptedException {
    var now = text(database, "select pg_current_wal_insert_lsn()::text");
    execute(database, "select pg_logical_emit_message(true, 'reprise_history', '')");
    while (number(
            database,
            "select count(*) from reprise_history.epochs where state = 'RECORDING' and recorded_lsn >= '"
                + now + "'")
        == 0) {
      Backoff.await(Duration.ofMillis(50));
    }
  }

  private static long load(Reprise reprise, String what, int clients, int seconds)
      throws Exception {
    long end = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
    var accounts = reprise.get(Accounts.class);
    var threads = Executors.newFixedThreadPool(clients);
    var work = new ArrayList<Callable<Long>>();
    for (int i = 0; i < clients; i++) {
      work.add(() -> {
        long calls = 0;
        while (System.nanoTime() < end) {
          int account = ThreadLocalRandom.current().nextInt(ACCOUNTS - Accounts.STATEMENTS);
          var unused = what.equals("point") ? accounts.point(account) : accounts.wide(account);
          calls++;
        }
        return calls;
      });
    }
    long sum = 0;
    for (var done : threads.invokeAll(work)) {
      sum += done.get();
    }
    threads.shutdown();
    return sum;
  }

  static History history(ScratchDatabase database) {
    DatabaseConfig config = database.config();
    var source = new PGSimpleDataSource();
    source.setUrl(config.url());
    source.setUser(config.user());
    source.setPassword(config.password());
    return History.of(source);
  }

  static void execute(ScratchDatabase database, String sql) throws SQLException {
    try (var connection =
            DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password());
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String text(ScratchDatabase database, String sql) throws SQLException {
    try (var connection =
        DriverManager.getConnection(database.jdbcUrl(), database.user(), database.password())) {
      return Jdbc.queryOne(connection, sql, Binder.NOTHING, row -> row.getString(1))
          .orElseThrow();
    }
  }

  private static long number(ScratchDatabase database, String sql) throws SQLException {
    return Long.parseLong(text(database, sql));
  }
}
