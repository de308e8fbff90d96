package dev.reprise.runtime.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.WorkQueue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What users of other engines reported of their queues, as nodes take from a line. */
@Timeout(180)
class DequeueTest {
  private static final int NODES = 5;

  private static LineOfExecutions line;

  @BeforeAll
  static void create() {
    line = new LineOfExecutions();
  }

  @AfterAll
  static void drop() {
    line.close();
  }

  @BeforeEach
  void clear() {
    line.clear();
  }

  /** One node of several: takes a few, looks whether a limit is broken, ends some of its own. */
  private static List<String> contend(String function, long seed, Queue<String> broken) {
    var random = new Random(seed);
    var node = line.node();
    var own = new ArrayList<ExecutionRow>();
    var order = new ArrayList<String>();
    while (line.number("""
        select count(*) from reprise.executions where completed_at is null and queue in ('limited', 'rated')
        """) > 0) {
      for (var row : line.take(node, 1 + random.nextInt(6), function)) {
        own.add(row);
        order.add(row.id());
      }
      broken.addAll(line.texts("""
          select 'cluster ' || queue || ': ' || count(*) from reprise.executions
           where status = 'RUNNING' and queue = 'limited' group by queue having count(*) > 7
          union all
          select 'node: ' || count(*) from reprise.executions
           where status = 'RUNNING' and queue = 'limited' group by owner having count(*) > 2
          union all
          select 'partition ' || partition || ': ' || count(*) from reprise.executions
           where status = 'RUNNING' and partition is not null group by queue, partition having count(*) > 1
          """));
      for (int i = random.nextInt(3); i > 0 && !own.isEmpty(); i--) {
        line.end(own.remove(random.nextInt(own.size())));
      }
    }
    return order;
  }

  @Test
  void nodesThatContendForOneQueueGetNoErrorsAndKeepToItsLimitsAtEveryMoment() throws Exception {
    long seed = ThreadLocalRandom.current().nextLong();
    line.declare(
        WorkQueue.named("limited").concurrency(7).perNode(2),
        WorkQueue.named("rated").rate(9, Duration.ofMillis(150)));
    // others before it, so that more happens between a statement's snapshot and its lock
    line.sql("insert into reprise.queues (name, concurrency, changed_at)"
        + " select 'full-' || n, 0, now() from generate_series(1, 300) n");
    line.sql(
        "insert into reprise.executions (execution, id, created_at, queued_at, attempts, kind, status, function,"
            + " input, queue) select gen_random_uuid(), name, now(), now(), 0, 'workflow', 'PENDING', 'F.f', '[]', name"
            + " from reprise.queues where concurrency = 0");
    line.put("limited", 150, "case when n % 3 > 0 then 'p' || n % 11 end", "0");
    line.put("rated", 60, "null", "n % 3");
    // nodes of two kinds: what one takes is not what the other would have taken
    line.sql("update reprise.executions set function = 'F.g' where hashtext(id) % 2 = 0");
    var broken = new ConcurrentLinkedQueue<String>();
    var threads = Executors.newFixedThreadPool(NODES);
    var taken = new ArrayList<String>();
    try {
      List<Callable<List<String>>> nodes = new ArrayList<>();
      for (int i = 0; i < NODES; i++) {
        long own = seed + i;
        var function = i % 2 == 0 ? "F.f" : "F.g";
        nodes.add(() -> contend(function, own, broken));
      }
      for (Future<List<String>> node : threads.invokeAll(nodes)) {
        taken.addAll(node.get()); // no error came of it
      }
    } finally {
      threads.shutdownNow();
      assertThat(threads.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(broken).as("limits, seed " + seed).isEmpty();
    assertThat(taken).as("each once, seed " + seed).hasSize(210).doesNotHaveDuplicates();
    assertThat(line.texts("""
        select a.id || ' before ' || b.id from reprise.executions a join reprise.executions b
            on a.queue = b.queue and a.partition = b.partition and a.queued_at < b.queued_at
         where a.started_at > b.started_at
        """)).as("order in partitions, seed " + seed).isEmpty();
    assertThat(line.texts("""
        select id from (select id, started_at - lag(started_at, 9) over (order by started_at) as nine
                          from reprise.executions where queue = 'rated') starts
         where nine < interval '150 milliseconds'
        """)).as("ten starts within the period, seed " + seed).isEmpty();
  }

  @Test
  void aSmallPartitionDoesNotStarveBehindALargeOne() {
    line.declare(WorkQueue.named("q").concurrency(10));
    line.put("q", 100_000, "'large'", "5");
    var node = line.node();
    assertThat(line.take(node, 50))
        .extracting(row -> row.placement().partition())
        .containsExactly("large");
    line.put("q", 1, "'small'", "0");
    line.put("q", 1, "null", "0");
    assertThat(line.take(node, 50))
        .extracting(row -> row.placement().partition())
        .containsExactlyInAnyOrder("small", null);
    assertThat(line.take(node, 50)).isEmpty();
  }

  @Test
  void amongVeryManyPartitionsEachComesInItsTurn() {
    line.declare(WorkQueue.named("q"));
    line.put("q", 2 * Dequeue.PARTITIONS + 10, "lpad(n::text, 6, '0')", "0");
    var node = line.node();
    // all of the first ones are occupied, and stay so
    assertThat(line.take(node, 5000)).hasSize(Dequeue.PARTITIONS);
    line.put("q", Dequeue.PARTITIONS, "lpad(n::text, 6, '0')", "9");
    assertThat(line.take(node, 5000)).hasSize(Dequeue.PARTITIONS);
    assertThat(line.take(node, 5000)).hasSize(10);
    line.put("q", 1, "'zz'", "0");
    var both = new ArrayList<>(line.take(node, 5000));
    both.addAll(line.take(node, 5000));
    assertThat(both).extracting(row -> row.placement().partition()).containsExactly("zz");
  }

  @Test
  void aRecoveredWorkflowIsNotStuckOnAConcurrencyOneQueue() {
    line.declare(WorkQueue.named("q").concurrency(1));
    line.put("q", 2, "'p'", "0");
    var dead = line.node();
    var first = line.take(dead, 5);
    assertThat(first).hasSize(1);
    line.sql("update reprise.nodes set state = 'DEAD' where node = '" + dead + "'");
    assertThat(
            new NodeStore(line.log, line.clock, 20).recover(dead).orElseThrow().due())
        .isEqualTo(1);
    var other = line.node();
    var recovered = line.take(other, 5);
    assertThat(recovered)
        .extracting(ExecutionRow::id)
        .containsExactly(first.get(0).id());
    assertThat(line.take(other, 5)).isEmpty();
    line.end(recovered.get(0));
    assertThat(line.take(other, 5)).hasSize(1);
  }

  @Test
  void aFullQueueIsNotPolled() {
    line.declare(
        WorkQueue.named("full").concurrency(1),
        WorkQueue.named("rated").rate(1, Duration.ofHours(1)));
    line.put("full", 100, "null", "0");
    var node = line.node();
    assertThat(line.take(node, 5)).hasSize(1);
    assertThat(line.claim(node, 5).nextDue()).isNull();
    line.put("rated", 2, "null", "0");
    assertThat(line.take(node, 5)).hasSize(1);
    var again = line.claim(node, 5).nextDue();
    assertThat(again).isAfter(line.clock.now().plus(Duration.ofMinutes(59)));
  }

  @Test
  void whatOthersHoldIsPassedOverAndLookedAtAgainSoon() {
    line.declare(WorkQueue.named("q"), WorkQueue.named("r"));
    line.put("q", 1, "null", "0");
    line.put("r", 1, "null", "0");
    var node = line.node();
    var beat = line.log.log(connection -> {
      try (var statement = connection.createStatement()) {
        statement.execute("select from reprise.queues where name = 'q' for update");
      }
      return line.claim(node, 5);
    });
    assertThat(beat.claimed()).extracting(row -> row.placement().queue()).containsExactly("r");
    assertThat(beat.nextDue()).isBefore(line.clock.now().plus(Duration.ofSeconds(1)));
    assertThat(line.take(node, 5)).hasSize(1);
  }

  @Test
  void whatNoNodeCanRunIsShownAsStrandedAndHoldsUpOnlyItsPartition() {
    line.declare(WorkQueue.named("q"));
    line.put("q", 2, "'p'", "0");
    line.put("q", 1, "null", "0");
    line.sql(
        "update reprise.executions set version = 'gone', queued_at = queued_at - interval '1 minute'"
            + " where id in (select min(id) from reprise.executions group by partition)");
    line.put("q", 1, "null", "0");
    var node = line.node();
    var beat = line.sweep.beat(node, LineOfExecutions.ABLE, 10, Duration.ofSeconds(1), true);
    assertThat(beat.claimed()).extracting(row -> row.placement().partition()).containsOnlyNulls();
    assertThat(line.texts("select coalesce(partition, 'none') from reprise.executions"
            + " where status = 'STRANDED' order by 1"))
        .containsExactly("none", "p");
    assertThat(line.queues.list().get(0).blocked()).hasSize(1);
    assertThat(line.take(node, 10)).isEmpty();
    line.sql("update reprise.executions set version = null where status = 'STRANDED'");
    var freed = line.sweep.beat(node, LineOfExecutions.ABLE, 10, Duration.ofSeconds(1), true);
    assertThat(freed.claimed()).hasSize(2);
    assertThat(freed.claimed())
        .filteredOn(row -> "p".equals(row.placement().partition()))
        .singleElement()
        .satisfies(line::end);
    assertThat(line.take(node, 10)).hasSize(1);
  }
}
