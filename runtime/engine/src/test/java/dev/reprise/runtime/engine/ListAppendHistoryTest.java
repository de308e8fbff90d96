package dev.reprise.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.RetriesExhaustedException;
import dev.reprise.runtime.engine.DependencyGraph.Anomaly;
import dev.reprise.runtime.engine.DependencyGraph.Cycle;
import dev.reprise.runtime.engine.History.Did;
import dev.reprise.runtime.engine.History.Txn;
import dev.reprise.runtime.engine.Lists.Act;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What concurrent calls on two nodes saw of each other is what their isolation level promises. */
class ListAppendHistoryTest {
  private static final int CALLS = 15;
  private static final int KEYS = 4;
  private static final int LONGEST = 4;

  private static final AtomicInteger NUMBERS = new AtomicInteger();

  private static TestNode one;
  private static TestNode two;

  private interface Function {
    List<List<Integer>> run(Lists lists, List<Act> acts) throws Exception;
  }

  private interface Crosswise {
    List<Integer> run(Lists lists, int read, int write, int number) throws Exception;
  }

  @BeforeAll
  static void start() {
    one = TestNode.start(Lists.class);
    two = one.another(Lists.class);
    one.sql("create table list (key int primary key, numbers int[] not null)");
  }

  @AfterAll
  static void stop() {
    two.close();
    one.close();
  }

  @BeforeEach
  void empty() {
    one.sql("truncate list");
  }

  @Test
  void serializableCallsHaveNoCycle() throws Exception {
    long seed = Load.seed();
    var graph = history(seed, Lists::serializable).dependencies();
    assertThat(graph.size()).isGreaterThan(Load.THREADS * CALLS);
    assertThat(graph.worstCycle()).as("seed %s", seed).isEmpty();
  }

  @Test
  void repeatableReadCallsHaveNoCycleButWriteSkew() throws Exception {
    long seed = Load.seed();
    var graph = history(seed, Lists::repeatable).dependencies();
    assertThat(graph.size()).isGreaterThan(Load.THREADS * CALLS);
    // G2 has two reads in a row that missed something: all others are excluded by the snapshot
    assertThat(graph.worstCycle().map(Cycle::anomaly))
        .as("seed %s: %s", seed, graph.worstCycle())
        .isIn(java.util.Optional.empty(), java.util.Optional.of(Anomaly.G2));
  }

  @Test
  void repeatableReadAllowsWriteSkewAndTheCheckerFindsIt() throws Exception {
    assertThat(crosswise(Lists::crosswiseRepeatable).worstCycle())
        .contains(new Cycle(Anomaly.G2, "a -rw-> b -rw-> a"));
  }

  @Test
  void serializableExcludesWriteSkew() throws Exception {
    assertThat(crosswise(Lists::crosswiseSerializable).worstCycle()).isEmpty();
    assertThat(one.longOf("select max(attempt) from reprise.operations"
            + " where function = 'Lists.crosswiseSerializable'"))
        .as("one of them ran again")
        .isGreaterThan(1);
  }

  /** Two calls on two nodes, each reading what the other writes. */
  private static DependencyGraph crosswise(Crosswise function) throws Exception {
    Lists.bothHaveRead = new CountDownLatch(2);
    var other = new CompletableFuture<List<Integer>>();
    var thread = new Thread(() -> {
      try {
        other.complete(function.run(two.get(Lists.class), 1, 2, 102));
      } catch (Exception e) {
        other.completeExceptionally(e);
      }
    });
    thread.start();
    var seen = function.run(one.get(Lists.class), 2, 1, 101);
    var a = new Txn("a", List.of(new Did(2, null, seen), Did.append(1, 101)));
    var b = new Txn("b", List.of(new Did(1, null, other.get()), Did.append(2, 102)));
    return new History(List.of(a, b), lists()).dependencies();
  }

  private static History history(long seed, Function function) throws Exception {
    var perThread = Load.on(List.of(one, two), seed, (node, thread, random) -> {
      var lists = node.get(Lists.class);
      var committed = new ArrayList<Txn>();
      for (int i = 0; i < CALLS; i++) {
        var acts = acts(random);
        try {
          committed.add(txn("t" + thread + "." + i, acts, function.run(lists, acts)));
        } catch (RetriesExhaustedException e) {
          // nothing of it may ever be seen: the checker would not know who had written it
          assertThat(e).hasMessageContaining("Lists.");
        }
      }
      return committed;
    });
    var all = perThread.stream().flatMap(List::stream).toList();
    assertThat(all).as("calls that succeeded").hasSizeGreaterThan(Load.THREADS * CALLS / 2);
    return new History(all, lists());
  }

  private static List<Act> acts(RandomGenerator random) {
    var acts = new ArrayList<Act>();
    int length = 1 + random.nextInt(LONGEST);
    for (int i = 0; i < length; i++) {
      acts.add(
          new Act(random.nextInt(KEYS), random.nextBoolean() ? NUMBERS.incrementAndGet() : null));
    }
    return acts;
  }

  private static Txn txn(String name, List<Act> acts, List<List<Integer>> seen) {
    var did = new ArrayList<Did>();
    for (int i = 0; i < acts.size(); i++) {
      did.add(new Did(acts.get(i).key(), acts.get(i).append(), seen.get(i)));
    }
    return new Txn(name, did);
  }

  private static Map<Integer, List<Integer>> lists() throws SQLException {
    var lists = new HashMap<Integer, List<Integer>>();
    try (var connection = one.connect();
        var statement = connection.createStatement();
        var rows = statement.executeQuery("select key, numbers from list")) {
      while (rows.next()) {
        lists.put(rows.getInt(1), List.of((Integer[]) rows.getArray(2).getArray()));
      }
    }
    return lists;
  }
}
