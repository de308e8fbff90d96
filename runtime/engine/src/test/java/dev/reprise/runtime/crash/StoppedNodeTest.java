package dev.reprise.runtime.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** SIGSTOP and, after others took over, SIGCONT. */
class StoppedNodeTest {
  /** The death timeout, two beats, the end of the backends, and a slow machine. */
  private static final Duration TAKEOVER = LocalNode.CONFIG
      .deathTimeout()
      .plus(LocalNode.CONFIG.heartbeat().multipliedBy(2))
      .plusSeconds(20);

  @RegisterExtension
  static final CrashSite SITE = new CrashSite();

  @Test
  void aNodeStoppedInATransactionDelaysOthersOnlyUntilItIsDeclaredDead() {
    SITE.sql().run("insert into account values ('hot', 0)");
    var stopped = SITE.victim();
    var held = SITE.closedGate("held a");
    stopped.http().start("Vault.hold", "[\"hot\", \"a\"]", "a");
    var waiting = held.awaitBlocked(1);
    var other = SITE.node();

    stopped.stop();
    long since = System.nanoTime();
    var neighbour = HttpCalls.answer(other.http().call("Vault.add", "[\"hot\", \"b\"]", "b"));
    assertThat(Duration.ofNanos(System.nanoTime() - since)).isLessThan(TAKEOVER);
    assertThat(neighbour.body()).isEqualTo("1");
    held.awaitBlocked(2);
    held.open();

    assertThat(other.http().result("a").body()).isEqualTo("2");
    stopped.resume();
    SITE.awaitGone(waiting);
    assertServes(stopped);
    assertThat(SITE.effects("a")).isEqualTo(1);
    assertThat(SITE.sql().text("select balance from account where name = 'hot'"))
        .isEqualTo("2");
  }

  /** Its heartbeat locks its row among the nodes: whoever wants to declare it dead must not wait for that. */
  @Test
  void aNodeStoppedInItsHeartbeatIsDeclaredDeadAllTheSame() {
    var stopped = SITE.victim();
    var other = SITE.node();
    var gate = SITE.closedGate("beat " + stopped.pid());
    gate.awaitBlocked(1);

    stopped.stop();
    gate.open();
    Await.until(
        "the stopped node is no member any more",
        () -> SITE.sql()
            .texts("select node from reprise.nodes where pid = " + stopped.pid())
            .isEmpty());
    assertThat(other.node().isHealthy()).isTrue();

    stopped.resume();
    assertServes(stopped);
  }

  @Test
  void anExecutionCancelledElsewhereIsNotContinuedByItsStoppedRunner() {
    var stopped = SITE.victim();
    var gate = SITE.closedGate("body c-charge");
    stopped.http().start("Vault.reserveThenCharge", "[\"c\"]", "c");
    gate.awaitBlocked(1);
    var other = SITE.node();

    stopped.stop();
    assertThat(other.http().cancel("c").statusCode()).isEqualTo(202);
    Await.until("the cancellation", () -> SITE.status("c").equals("CANCELLED"));
    gate.open();
    stopped.resume();
    assertServes(stopped);

    assertThat(SITE.effects("c-charge")).isZero();
    assertThat(SITE.effects("c-refund")).isZero();
    assertThat(SITE.effects("c-reserve")).isEqualTo(1);
    assertThat(SITE.effects("c-release")).isEqualTo(1);
  }

  /** Between two attempts of a step it may have been taken for dead: the next attempt is another node's. */
  @Test
  void aRunnerStoppedBetweenTheAttemptsOfAStepBeginsNoneWhenItWakes() {
    var stopped = SITE.victim();
    stopped.http().start("Vault.payAgain", "[\"d\"]", "d");
    Await.until("the first attempt", () -> outsideEffects("d") == 1);

    stopped.stop();
    var other = SITE.node();
    assertThat(other.http().result("d").body()).isEqualTo("\"d:1\"");
    stopped.resume();
    assertServes(stopped);

    assertThat(outsideEffects("d")).isEqualTo(2);
  }

  private static int outsideEffects(String label) {
    return SITE.sql().count("select count(*) from outside where label = ?", label);
  }

  /** It may say for a moment that it is not ready; then it serves again. */
  private static void assertServes(NodeProcess node) {
    var label = "after-" + node.pid();
    Await.until("the node serves again", () -> {
      var answer = HttpCalls.answer(node.http().call("Vault.put", "[\"" + label + "\"]", label));
      assertThat(answer.statusCode()).isIn(200, 503);
      return answer.statusCode() == 200;
    });
    assertThat(SITE.effects(label)).isEqualTo(1);
  }
}
