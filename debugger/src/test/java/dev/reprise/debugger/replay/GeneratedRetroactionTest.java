package dev.reprise.debugger.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.Isolation;
import dev.reprise.debugger.rebuild.Scratch;
import dev.reprise.debugger.retro.Performed;
import dev.reprise.debugger.retro.Redone;
import dev.reprise.debugger.retro.Retroaction;
import dev.reprise.debugger.retro.Steps;
import dev.reprise.runtime.postgres.Binder;
import dev.reprise.runtime.postgres.Jdbc;
import dev.reprise.runtime.store.DatabaseClock;
import dev.reprise.runtime.store.ExecutionStore;
import dev.reprise.runtime.store.LogDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Generated workloads, run again by the code that ran them: retroaction without a change is a replay. {@code
 * -Dreprise.seed} and {@code -Dreprise.workloads} as for replays.
 */
class GeneratedRetroactionTest {
  private static final long SEED = Long.getLong("reprise.seed", new Random().nextLong());
  private static final int WORKLOADS = Integer.getInteger("reprise.workloads", 2);

  private static RecordedNode node;
  private static ExecutorService threads;

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
  @EnumSource(
      value = Isolation.class,
      names = {"SERIALIZABLE", "REPEATABLE_READ"})
  void unchangedCodeComesOutAsRecorded(Isolation isolation) throws Exception {
    var seeds = new Random(SEED + isolation.name().hashCode());
    int compared = 0;
    for (int i = 0; i < WORKLOADS * 3 && compared < WORKLOADS; i++) {
      var workload =
          new GeneratedWorkload(node, isolation, seeds.nextLong(), "retro-" + isolation + "-" + i);
      var ids = workload.run(4, 1, 6);
      if (comesOutAsRecorded(ids)) {
        compared++;
      }
    }
    System.out.printf("%s: seed %d, %d workloads compared%n", isolation, SEED, compared);
    assertThat(compared).as("seed %d", SEED).isPositive();
  }

  /** False where the replay itself needs the bodies in another order than that of the commits, which this has not. */
  private static boolean comesOutAsRecorded(List<String> ids) throws Exception {
    try (var source = node.readOnly()) {
      var store = new ExecutionStore(new LogDatabase(source), new DatabaseClock());
      var application = node.application();
      var trace = Trace.of(store, ids, row -> application);
      var options = new Replay.Options(50, Duration.ofSeconds(10));
      try (var ground = Replay.prepare(
          trace, node.history(), source, Scratch.on(node.config()), threads, options)) {
        var report = ground.run();
        boolean plain = report.isFaithful()
            && report.calls().stream()
                .noneMatch(verdict ->
                    verdict.notes().stream().anyMatch(note -> note.contains("the body of")));
        var retroaction = new Retroaction(ground, source, threads, Duration.ofSeconds(10));
        var change = new Retroaction.Change(
            row -> application, new Steps(false, Set.of()), Map.of(), Set.of(), true);
        try (var original = retroaction.originalEnd();
            var result = retroaction.run(change)) {
          if (!plain) {
            return false;
          }
          assertThat(result.transactions())
              .as("seed %d", SEED)
              .filteredOn(performed -> !performed.same())
              .isEmpty();
          assertThat(result.executions())
              .as("seed %d", SEED)
              .filteredOn(Redone::isChanged)
              .isEmpty();
          assertThat(result.transactions().stream()
                  .map(Performed::inPlaceOf)
                  .allMatch(of -> of.size() == 1))
              .isTrue();
          assertThat(rows(result.end())).as("seed %d", SEED).isEqualTo(rows(original));
        }
        return true;
      }
    }
  }

  private static Map<String, List<String>> rows(Scratch scratch) throws SQLException {
    var all = new LinkedHashMap<String, List<String>>();
    try (var connection = scratch.open()) {
      for (var table : DeedScript.TABLES) {
        all.put(
            table,
            Jdbc.query(
                connection,
                "select t::text from " + table + " t order by 1",
                Binder.NOTHING,
                row -> row.getString(1)));
      }
    }
    return all;
  }
}
