package dev.reprise.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.reprise.Durable;
import dev.reprise.ExecutionStatus;
import dev.reprise.Options;
import dev.reprise.Step;
import dev.reprise.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What users of comparable engines reported as broken there; more of it stands beside what it belongs to. */
class ReportedFaultsTest {
  private static final Map<String, CountDownLatch> GATES = new ConcurrentHashMap<>();

  private static TestNode node;

  /** Functions whose steps end in the order in which a test lets them. */
  public static class Steps {
    @Step(timeout = "60s")
    public String act(String gate) throws InterruptedException {
      gate(gate).await();
      return gate;
    }

    @Workflow
    public List<String> parallel(String name) throws Exception {
      var one = Durable.async(() -> act(name + "-1"));
      var two = Durable.async(() -> act(name + "-2"));
      var three = Durable.async(() -> act(name + "-3"));
      return Durable.all(List.of(one, two, three));
    }

    @Workflow
    public int child(int number) {
      return number;
    }

    @Workflow
    public List<Integer> rounds(int rounds) throws Exception {
      var results = new ArrayList<Integer>();
      for (int i = 0; i < rounds; i++) {
        int number = i;
        results.add(child(number));
        results.add(Durable.start(Steps.class, steps -> steps.child(-number), Options.DEFAULT)
            .result());
        Durable.sleep(Duration.ofDays(1));
      }
      return results;
    }
  }

  private static CountDownLatch gate(String name) {
    return GATES.computeIfAbsent(name, key -> new CountDownLatch(1));
  }

  @BeforeAll
  static void start() {
    node = TestNode.start(Steps.class);
  }

  @AfterAll
  static void stop() {
    GATES.values().forEach(CountDownLatch::countDown);
    node.close();
  }

  @Test
  void anEmptyIdIsRefused() {
    for (var id : List.of("", " ", ".", "..")) {
      assertThatThrownBy(() -> Options.DEFAULT.id(id))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("an idempotency key has 1-200 characters");
    }
    assertThat(node.longOf("select count(*) from reprise.executions where id = ''"))
        .isZero();
  }

  @Test
  void parallelStepsAreRecordedInOneOrderWhicheverEndsFirst() {
    record(List.of("a-1", "a-2", "a-3"));
    record(List.of("b-3", "b-2", "b-1"));
    record(List.of("c-2", "c-3", "c-1"));
    for (var name : List.of("a", "b", "c")) {
      assertThat(node.textsOf("""
          select o.position || ' ' || o.output from reprise.operations o join reprise.executions e using (execution)
           where e.id = '%s' order by position
          """.formatted(name)))
          .containsExactly(
              "1.1 \"" + name + "-1\"", "2.1 \"" + name + "-2\"", "3.1 \"" + name + "-3\"");
    }
  }

  /** Lets the steps of an execution end one after the other, in that order. */
  private static void record(List<String> order) {
    var name = order.get(0).substring(0, 1);
    var execution =
        node.runtime().start(Steps.class, steps -> steps.parallel(name), Options.DEFAULT.id(name));
    for (int i = 0; i < order.size(); i++) {
      gate(order.get(i)).countDown();
      int recorded = i + 1;
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> node.longOf("""
          select count(*) from reprise.operations join reprise.executions e using (execution) where e.id = '%s'
          """.formatted(name)) == recorded);
    }
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> execution.status() == ExecutionStatus.SUCCEEDED);
  }

  @Test
  void theIdsOfChildrenDoNotCollideWhenTheirParentResumes() throws Exception {
    var parents = List.of(
        node.runtime().start(Steps.class, steps -> steps.rounds(3), Options.DEFAULT.id("p-1")),
        node.runtime().start(Steps.class, steps -> steps.rounds(3), Options.DEFAULT.id("p-2")));
    for (int round = 1; round <= 3; round++) {
      long children = round * 2L * parents.size();
      await().atMost(Duration.ofSeconds(30)).until(() -> node.longOf("""
          select count(*) from reprise.executions where parent is not null and status = 'SUCCEEDED'
          """) == children);
      await()
          .atMost(Duration.ofSeconds(30))
          .until(() ->
              parents.stream().allMatch(parent -> parent.status() == ExecutionStatus.WAITING));
      node.advance(Duration.ofDays(1).plusSeconds(1));
    }
    for (var parent : parents) {
      assertThat(parent.result()).containsExactly(0, 0, 1, -1, 2, -2);
    }
    assertThat(node.longOf(
            "select count(distinct id) from reprise.executions where parent is not null"))
        .isEqualTo(12);
    assertThat(node.longOf("select max(attempts) from reprise.executions where parent is not null"))
        .isEqualTo(1);
  }
}
