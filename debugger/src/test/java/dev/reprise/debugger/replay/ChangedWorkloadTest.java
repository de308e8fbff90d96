package dev.reprise.debugger.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.Options;
import dev.reprise.debugger.rebuild.Scratch;
import dev.reprise.debugger.replay.Schedule.Action;
import dev.reprise.debugger.retro.Retroaction;
import dev.reprise.debugger.retro.Steps;
import dev.reprise.runtime.execution.CurrentTransaction;
import dev.reprise.runtime.execution.DurableInterceptor;
import dev.reprise.runtime.function.Application;
import dev.reprise.runtime.json.Json;
import dev.reprise.runtime.postgres.Binder;
import dev.reprise.runtime.postgres.BoundDataSource;
import dev.reprise.runtime.postgres.Jdbc;
import dev.reprise.runtime.store.DatabaseClock;
import dev.reprise.runtime.store.ExecutionStore;
import dev.reprise.runtime.store.LogDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Concurrent transactions at random, run again with another function: what comes out is what an oracle gets that goes through
 * the same schedule on plain connections. {@code -Dreprise.seed} repeats what is called.
 */
class ChangedWorkloadTest {
  private static final long SEED = Long.getLong("reprise.seed", new Random().nextLong());
  private static final Deed.Kind[] KINDS = {
    Deed.Kind.READ,
    Deed.Kind.ADD,
    Deed.Kind.SPEND,
    Deed.Kind.SUM,
    Deed.Kind.RAISE,
    Deed.Kind.LOCK,
    Deed.Kind.CLOSE,
    Deed.Kind.LINGER,
    Deed.Kind.ADD,
    Deed.Kind.FAIL
  };

  private static RecordedNode node;
  private static ExecutorService threads;
  private final Map<String, List<Deed>> calls = new ConcurrentHashMap<>();

  @BeforeAll
  static void start() {
    node = new RecordedNode(DeedScript.SCHEMA, Deeds.class);
    threads = Executors.newCachedThreadPool();
  }

  @AfterAll
  static void stop() {
    threads.shutdownNow();
    node.close();
  }

  @Test
  void aChangedFunctionComesOutAsAnOracleSays() throws Exception {
    record(6, 8);
    try (var source = node.readOnly();
        var changed = application()) {
      var store = new ExecutionStore(new LogDatabase(source), new DatabaseClock());
      var old = node.application();
      var trace = Trace.of(store, List.copyOf(calls.keySet()), row -> old);
      try (var ground = Replay.prepare(
              trace,
              node.history(),
              source,
              Scratch.on(node.config()),
              threads,
              new Replay.Options(0, Duration.ofSeconds(10)));
          var end = ground.start().copy()) {
        var told = oracle(ground.plan(), end);
        var change = new Retroaction.Change(
            row -> changed, new Steps(false, Set.of()), Map.of(), Set.of(), false);
        try (var result =
            new Retroaction(ground, source, threads, Duration.ofSeconds(10)).run(change)) {
          var came = new TreeMap<String, Object>();
          result
              .transactions()
              .forEach(it -> came.put(
                  it.execution(),
                  it.error() == null
                      ? Objects.requireNonNull(Json.parse(String.valueOf(it.output())))
                      : "failed"));
          assertThat(came).as("seed %d", SEED).isEqualTo(told);
          assertThat(rows(result.end())).as("seed %d", SEED).isEqualTo(rows(end));
          System.out.printf(
              "seed %d: %d transactions, %d of them run again after a conflict%n",
              SEED,
              came.size(),
              result.transactions().stream().filter(it -> it.attempts() > 1).count());
        }
      }
    }
  }

  private void record(int clients, int each) throws Exception {
    Pace.open(true);
    try {
      var ends = new ArrayList<java.util.concurrent.Future<Boolean>>();
      for (int client = 0; client < clients; client++) {
        ends.add(threads.submit(client("changed-" + client, each, SEED + client)));
      }
      for (var end : ends) {
        end.get();
      }
    } finally {
      Pace.open(false);
    }
  }

  private Callable<Boolean> client(String name, int each, long seed) {
    var random = new Random(seed);
    return () -> {
      for (int i = 0; i < each; i++) {
        var deeds = new ArrayList<Deed>();
        for (int k = random.nextInt(4); k >= 0; k--) {
          deeds.add(Deed.of(
              KINDS[random.nextInt(KINDS.length)],
              1 + random.nextInt(4),
              1 + random.nextInt(8),
              random.nextInt(5)));
        }
        calls.put(name + "-" + i, deeds);
        try {
          var unused = node.runtime()
              .start(Deeds.class, d -> d.repeatable(deeds), Options.DEFAULT.id(name + "-" + i))
              .result();
        } catch (IllegalStateException e) {
          // it is in the log
        }
      }
      return true;
    };
  }

  private static Application application() {
    return Application.builder()
        .functions(List.of(DeedsChanged.class))
        .database(new BoundDataSource(CurrentTransaction::get))
        .durable(new DurableInterceptor())
        .client((function, arguments, body) -> {
          throw new IllegalStateException();
        })
        .build();
  }

  /** Goes through the schedule, one thing after the other. */
  private Map<String, Object> oracle(Plan plan, Scratch database) throws SQLException {
    var outcomes = new TreeMap<String, Object>();
    var held = new HashMap<Integer, Connection>();
    for (var action : plan.schedule().actions()) {
      if (action instanceof Action.Take take) {
        held.put(take.call(), begin(database));
      } else if (action instanceof Action.End end) {
        var id = plan.calls().get(end.call()).execution().id();
        outcomes.put(
            id,
            perform(
                database,
                Objects.requireNonNull(held.remove(end.call())),
                DeedsChanged.changed(Objects.requireNonNull(calls.get(id)))));
      } else {
        assertThat(action).isNotInstanceOf(Action.Apply.class);
      }
    }
    return outcomes;
  }

  private static Connection begin(Scratch database) throws SQLException {
    var connection = database.open();
    connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    connection.setAutoCommit(false);
    Jdbc.query(connection, "select 1", Binder.NOTHING, row -> row.getInt(1));
    return connection;
  }

  private static Object perform(Scratch database, Connection first, List<Deed> deeds)
      throws SQLException {
    var came = once(first, deeds);
    while (came == null) {
      came = once(begin(database), deeds);
    }
    return came;
  }

  /** Null after a serialization failure. */
  private static @Nullable Object once(Connection session, List<Deed> deeds) throws SQLException {
    try (session) {
      var seen = new DeedScript(session).perform(deeds);
      session.commit();
      return seen;
    } catch (SQLException e) {
      return "40001".equals(e.getSQLState()) ? null : "failed";
    } catch (IllegalStateException e) {
      return "failed";
    }
  }

  private static List<String> rows(Scratch scratch) throws SQLException {
    try (var connection = scratch.open()) {
      return Jdbc.query(
          connection,
          "select a::text from account a order by 1",
          Binder.NOTHING,
          row -> row.getString(1));
    }
  }
}
