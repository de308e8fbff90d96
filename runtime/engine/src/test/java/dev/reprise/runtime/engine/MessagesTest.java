package dev.reprise.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.reprise.Execution;
import dev.reprise.ExecutionEndedException;
import dev.reprise.ExecutionNotFoundException;
import dev.reprise.ExecutionStatus;
import dev.reprise.IdempotencyConflictException;
import dev.reprise.Options;
import dev.reprise.RequestRefusedException;
import dev.reprise.runtime.store.DatabaseClock;
import dev.reprise.runtime.store.JointWrite;
import dev.reprise.runtime.store.LogDatabase;
import dev.reprise.runtime.store.MessageStore;
import dev.reprise.runtime.store.Position;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Messages reach executions once and in order, events and answers the outside. */
class MessagesTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  private static TestNode node;

  @BeforeAll
  static void start() {
    node = TestNode.start(Talks.class);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static <T> Execution<T> begin(String id, dev.reprise.Invocation<Talks, T> call) {
    return node.runtime().start(Talks.class, call, Options.DEFAULT.id(id));
  }

  private static void awaitWaiting(Execution<?> execution) {
    await().atMost(LONG).until(() -> execution.status() == ExecutionStatus.WAITING);
  }

  private static List<String> words(int count) {
    return IntStream.range(0, count).mapToObj(i -> "w" + i).toList();
  }

  @Test
  void messagesArriveInTheOrderOfAcceptanceWhetherTheReceiverWaitsOrNot() throws Exception {
    var early = begin("early", talks -> talks.collectAfterSleep(250));
    awaitWaiting(early);
    for (var word : words(250)) {
      node.runtime().send("early", "word", word);
    }
    assertThat(early.status()).as("what sleeps is not woken").isEqualTo(ExecutionStatus.WAITING);
    node.advance(Duration.ofHours(1));
    assertThat(early.result()).isEqualTo(words(250));

    var waiting = begin("waiting", talks -> talks.collect(3, "P1D"));
    for (var word : words(3)) {
      awaitWaiting(waiting);
      node.runtime().send("waiting", "word", word);
      int expected = Integer.parseInt(word.substring(1)) + 1;
      await().atMost(LONG).until(() -> received("waiting") == expected);
    }
    assertThat(waiting.result()).isEqualTo(words(3));
  }

  private static long received(String id) {
    return node.longOf(
        "select count(*) from reprise.operations o join reprise.executions e using (execution)"
            + " where e.id = '" + id + "' and o.kind = 'receive' and o.output is not null");
  }

  @Test
  void aWorkflowSendsToAnotherOnceAndInOrder() throws Exception {
    var receiver = begin("relayed", talks -> talks.collect(40, "P1D"));
    begin("relay", talks -> {
          talks.relay("relayed", 40);
          return null;
        })
        .result();
    assertThat(receiver.result()).isEqualTo(words(40));
    assertThat(node.longOf("select count(*) from reprise.messages m join reprise.executions e"
            + " on e.execution = m.lineage where e.id = 'relayed'"))
        .isEqualTo(40);
    assertThat(begin("ping", talks -> talks.pingPong(5)).result()).isEqualTo("pong 4");
    assertThat(begin("self", Talks::toItself).result()).isEqualTo("me");
  }

  @Test
  void aMessageToNobodyIsRefusedAndTheRefusalIsRecorded() throws Exception {
    assertThat(begin("lost-1", talks -> talks.sendToNobody("nobody")).result())
        .isEqualTo("ExecutionNotFoundException");
    assertThat(begin("lost-2", talks -> talks.sendToNobody("lost-1")).result())
        .isEqualTo("ExecutionEndedException");
    assertThat(
            node.textsOf(
                "select left(error, 60) from reprise.operations where kind = 'send' and error is not null"))
        .hasSize(2);
    assertThatThrownBy(() -> node.runtime().send("nobody", "word", "x"))
        .isInstanceOf(ExecutionNotFoundException.class)
        .hasMessageContaining("nobody");
    assertThatThrownBy(() -> node.runtime().send("lost-1", "word", "x"))
        .isInstanceOf(ExecutionEndedException.class);
    assertThatThrownBy(() -> node.runtime().send("lost-1", "no topic", "x"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a topic has 1-200 characters");
    assertThatThrownBy(() -> node.get(Talks.class).inTransaction())
        .hasMessageContaining("Durable.send is not possible inside a @Transaction");
    assertThatThrownBy(() -> node.get(Talks.class).inStep())
        .hasMessageContaining("Durable.receive is not possible inside a @Step");
  }

  @Test
  void aKeyMakesARepeatedMessageOne() throws Exception {
    var receiver = begin("keyed", talks -> talks.collect(2, "P1D"));
    node.runtime().send("keyed", "word", "a", "k1");
    node.runtime().send("keyed", "word", "a", "k1");
    assertThatThrownBy(() -> node.runtime().send("keyed", "word", "b", "k1"))
        .isInstanceOf(IdempotencyConflictException.class)
        .hasMessageContaining("k1");
    node.runtime().send("keyed", "word", "b", "k2");
    assertThat(receiver.result()).containsExactly("a", "b");
    // another runner that has the first in its hands is too late
    var log = new LogDatabase(node.node().database());
    var store = new MessageStore(log, new DatabaseClock());
    var execution = node.node().engine().find("keyed").orElseThrow().execution();
    int first = (int) node.longOf(
        "select min(sequence) from reprise.messages where lineage = '" + execution + "'");
    assertThatThrownBy(() -> log.log(c -> store.consume(c, execution, first, Position.of(99))))
        .isInstanceOf(JointWrite.Refused.class);
  }

  @Test
  void eachMessageGoesToOneBranch() throws Exception {
    var receiver = begin("branches", talks -> talks.inBranches(3, 20));
    for (var word : words(60)) {
      node.runtime().send("branches", "word", word);
    }
    assertThat(receiver.result()).containsExactlyInAnyOrderElementsOf(words(60));
  }

  @Test
  void aTimeoutIsCountedFromTheFirstWaitAndRecorded() throws Exception {
    var receiver = begin("timely", Talks::timeAndAgain);
    awaitWaiting(receiver);
    node.advance(Duration.ofMinutes(40));
    // it is run again, and waits for the rest only
    node.runtime().send("timely", "other", "not for it");
    node.advance(Duration.ofMinutes(20));
    await()
        .atMost(LONG)
        .until(
            () -> node.longOf("select count(*) from reprise.operations o join reprise.executions e"
                    + " using (execution) where e.id = 'timely' and o.kind = 'await'")
                == 2);
    node.runtime().send("timely", "word", "second");
    assertThat(receiver.result()).startsWith("late second ");
    // the message that came too late for the first wait is the second's, on every run
    assertThat(
            node.textsOf(
                "select o.kind::text || ' ' || coalesce(o.output, 'null') from reprise.operations o"
                    + " join reprise.executions e using (execution) where e.id = 'timely' and o.kind = 'receive' order by position"))
        .containsExactly("receive null", "receive \"second\"");
  }

  @Test
  void aDelayedMessageIsReceivedAtItsTime() throws Exception {
    var receiver = begin("delayed", talks -> talks.collect(2, "P10D"));
    node.runtime().send("delayed", "word", "later", Duration.ofHours(5));
    awaitWaiting(receiver);
    node.runtime().send("delayed", "word", "sooner");
    await().atMost(LONG).until(() -> received("delayed") == 1);
    awaitWaiting(receiver);
    assertThat(node.node().agenda().outlook().next()).isLessThanOrEqualTo(Duration.ofHours(5));
    node.advance(Duration.ofHours(5));
    assertThat(receiver.result()).containsExactly("sooner", "later");
  }

  @Test
  void aMessageIsReadAsTheTypeAskedForOrTheCallFails() throws Exception {
    var typed = begin("typed", talks -> talks.typed("P1D"));
    node.runtime().send("typed", "list", List.of(new Talks.Word("x", 1)));
    assertThat(typed.result()).isEqualTo("x1");
    var wrong = begin("wrong", talks -> talks.typed("P1D"));
    node.runtime().send("wrong", "list", "no list");
    assertThatThrownBy(wrong::result).hasMessageContaining("the JSON is not of type");
  }

  @Test
  void requestsAreAnsweredRefusedOrLeftOpen() throws Exception {
    var counter = begin("counter", Talks::counter);
    assertThat(node.runtime().request("counter", "add", 5, Talks.Word.class, LONG))
        .contains(new Talks.Word("sum", 5));
    awaitWaiting(counter);
    assertThat(node.runtime().request("counter", "add", 7, Talks.Word.class, LONG))
        .contains(new Talks.Word("sum", 12));
    assertThatThrownBy(() -> node.runtime().request("counter", "add", -1, Talks.Word.class, LONG))
        .isInstanceOf(RequestRefusedException.class)
        .hasMessage("only upwards");
    assertThat(
            node.runtime().request("counter", "other", 1, Talks.Word.class, Duration.ofMillis(1)))
        .isEmpty();
    assertThatThrownBy(() -> node.runtime().request("counter", "add", 0, Talks.Word.class, LONG))
        .isInstanceOf(ExecutionEndedException.class)
        .hasMessageContaining("without an answer");
    assertThat(counter.result()).isEqualTo(12);
  }

  @Test
  void theFirstAnswerCounts() throws Exception {
    var twice = begin("twice", Talks::answersTwice);
    assertThat(node.runtime().request("twice", "ask", "?", String.class, LONG)).contains("first");
    assertThat(twice.result()).endsWith("was answered before");
  }

  @Test
  void eventsAreReadWhileTheExecutionRunsAndAfterItsEnd() throws Exception {
    assertThatThrownBy(() -> node.runtime().event("nothing-there", "x", String.class, LONG))
        .isInstanceOf(ExecutionNotFoundException.class);
    var execution = begin("events", talks -> talks.progress(4));
    assertThat(node.runtime().event("events", "half", Talks.Word.class, LONG))
        .contains(new Talks.Word("half", 2));
    assertThat(node.runtime().event("events", "percent", Integer.class, LONG)).contains(50);
    assertThat(node.runtime().event("events", "never", String.class, Duration.ofMillis(1)))
        .isEmpty();
    node.runtime().send("events", "go", "on");
    assertThat(execution.result()).isEqualTo("done");
    assertThat(node.runtime().event("events", "percent", Integer.class, LONG)).contains(100);
    assertThat(node.runtime().event("events", "never", String.class, LONG))
        .isEqualTo(Optional.empty());
    var values = new ArrayList<String>(
        node.textsOf("select value from reprise.events v join reprise.executions e"
            + " on e.execution = v.lineage where e.id = 'events' order by v.sequence"));
    assertThat(values).hasSize(5).startsWith("25", "50").endsWith("75", "100");
  }
}
