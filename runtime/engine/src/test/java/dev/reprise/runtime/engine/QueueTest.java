package dev.reprise.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.reprise.Execution;
import dev.reprise.ExecutionStatus;
import dev.reprise.IdempotencyConflictException;
import dev.reprise.Options;
import dev.reprise.UnknownQueueException;
import dev.reprise.WorkQueue;
import dev.reprise.runtime.postgres.ScratchDatabase;
import dev.reprise.runtime.postgres.TestDatabase;
import dev.reprise.runtime.store.QueueStore;
import dev.reprise.runtime.store.QueueStore.Limits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Queues on one node. */
@Timeout(120)
class QueueTest {
  private static ScratchDatabase database;
  private static TestNode node;

  @BeforeAll
  static void start() {
    database = TestDatabase.create();
    node = TestNode.queued(
        database,
        List.of(
            WorkQueue.named("one").concurrency(1),
            WorkQueue.named("two").concurrency(2),
            WorkQueue.named("node").perNode(1),
            WorkQueue.named("rated").rate(3, Duration.ofMinutes(1)),
            WorkQueue.named("free")),
        Line.class);
  }

  @AfterAll
  static void stop() {
    Line.MAY_END.release(10_000);
    node.close();
    database.close();
  }

  @BeforeEach
  void reset() {
    Line.reset();
  }

  private static Execution<String> start(String function, String name, Options options) {
    return switch (function) {
      case "held" -> node.runtime().start(Line.class, line -> line.held(name), options);
      case "pass" -> node.runtime().start(Line.class, line -> line.pass(name), options);
      default -> throw new IllegalArgumentException(function);
    };
  }

  private static QueueStore.Queue shown(String queue) {
    return node.node().queues().find(queue).orElseThrow();
  }

  private static List<String> begun() {
    return List.copyOf(Line.BEGUN);
  }

  private static Options in(String queue) {
    return Options.DEFAULT.queue(queue);
  }

  @Test
  void noMoreThanTheLimitIsAtWorkAndTheNextFollowsAtOnce() throws Exception {
    var all = new ArrayList<Execution<String>>();
    for (int i = 0; i < 5; i++) {
      all.add(start("held", "h" + i, in("two")));
    }
    await().until(() -> Line.BEGUN.size() == 2);
    await().untilAsserted(() -> {
      assertThat(shown("two").waiting()).isEqualTo(3);
      assertThat(shown("two").running()).isEqualTo(2);
    });
    assertThat(all.get(4).status()).isEqualTo(ExecutionStatus.PENDING);
    Line.MAY_END.release(5);
    for (var execution : all) {
      assertThat(execution.result()).startsWith("h");
    }
    assertThat(shown("two").oldest()).isNull();
  }

  @Test
  void higherPrioritiesComeFirstThenWhoCameFirst() throws Exception {
    var first = start("held", "first", in("one"));
    await().until(() -> begun().equals(List.of("first")));
    var rest = List.of(
        start("pass", "a", in("one")),
        start("pass", "b", in("one").priority(-1)),
        start("pass", "c", in("one").priority(7)),
        start("pass", "d", in("one")),
        start("pass", "e", in("one").priority(7)));
    Line.MAY_END.release();
    assertThat(first.result()).isEqualTo("first");
    for (var execution : rest) {
      var unused = execution.result();
    }
    assertThat(begun()).containsExactly("first", "c", "e", "a", "d", "b");
  }

  @Test
  void aPartitionIsServedOneAtATimeInOrderBesideTheOthers() throws Exception {
    var a1 = start("held", "a1", in("free").partition("a"));
    await().until(() -> begun().contains("a1"));
    var a2 = start("held", "a2", in("free").partition("a"));
    var a3 = start("held", "a3", in("free").partition("a"));
    var b1 = start("pass", "b1", in("free").partition("b"));
    var none = start("pass", "none", in("free"));
    assertThat(b1.result()).isEqualTo("b1");
    assertThat(none.result()).isEqualTo("none");
    assertThat(a2.status()).isEqualTo(ExecutionStatus.PENDING);
    Line.MAY_END.release(3);
    assertThat(a3.result()).isEqualTo("a3");
    assertThat(a1.result() + a2.result()).isEqualTo("a1a2");
    assertThat(begun().stream().filter(name -> name.startsWith("a")))
        .containsExactly("a1", "a2", "a3");
  }

  @Test
  void aSleeperKeepsItsSlotAndDoesNotQueueAgain() throws Exception {
    var sleeper = node.runtime().start(Line.class, line -> line.sleeping("s", 3600), in("one"));
    await().until(() -> sleeper.status() == ExecutionStatus.WAITING);
    var next = start("pass", "next", in("one").priority(9));
    await().until(() -> shown("one").waiting() == 1);
    assertThat(shown("one").sleeping()).isEqualTo(1);
    node.advance(Duration.ofHours(1));
    assertThat(next.result()).isEqualTo("next");
    assertThat(sleeper.result()).isEqualTo("s");
    assertThat(begun()).containsExactly("s", "s", "next");
  }

  @Test
  void aParkedExecutionGivesItsSlotBackAndHoldsUpItsPartitionVisibly() throws Exception {
    var parked = node.runtime()
        .start(Line.class, line -> line.fickle("f"), in("one").partition("p").id("parked-1"));
    await().until(() -> parked.status() == ExecutionStatus.WAITING);
    node.advance(Duration.ofSeconds(2));
    await().until(() -> parked.status() == ExecutionStatus.PARKED);
    var behind = start("pass", "behind", in("one").partition("p"));
    assertThat(start("pass", "other", in("one").partition("q")).result()).isEqualTo("other");
    assertThat(behind.status()).isEqualTo(ExecutionStatus.PENDING);
    assertThat(shown("one").parked()).isEqualTo(1);
    assertThat(shown("one").blocked())
        .containsExactly(new QueueStore.Blocked("p", "parked-1", "PARKED"));
    parked.cancel();
    assertThat(behind.result()).isEqualTo("behind");
  }

  @Test
  void aRateLetsNoMoreStartThanAllowedInAnyStretchOfItsLength() throws Exception {
    var all = new ArrayList<Execution<String>>();
    for (int i = 0; i < 7; i++) {
      all.add(start("pass", "r" + i, in("rated")));
    }
    await().until(() -> Line.BEGUN.size() == 3);
    node.advance(Duration.ofSeconds(50));
    assertThat(shown("rated").waiting()).isEqualTo(4);
    node.advance(Duration.ofSeconds(11));
    await().until(() -> Line.BEGUN.size() == 6);
    assertThat(shown("rated").waiting()).isEqualTo(1);
    node.advance(Duration.ofSeconds(61));
    assertThat(all.get(6).result()).isEqualTo("r6");
    assertThat(begun().subList(0, 3)).containsExactlyInAnyOrder("r0", "r1", "r2");
    assertThat(begun()).endsWith("r6");
  }

  @Test
  void aDelayedStartComesNotBeforeItsTimeAndItsClockBeginsThen() throws Exception {
    var plain = node.runtime()
        .start(Line.class, Line::startedAt, Options.DEFAULT.delay(Duration.ofHours(3)));
    var queued =
        node.runtime().start(Line.class, Line::startedAt, in("one").delay(Duration.ofHours(3)));
    var created = node.longOf("select (extract(epoch from created_at) * 1000)::bigint"
        + " from reprise.executions where id = '" + plain.id() + "'");
    await().until(() -> shown("one").delayed() == 1);
    node.advance(Duration.ofMinutes(179));
    assertThat(plain.status()).isEqualTo(ExecutionStatus.PENDING);
    assertThat(queued.status()).isEqualTo(ExecutionStatus.PENDING);
    node.advance(Duration.ofMinutes(2));
    assertThat(plain.result())
        .isGreaterThanOrEqualTo(created + Duration.ofHours(3).toMillis());
    assertThat(queued.result())
        .isGreaterThanOrEqualTo(created + Duration.ofHours(3).toMillis());
  }

  @Test
  void thereIsOneLivingExecutionOfADeduplicationKey() throws Exception {
    var first = start("held", "x", in("one").deduplicate("k"));
    var second = start("held", "y", in("one").deduplicate("k"));
    assertThat(second.id()).isEqualTo(first.id());
    assertThat(start("pass", "z", in("free").deduplicate("k")).result()).isEqualTo("z");
    assertThatThrownBy(() -> start("pass", "z", in("one").deduplicate("k")))
        .isInstanceOf(IdempotencyConflictException.class)
        .hasMessageContaining("deduplication key k");
    Line.MAY_END.release(2);
    assertThat(second.result()).isEqualTo("x");
    var third = start("held", "y", in("one").deduplicate("k"));
    assertThat(third.id()).isNotEqualTo(first.id());
    assertThat(third.result()).isEqualTo("y");
  }

  @Test
  void childrenQueueAndAreDeduplicatedToo() throws Exception {
    var held = start("held", "block", in("one"));
    await().until(() -> begun().contains("block"));
    var existing = start("pass", "existing", in("one").deduplicate("d"));
    var parent = node.runtime().start(Line.class, line -> line.parent("one", "d"));
    await().until(() -> shown("one").delayed() == 1);
    Line.MAY_END.release();
    assertThat(held.result()).isEqualTo("block");
    await().until(() -> existing.status() == ExecutionStatus.SUCCEEDED);
    node.advance(Duration.ofHours(2));
    assertThat(parent.result()).containsExactly(existing.id(), "existing", "child-b");
    assertThatThrownBy(() -> node.runtime()
            .start(Line.class, line -> line.parent("nowhere", "d"))
            .result())
        .isInstanceOf(UnknownQueueException.class);
  }

  @Test
  void whatWaitsIsCancelledWithoutItsTurn() throws Exception {
    var held = start("held", "block", in("one"));
    await().until(() -> begun().contains("block"));
    var waiting = start("held", "never", in("one").partition("c"));
    waiting.cancel();
    await().until(() -> waiting.status() == ExecutionStatus.CANCELLED);
    Line.MAY_END.release();
    assertThat(held.result()).isEqualTo("block");
    assertThat(begun()).doesNotContain("never");
  }

  @Test
  void anUnknownQueueIsRefusedWithTheNamesOfTheOthers() {
    assertThatThrownBy(() -> start("pass", "u", in("emials")))
        .isInstanceOf(UnknownQueueException.class)
        .hasMessageContaining("there is no queue emials")
        .hasMessageContaining("free, node, one, rated, two");
    assertThatThrownBy(() -> start("pass", "u", Options.DEFAULT.partition("p")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("a partition needs a queue: name one");
  }

  @Test
  void limitsChangedAtRunTimeHoldUntilTheDeclarationChanges() throws Exception {
    var queues = node.node().queues();
    queues.change("node", new Limits(0, null, null, null));
    var waiting = start("pass", "w", in("node"));
    await().until(() -> shown("node").waiting() == 1);
    assertThat(shown("node").changed()).isTrue();
    queues.declare(List.of(WorkQueue.named("node").perNode(1)));
    assertThat(shown("node").limits().concurrency()).isZero();
    queues.declare(List.of(WorkQueue.named("node").perNode(2)));
    assertThat(shown("node").limits()).isEqualTo(new Limits(null, 2, null, null));
    assertThat(shown("node").changed()).isFalse();
    assertThat(waiting.result()).isEqualTo("w");
  }
}
