package dev.reprise.debugger.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.Isolation;
import dev.reprise.Options;
import dev.reprise.debugger.rebuild.Scratch;
import dev.reprise.debugger.retro.Retroaction;
import dev.reprise.debugger.retro.Steps;
import dev.reprise.runtime.execution.CurrentTransaction;
import dev.reprise.runtime.execution.DurableInterceptor;
import dev.reprise.runtime.function.Application;
import dev.reprise.runtime.json.ExceptionCodec;
import dev.reprise.runtime.json.Json;
import dev.reprise.runtime.postgres.BoundDataSource;
import dev.reprise.runtime.store.DatabaseClock;
import dev.reprise.runtime.store.ExecutionStore;
import dev.reprise.runtime.store.LogDatabase;
import java.time.Duration;
import java.util.ArrayList;
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
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Concurrent transactions at random, run again with another function: what comes out is what an oracle gets that goes through
 * the same schedule on plain connections. {@code -Dreprise.seed} repeats what is called.
 *
 * <p>Compared are the outcome of each call and the rows at the end. REPEATABLE READ and SERIALIZABLE: everything is the
 * database's own doing, as {@link DeedOracle} says. READ COMMITTED: the snapshots of single statements are not recorded, so a
 * retroaction, which promises nothing there, runs each body as a whole where it committed; the oracle does likewise, which
 * shows that nothing else comes in. Where the calls did not meet there is nothing that is not recorded: then they come
 * out as if the changed function had been called in production, one after the other, which an oracle without a schedule does.
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

  private static final AtomicInteger RUN = new AtomicInteger();

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

  @ParameterizedTest
  @EnumSource(Isolation.class)
  void aChangedFunctionComesOutAsAnOracleSays(Isolation isolation) throws Exception {
    var unused = RUN.incrementAndGet();
    calls.clear();
    record(isolation, 6, 8);
    with((ground, result) -> {
      try (var end = ground.start().copy();
          var recorded = ground.start().copy()) {
        var oracle = new DeedOracle(
            ground.plan(),
            isolation,
            end,
            recorded,
            id -> DeedsChanged.changed(Objects.requireNonNull(calls.get(id))));
        var told = oracle.go();
        assertThat(outcomes(result)).as("seed %d", SEED).isEqualTo(told);
        assertThat(DeedOracle.rows(result.end()))
            .as("seed %d", SEED)
            .isEqualTo(DeedOracle.rows(end));
        System.out.printf(
            "%s: seed %d: %d transactions, %d of them run again after a conflict (oracle: %d, and %d as production let them)%n",
            isolation,
            SEED,
            told.size(),
            result.transactions().stream().filter(it -> it.attempts() > 1).count(),
            oracle.again(),
            oracle.asProduction());
      }
    });
  }

  @Test
  void readCommittedCallsThatDidNotMeetComeOutAsIfDoneOneAfterTheOther() throws Exception {
    var unused = RUN.incrementAndGet();
    calls.clear();
    record(Isolation.READ_COMMITTED, 1, 12);
    with((ground, result) -> {
      try (var end = ground.start().copy();
          var connection = end.open()) {
        connection.setAutoCommit(false);
        var told = new TreeMap<String, Object>();
        for (int i = 0; i < 12; i++) {
          var id = id(Isolation.READ_COMMITTED, 0) + "-" + i;
          try {
            var deeds = DeedsChanged.changed(Objects.requireNonNull(calls.get(id)));
            told.put(id, new DeedScript(connection).perform(deeds));
            connection.commit();
          } catch (IllegalStateException e) {
            told.put(id, "failed: " + e.getMessage());
            connection.rollback();
          }
        }
        assertThat(outcomes(result)).as("seed %d", SEED).isEqualTo(told);
        assertThat(DeedOracle.rows(result.end()))
            .as("seed %d", SEED)
            .isEqualTo(DeedOracle.rows(end));
      }
    });
  }

  private static Map<String, Object> outcomes(Retroaction.Result result) {
    var came = new TreeMap<String, Object>();
    result
        .transactions()
        .forEach(it -> came.put(
            it.execution(),
            it.error() == null
                ? Objects.requireNonNull(Json.parse(String.valueOf(it.output())))
                : "failed: " + ExceptionCodec.describe(it.error()).message()));
    return came;
  }

  private interface Look {
    void at(Replay ground, Retroaction.Result result) throws Exception;
  }

  /** Runs the changed function over all calls. */
  private void with(Look look) throws Exception {
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
          new Replay.Options(0, Duration.ofSeconds(30)))) {
        try (var connection = ground.start().open();
            var statement = connection.createStatement()) {
          // which rows a plan reads, and with that conflicts, would depend on when somebody looks
          statement.execute("alter table account set (autovacuum_enabled = off)");
        }
        var change = new Retroaction.Change(
            row -> changed, new Steps(false, Set.of()), Map.of(), Set.of(), false);
        try (var result =
            new Retroaction(ground, source, threads, Duration.ofSeconds(30)).run(change)) {
          look.at(ground, result);
        }
      }
    }
  }

  private void record(Isolation isolation, int clients, int each) throws Exception {
    Pace.open(true);
    try {
      var ends = new ArrayList<java.util.concurrent.Future<Boolean>>();
      for (int client = 0; client < clients; client++) {
        ends.add(threads.submit(client(isolation, client, each)));
      }
      for (var end : ends) {
        end.get();
      }
    } finally {
      Pace.open(false);
    }
  }

  private static String id(Isolation isolation, int client) {
    return "changed-" + RUN.get() + "-" + isolation + "-" + client;
  }

  private Callable<Boolean> client(Isolation isolation, int client, int each) {
    var random = new Random(SEED + client);
    var name = id(isolation, client);
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
              .start(
                  Deeds.class,
                  switch (isolation) {
                    case SERIALIZABLE -> d -> d.serializable(deeds);
                    case REPEATABLE_READ -> d -> d.repeatable(deeds);
                    case READ_COMMITTED -> d -> d.committed(deeds);
                  },
                  Options.DEFAULT.id(name + "-" + i))
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
}
