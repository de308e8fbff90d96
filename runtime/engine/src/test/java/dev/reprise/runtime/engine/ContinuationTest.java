package dev.reprise.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.reprise.Execution;
import dev.reprise.ExecutionCancelledException;
import dev.reprise.ExecutionStatus;
import dev.reprise.IdempotencyConflictException;
import dev.reprise.Options;
import dev.reprise.runtime.config.Retention;
import dev.reprise.runtime.store.DatabaseClock;
import dev.reprise.runtime.store.ExpiredExecutions;
import dev.reprise.runtime.store.LogDatabase;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** An execution goes on as a new one, and nobody outside notices. */
class ContinuationTest {
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

  private static String statuses(String like) {
    return String.join(
        " ",
        node.textsOf("select id || ':' || status from reprise.executions where id like '" + like
            + "' order by execution"));
  }

  @Test
  void aLongLoopIsRunInChunksWithShortLogs() throws Exception {
    assertThat(begin("long", talks -> talks.chunks(0, 10_000, 500)).result()).isEqualTo(10_000);
    assertThat(node.longOf("select count(*) from reprise.executions where id like 'long%'"))
        .isEqualTo(20);
    assertThat(
            node.longOf(
                "select max(count) from (select count(*) from reprise.operations"
                    + " join reprise.executions using (execution) where id like 'long%' group by execution) x"))
        .isEqualTo(501);
    // the same call again: the same answer, though the arguments are others now
    assertThat(begin("long", talks -> talks.chunks(0, 10_000, 500)).result()).isEqualTo(10_000);
    assertThatThrownBy(() -> begin("long", talks -> talks.chunks(9_400, 10_000, 500)))
        .isInstanceOf(IdempotencyConflictException.class);
  }

  @Test
  void messagesAndEventsAndWaitsGoOnWithTheNewOne() throws Exception {
    var memory = begin("memory", talks -> talks.memory(List.of(), 3));
    var waiting = CompletableFuture.supplyAsync(() -> {
      try {
        return memory.result();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    });
    for (var word : List.of("a", "b", "c")) {
      node.runtime().send("memory", "word", word, word);
      node.runtime().send("memory", "word", word, word);
    }
    assertThat(waiting.get(30, java.util.concurrent.TimeUnit.SECONDS))
        .containsExactly("a", "b", "c");
    assertThat(memory.result()).containsExactly("a", "b", "c");
    assertThat(statuses("memory%"))
        .isEqualTo("memory~1:SUCCEEDED memory~2:SUCCEEDED memory~3:SUCCEEDED memory:SUCCEEDED");
    assertThat(node.runtime().event("memory", "known", List.class, LONG))
        .contains(List.of("a", "b", "c"));
    assertThat(node.longOf("select count(*) from reprise.events where key = 'never'"))
        .isZero();
    assertThat(node.textsOf(
            "select o.kind::text from reprise.operations o join reprise.executions e using (execution)"
                + " where e.id = 'memory~1' order by position"))
        .startsWith("publish")
        .endsWith("receive", "continue");
  }

  @Test
  void aParentGetsTheResultOfTheLastOne() throws Exception {
    var parent = begin("parent", talks -> talks.parentOfMemory(2));
    await()
        .atMost(LONG)
        .until(
            () -> node.longOf("select count(*) from reprise.executions p join reprise.executions c"
                    + " on c.parent = p.execution where p.id = 'parent'")
                == 1);
    var child = node.textsOf("select c.id from reprise.executions p join reprise.executions c"
            + " on c.parent = p.execution where p.id = 'parent'")
        .get(0);
    node.runtime().send(child, "word", "x");
    node.runtime().send(child, "word", "y");
    assertThat(parent.result()).isEqualTo("x y");
    // what was delivered to the parent is what it called, with the arguments it gave
    assertThat(node.longOf(
            "select count(distinct arguments) from reprise.operations o join reprise.executions e"
                + " using (execution) where e.id = 'parent'"))
        .isEqualTo(1);
  }

  @Test
  void aCancellationReachesTheLastOne() {
    var memory = begin("cancelled", talks -> talks.memory(List.of(), 3));
    node.runtime().send("cancelled", "word", "x");
    await()
        .atMost(LONG)
        .until(() -> statuses("cancelled%").equals("cancelled~1:SUCCEEDED cancelled:WAITING"));
    memory.cancel();
    assertThatThrownBy(memory::result).isInstanceOf(ExecutionCancelledException.class);
    assertThat(memory.status()).isEqualTo(ExecutionStatus.CANCELLED);
    assertThat(statuses("cancelled%")).isEqualTo("cancelled~1:SUCCEEDED cancelled:CANCELLED");
  }

  @Test
  void argumentsThatDoNotFitAreRefused() {
    assertThatThrownBy(() -> node.get(Talks.class).wronglyContinued("count"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Durable.continueAsNew has 0 arguments, but Talks.wronglyContinued has 1 parameters");
    assertThatThrownBy(() -> node.get(Talks.class).wronglyContinued("type"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("argument 1 of Talks.wronglyContinued is of type java.lang.String");
    assertThatThrownBy(() -> node.get(Talks.class).wronglyContinued("branch"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("call it outside Durable.async");
  }

  @Test
  void mailboxAndEventsAreDeletedWithTheLastOfThem() throws Exception {
    var memory = begin("kept", talks -> talks.memory(List.of(), 1));
    node.runtime().send("kept", "word", "x", "k");
    node.runtime().send("kept", "word", "never read");
    assertThat(memory.result()).containsExactly("x");
    var mail =
        "select (select count(*) from reprise.messages) + (select count(*) from reprise.events)"
            + " from (select 1) x where exists (select from reprise.executions where id like 'kept%')";
    // only the first incarnation is old
    node.sql(
        "update reprise.executions set completed_at = completed_at - interval '40 days' where id = 'kept~1'");
    var later = new DatabaseClock();
    later.advance(Duration.ofHours(29 * 24 + 12));
    expire(later);
    assertThat(statuses("kept%")).isEqualTo("kept:SUCCEEDED");
    assertThat(node.longOf(mail)).isGreaterThanOrEqualTo(4);
    assertThat(node.runtime().event("kept", "known", List.class, LONG)).isPresent();

    later.advance(Duration.ofDays(1));
    expire(later);
    assertThat(statuses("kept%")).isEmpty();
    assertThat(
            node.longOf(
                "select (select count(*) from reprise.messages m where not exists (select from reprise.executions e"
                    + " where m.lineage in (e.execution, e.lineage))) + (select count(*) from reprise.events v where not exists"
                    + " (select from reprise.executions e where v.lineage in (e.execution, e.lineage)))"))
        .isZero();
    // a reused id starts clean
    var again = begin("kept", talks -> talks.memory(List.of(), 1));
    node.runtime().send("kept", "word", "y", "k");
    assertThat(again.result()).containsExactly("y");
  }

  private static void expire(DatabaseClock clock) {
    var part = new ExpiredExecutions(
            new LogDatabase(node.node().database()), clock, Retention.of(Duration.ofDays(30)))
        .delete(ExpiredExecutions.FIRST, 1000);
    assertThat(part.last()).isNull();
  }
}
