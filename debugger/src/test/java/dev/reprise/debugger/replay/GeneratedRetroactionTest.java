package dev.reprise.debugger.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.Isolation;
import dev.reprise.debugger.rebuild.Scratch;
import dev.reprise.debugger.replay.Schedule.Action;
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
import java.util.LinkedHashSet;
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
 * Generated workloads, every second one of transactions on few keys, run again by the code that ran them: retroaction without a change is a replay. {@code
 * -Dreprise.seed} and {@code -Dreprise.workloads} as for replays.
 */
class GeneratedRetroactionTest {
  private static final long SEED = Long.getLong("reprise.seed", new Random().nextLong());
  private static final int WORKLOADS = Integer.getInteger("reprise.workloads", 2);

  private static final int CLIENTS = Integer.getInteger("reprise.clients", 4);

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
  void unchangedCodeComesOutAsTheReplayDid(Isolation isolation) throws Exception {
    var seeds = new Random(SEED + isolation.name().hashCode());
    var tally = new Tally();
    for (int i = 0; i < WORKLOADS; i++) {
      var workload =
          new GeneratedWorkload(node, isolation, seeds.nextLong(), "retro-" + isolation + "-" + i);
      compare((i % 2 == 0 ? workload : workload.onKeys()).run(CLIENTS, CLIENTS / 4, 6), tally);
    }
    System.out.printf(
        "%s: seed %d, %d workloads, %d transactions; %d bodies moved in %d workloads; %d workloads compared up to where the replay differs%n",
        isolation,
        SEED,
        WORKLOADS,
        tally.transactions,
        tally.moved,
        tally.workloadsWithMoves,
        tally.workloadsThatDiffer);
  }

  /** What came of the workloads of one isolation level. */
  private static final class Tally {
    int transactions;
    int moved;
    int workloadsWithMoves;
    int workloadsThatDiffer;
  }

  /**
   * Each transaction comes out as recorded, and the same rows are left. Where a replay cannot have one as recorded, because
   * an order within transactions mattered, that holds for all that ended before it: a replay then goes on with recorded
   * rows, a retroaction with its own.
   */
  private static void compare(List<String> ids, Tally tally) throws Exception {
    try (var source = node.readOnly()) {
      var store = new ExecutionStore(new LogDatabase(source), new DatabaseClock());
      var application = node.application();
      var trace = Trace.of(store, ids, row -> application);
      var options = new Replay.Options(50, Duration.ofSeconds(30));
      try (var ground = Replay.prepare(
          trace, node.history(), source, Scratch.on(node.config()), threads, options)) {
        var report = ground.run();
        var retroaction = new Retroaction(ground, source, threads, Duration.ofSeconds(30));
        var change = new Retroaction.Change(
            row -> application, new Steps(false, Set.of()), Map.of(), Set.of(), true);
        try (var original = retroaction.originalEnd();
            var result = retroaction.run(change)) {
          var comparable = comparable(ground.plan(), report);
          tally.transactions += comparable.size();
          int moved = moved(ground.plan());
          tally.moved += moved;
          tally.workloadsWithMoves += moved > 0 ? 1 : 0;
          assertThat(result.transactions().stream()
                  .filter(it -> it.inPlaceOf().stream().anyMatch(comparable::contains)))
              .as("seed %d", SEED)
              .hasSize(comparable.size())
              .allMatch(it -> it.inPlaceOf().size() == 1)
              .filteredOn(performed -> !performed.same())
              .isEmpty();
          if (!report.isFaithful()) {
            tally.workloadsThatDiffer++;
            return;
          }
          assertThat(result.transactions()).hasSize(comparable.size());
          assertThat(result.executions())
              .as("seed %d", SEED)
              .filteredOn(Redone::isChanged)
              .isEmpty();
          assertThat(rows(result.end())).as("seed %d", SEED).isEqualTo(rows(original));
        }
      }
    }
  }

  /** The calls that ended before the first that the replay has otherwise. */
  private static Set<String> comparable(Plan plan, Report report) {
    var labels = new LinkedHashSet<String>();
    for (var action : plan.schedule().actions()) {
      if (action instanceof Action.End end) {
        var verdict = report.calls().get(end.call());
        if (!verdict.isEqual()) {
          return labels;
        }
        labels.add(verdict.call().label());
      }
    }
    return labels;
  }

  /** How many bodies ran at another place than their commit. */
  private static int moved(Plan plan) {
    return (int) plan.schedule().placed().stream()
        .filter(it -> it.commit() >= 0 && it.place() != it.commit())
        .count();
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
