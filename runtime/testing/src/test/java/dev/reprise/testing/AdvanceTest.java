package dev.reprise.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.reprise.Execution;
import dev.reprise.ExecutionStatus;
import dev.reprise.ExecutionTimedOutException;
import dev.reprise.Options;
import dev.reprise.WorkQueue;
import dev.reprise.runtime.server.EmbeddedRuntime;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class AdvanceTest {
  private final CountDownLatch letGo = new CountDownLatch(1);

  @RegisterExtension
  final RepriseExtension reprise = RepriseExtension.functions(
          Counters.class, Reminders.class, Mail.class)
      .stub(Mail.class, new SlowMail())
      .queues(
          WorkQueue.named("one").concurrency(1),
          WorkQueue.named("rated").rate(1, Duration.ofHours(1)));

  /** Takes its time for mails to {@code slow}. */
  public final class SlowMail {
    public String send(String to) throws InterruptedException {
      if (to.equals("slow")) {
        letGo.await();
      }
      return to;
    }
  }

  @Test
  void aSleepingWorkflowIsDoneWhenItsTimeHasPassed() throws Exception {
    var execution = reprise.start(Reminders.class, r -> r.daily("a", 1));

    reprise.advance(Duration.ofHours(23));
    assertThat(execution.status()).isEqualTo(ExecutionStatus.WAITING);
    reprise.advance(Duration.ofHours(1));
    assertThat(execution.status()).isEqualTo(ExecutionStatus.SUCCEEDED);
    assertThat(execution.result()).hasSize(1);
  }

  @Test
  void aWaitForAMessageEndsWithItsTimeOrItsMessage() throws Exception {
    var execution = reprise.start(
        Reminders.class, r -> r.approved("order"), dev.reprise.Options.DEFAULT.id("order"));

    reprise.advance(Duration.ofDays(15));
    assertThat(reprise.reprise().event("order", "reminders", Integer.class, Duration.ZERO))
        .contains(2);
    reprise.reprise().send("order", "approval", "ada", Duration.ofDays(3));
    reprise.advance(Duration.ofDays(2));
    assertThat(execution.status()).isEqualTo(ExecutionStatus.WAITING);
    reprise.advance(Duration.ofDays(1));
    assertThat(execution.status()).isEqualTo(ExecutionStatus.SUCCEEDED);
    assertThat(execution.result()).isEqualTo("order by ada after 2");
  }

  @Test
  void everyRoundOfALoopHasItsOwnTime() throws Exception {
    var execution = reprise.start(Reminders.class, r -> r.daily("loop", 5));

    reprise.advance(Duration.ofDays(3));
    assertThat(execution.status()).isEqualTo(ExecutionStatus.WAITING);
    assertThat(reprise.get(Counters.class).add("loop", 0)).isEqualTo(3);
    reprise.advance(Duration.ofDays(2));

    var times = execution.result();
    assertThat(times).hasSize(5);
    for (int i = 1; i < times.size(); i++) {
      assertThat(times.get(i - 1).until(times.get(i), ChronoUnit.SECONDS))
          .isBetween(86_400L, 86_400L + 60);
    }
  }

  @Test
  void aWorkflowThatWaitsForItsChildIsDoneWithIt() throws Exception {
    var execution = reprise.start(Reminders.class, r -> r.dailyByChild("child", 2));

    reprise.advance(Duration.ofDays(2));

    assertThat(execution.status()).isEqualTo(ExecutionStatus.SUCCEEDED);
    assertThat(execution.result()).hasSize(2);
  }

  @Test
  void aWorkflowIsTimedOutInItsTurn() {
    var execution = reprise.startVoid(Reminders.class, r -> r.impatient("timeout"));

    reprise.advance(Duration.ofHours(25));

    assertThat(execution.status()).isEqualTo(ExecutionStatus.TIMED_OUT);
    assertThatThrownBy(execution::result).isInstanceOf(ExecutionTimedOutException.class);
  }

  @Test
  void nothingPassesButThatWhatRunsComesToRest() {
    var sleeping = reprise.start(Reminders.class, r -> r.daily("rest", 1));
    var ending = reprise.start(Counters.class, c -> c.add("rest", 1));

    reprise.advance(Duration.ZERO);

    assertThat(sleeping.status()).isEqualTo(ExecutionStatus.WAITING);
    assertThat(ending.status()).isEqualTo(ExecutionStatus.SUCCEEDED);
  }

  @Test
  void whatComesToNoRestHoldsTimeUpOnlyOnce() throws Exception {
    var held = reprise.start(Reminders.class, r -> r.mailed("slow"));
    var daily = reprise.start(Reminders.class, r -> r.daily("beside", 3));

    var node = ((EmbeddedRuntime) reprise.reprise()).node();
    new PassingTime(node, Duration.ofMillis(500)).advance(Duration.ofDays(3));

    assertThat(held.status()).isEqualTo(ExecutionStatus.RUNNING);
    assertThat(daily.result()).hasSize(3);
    letGo.countDown();
    assertThat(held.result()).isEqualTo("slow");
  }

  @Test
  void whatWaitsInAQueueComesInItsTurn() throws Exception {
    var one = Options.DEFAULT.queue("one");
    var first = reprise.start(Reminders.class, r -> r.daily("first", 1), one);
    var second =
        reprise.start(Reminders.class, r -> r.daily("second", 1), one.delay(Duration.ofHours(1)));
    var rated = new ArrayList<Execution<Long>>();
    for (int i = 0; i < 4; i++) {
      rated.add(
          reprise.start(Counters.class, c -> c.add("rated", 1), Options.DEFAULT.queue("rated")));
    }

    reprise.advance(Duration.ofMinutes(150));
    assertThat(rated.get(2).status()).isEqualTo(ExecutionStatus.SUCCEEDED);
    assertThat(rated.get(3).status()).isEqualTo(ExecutionStatus.PENDING);
    assertThat(second.status()).isEqualTo(ExecutionStatus.PENDING);
    reprise.advance(Duration.ofHours(24));
    assertThat(first.status()).isEqualTo(ExecutionStatus.SUCCEEDED);
    assertThat(second.status()).isEqualTo(ExecutionStatus.WAITING);
    reprise.advance(Duration.ofHours(24));
    assertThat(second.result()).hasSize(1);
  }

  @Test
  void timeDoesNotGoBack() {
    assertThatThrownBy(() -> reprise.advance(Duration.ofSeconds(-1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("PT-1S");
  }
}
