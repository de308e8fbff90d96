package dev.reprise.debugger.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.Isolation;
import dev.reprise.debugger.rebuild.Scratch;
import dev.reprise.runtime.postgres.Binder;
import dev.reprise.runtime.postgres.Jdbc;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whatever transactions do and however they meet, they come out the same in a replay, and leave the same rows; every
 * second workload is of transactions on few keys, where bodies often ran before their commits, or in parts. {@code
 * -Dreprise.seed} repeats what is called, {@code -Dreprise.workloads} says how many workloads there are for each isolation
 * level. What read committed transactions saw is not recorded: they may come out otherwise, but leave the same rows.
 */
class GeneratedWorkloadTest {
  private static final long SEED = Long.getLong("reprise.seed", new Random().nextLong());
  private static final int WORKLOADS = Integer.getInteger("reprise.workloads", 2);
  private static final Replay.Options OPTIONS = new Replay.Options(50, Duration.ofSeconds(30));

  private static RecordedNode node;

  @BeforeAll
  static void start() {
    node = new RecordedNode(DeedScript.SCHEMA, Deeds.class);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  /** What came of the workloads of one isolation level. */
  private static final class Tally {
    int transactions;
    int failures;
    int orders;
    int within;
    int unplaced;
    int unlike;
    final List<String> wrong = new ArrayList<>();
  }

  @ParameterizedTest
  @EnumSource(Isolation.class)
  void everyTransactionComesOutAsRecorded(Isolation isolation) throws Exception {
    var tally = new Tally();
    var seeds = new Random(SEED + isolation.name().hashCode());
    for (int i = 0; i < WORKLOADS; i++) {
      long seed = seeds.nextLong();
      var workload = new GeneratedWorkload(node, isolation, seed, isolation + "-" + i);
      var ids = (i % 2 == 0 ? workload : workload.onKeys()).run(5, 2, 8);
      var production = rows();
      var rebuilt = new ArrayList<Map<String, List<String>>>();
      var report = node.replay(
          OPTIONS, UnaryOperator.identity(), scratch -> rebuilt.add(rows(scratch)), ids);
      judge(report, tally, isolation, i);
      assertThat(rebuilt)
          .as("of workload %d of seed %d", i, SEED)
          .isNotEmpty()
          .allSatisfy(state -> assertThat(state).isEqualTo(production));
    }
    System.out.printf(
        "%s: seed %d, %d workloads, %d transactions, %d of them failures; %d needed another order, %d an order within, %d failures have no known place; %d differ%n",
        isolation,
        SEED,
        WORKLOADS,
        tally.transactions,
        tally.failures,
        tally.orders,
        tally.within,
        tally.unplaced,
        tally.unlike);
    assertThat(tally.wrong).as("seed %d", SEED).isEmpty();
    assertThat(tally.unplaced).as("seed %d", SEED).isLessThanOrEqualTo(1 + tally.failures / 20);
  }

  private static void judge(Report report, Tally tally, Isolation isolation, int workload) {
    for (var verdict : report.calls()) {
      tally.transactions++;
      tally.failures += verdict.call().operation().error() == null ? 0 : 1;
      tally.orders +=
          verdict.notes().stream().anyMatch(note -> note.startsWith("order found")) ? 1 : 0;
      if (verdict.isEqual()) {
        continue;
      }
      tally.unlike++;
      if (isolation == Isolation.READ_COMMITTED) {
        continue;
      }
      System.out.println(text(workload, verdict));
      if (mayDependOnTheOrderWithin(verdict)) {
        tally.within++;
      } else if (isUnplaced(verdict)) {
        tally.unplaced++;
      } else {
        tally.wrong.add(text(workload, verdict));
      }
    }
    report.executions().stream()
        .filter(end -> end.difference() != null)
        .forEach(end -> tally.wrong.add("workload " + workload + ": " + end));
  }

  /** It failed in SQL, which leaves no snapshot: where it is run is a guess, and what it had read is not compared. */
  private static boolean isUnplaced(Verdict verdict) {
    return verdict.call().operation().snapshot() == null;
  }

  /** It met something that it did not hold off: a key that it did not insert after all, or a failure that it went past. */
  private static boolean mayDependOnTheOrderWithin(Verdict verdict) {
    var input = verdict.call().execution().input();
    return verdict.notes().stream().anyMatch(note -> note.contains("order within them"))
        && (input.contains("TOKEN_ONCE") || input.contains("\"TRY\"") || input.contains("UNDO"));
  }

  private static String text(int workload, Verdict verdict) {
    return "workload " + workload + ": " + Report.line(verdict) + " "
        + verdict.call().execution().input() + " " + verdict.differences() + verdict.notes();
  }

  private static Map<String, List<String>> rows(Scratch scratch) {
    try (var connection = scratch.open()) {
      return rows(connection);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Map<String, List<String>> rows() throws SQLException {
    try (var connection = DriverManager.getConnection(
            node.config().url(), node.config().user(), node.config().password());
        var utc = connection.createStatement()) {
      utc.execute("set timezone = 'UTC'");
      return rows(connection);
    }
  }

  private static Map<String, List<String>> rows(Connection connection) throws SQLException {
    var all = new LinkedHashMap<String, List<String>>();
    for (var table : DeedScript.TABLES) {
      all.put(
          table,
          Jdbc.query(
              connection,
              "select t::text from " + table + " t order by 1",
              Binder.NOTHING,
              row -> row.getString(1)));
    }
    return all;
  }
}
