package dev.reprise.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.reprise.Durable;
import dev.reprise.ExecutionStatus;
import dev.reprise.Options;
import dev.reprise.Transaction;
import dev.reprise.Workflow;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** An execution whose code no living node has is shown, and goes on when a node with the code comes. */
class StrandedTest {
  /** What the first node has and the second has not. */
  public static class Sleeper {
    @Workflow
    public String sleeps() {
      Durable.sleep(Duration.ofHours(1));
      return "woke";
    }
  }

  /** What the second node has. */
  public static class Other {
    @Transaction
    public int one() {
      return 1;
    }
  }

  @Test
  void itIsStrandedAndGoesOnByItself() throws Exception {
    try (var other = TestNode.start(Other.class)) {
      try (var first = other.another(Sleeper.class)) {
        var execution =
            first.runtime().start(Sleeper.class, Sleeper::sleeps, Options.DEFAULT.id("s"));
        await().until(() -> execution.status() == ExecutionStatus.WAITING);
      }
      other.advance(Duration.ofHours(2));
      var seen = other.runtime().execution("s", String.class);
      await().until(() -> seen.status() == ExecutionStatus.STRANDED);
      assertThat(other
              .textsOf("select error from reprise.executions where id = 's'")
              .get(0))
          .contains("Sleeper.sleeps", "no living node");
      try (var third = other.another(Sleeper.class)) {
        third.advance(Duration.ofHours(2));
        var going = third.runtime().execution("s", String.class);
        await().until(() -> going.status() == ExecutionStatus.SUCCEEDED);
        assertThat(going.result()).isEqualTo("woke");
      }
    }
  }
}
