package dev.reprise.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.reprise.ExecutionStatus;
import dev.reprise.Options;
import dev.reprise.runtime.postgres.ScratchDatabase;
import dev.reprise.runtime.postgres.TestDatabase;
import java.time.Duration;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Changed code goes on with executions that began before the change. */
class PatchedTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  private static ScratchDatabase database;

  @BeforeAll
  static void start() {
    database = TestDatabase.create();
  }

  @AfterAll
  static void stop() {
    database.close();
  }

  private static void on(Class<?> code, Consumer<TestNode> work) {
    try (var node = TestNode.quietOn(database, code)) {
      work.accept(node);
    }
  }

  /** Waits until it waits, after so many steps. */
  private static void awaitWaiting(TestNode node, String id, int steps) {
    await()
        .atMost(LONG)
        .untilAsserted(() -> assertThat(
                node.textsOf("select e.status || ' ' || coalesce(e.error, '') || ' ' || ("
                    + "select count(*) from reprise.operations o where o.execution = e.execution and o.kind = 'step')"
                    + " from reprise.executions e where e.id = '" + id + "'"))
            .containsExactly("WAITING  " + steps));
  }

  private static String result(TestNode node, String id) {
    try {
      return node.runtime().execution(id, String.class).result();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void anExecutionTakesTheWayItTookBefore() {
    on(Changing.Before.class, node -> {
      node.runtime()
          .start(Changing.Before.class, order -> order.handle(), Options.DEFAULT.id("passed"));
      node.runtime()
          .start(Changing.Before.class, order -> order.handle(), Options.DEFAULT.id("before"));
      node.runtime()
          .start(Changing.Before.class, order -> order.branches(), Options.DEFAULT.id("branches"));
      node.runtime().send("passed", "go", "1");
      node.runtime().send("branches", "a", "1");
      awaitWaiting(node, "passed", 1);
      awaitWaiting(node, "before", 0);
      awaitWaiting(node, "branches", 1);
    });
    on(Changing.After.class, node -> {
      node.runtime().send("before", "go", "1");
      awaitWaiting(node, "before", 2);
      node.runtime().send("passed", "go", "2");
      assertThat(result(node, "passed")).isEqualTo("1(old)2false");
      // one branch was past the change, the other was not
      node.runtime().send("branches", "b", "1");
      node.runtime().send("branches", "a", "2");
      assertThat(result(node, "branches")).isEqualTo("1(b new)1(a old)2");
      assertThat(
              node.textsOf(
                  "select o.position || ' ' || o.kind || ' ' || o.function from reprise.operations o"
                      + " join reprise.executions e using (execution) where e.id = 'before' and o.kind = 'patch'"))
          .containsExactly("3 patch charge-anew");
    });
    on(Changing.Later.class, node -> {
      node.runtime().send("before", "go", "2");
      assertThat(result(node, "before")).isEqualTo("1(new)(twice)2later");
      assertThat(node.runtime().execution("before", String.class).status())
          .isEqualTo(ExecutionStatus.SUCCEEDED);
    });
  }
}
