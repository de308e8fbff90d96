package dev.reprise.runtime.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.Isolation;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Two nodes at one execution: the second is given it while the first, which lives, is inside a function. */
class TwoRunnersTest {
  @RegisterExtension
  static final CrashSite SITE = new CrashSite();

  /** They read differently and so call different functions; the effects of one count, whoever owns the execution. */
  @ParameterizedTest
  @EnumSource(Isolation.class)
  void theRunnerThatCommitsSecondLeavesNothing(Isolation isolation) {
    var first = SITE.node();
    var low = SITE.closedGate("body x-low");
    var caller = chooseLow(first, low, isolation);
    var second = SITE.node();

    SITE.sql().run("update account set balance = 1");
    giveTo(second);
    Await.until("the end", () -> SITE.status("x").equals("SUCCEEDED"));
    low.open();
    first.awaitIdle();

    assertThat(caller.result("x").body()).isEqualTo("\"high\"");
    assertThat(second.http().result("x").body()).isEqualTo("\"high\"");
    assertThat(effects()).containsExactly("x-high");
  }

  @ParameterizedTest
  @EnumSource(Isolation.class)
  void theRunnerThatCommitsFirstCountsThoughItIsNotTheOwnerAnyMore(Isolation isolation) {
    var first = SITE.node();
    var low = SITE.closedGate("body x-low");
    var high = SITE.closedGate("body x-high");
    var caller = chooseLow(first, low, isolation);
    var second = SITE.node();

    SITE.sql().run("update account set balance = 1");
    giveTo(second);
    high.awaitBlocked(1);
    low.open();
    first.awaitIdle();
    assertThat(SITE.status("x")).isEqualTo("RUNNING");
    high.open();

    assertThat(caller.result("x").body()).isEqualTo("\"low\"");
    assertThat(second.http().result("x").body()).isEqualTo("\"low\"");
    assertThat(effects()).containsExactly("x-low");
  }

  private static HttpCalls chooseLow(LocalNode node, Gate low, Isolation isolation) {
    SITE.sql().run("insert into account values ('x', 0)");
    node.http().start("Fork.choose", "[\"x\", \"" + isolation + "\"]", "x");
    low.awaitBlocked(1);
    return node.http();
  }

  @Test
  void aRunnerInAFunctionCannotCommitItOnceTheExecutionIsCancelledElsewhere() {
    var first = SITE.node();
    var body = SITE.closedGate("body x-charge");
    first.http().start("Vault.reserveThenCharge", "[\"x\"]", "x");
    body.awaitBlocked(1);
    var second = SITE.node();

    giveTo(second);
    second.http().cancel("x");
    Await.until("the cancellation", () -> SITE.status("x").equals("CANCELLED"));
    body.open();
    first.awaitIdle();

    assertThat(effects()).containsExactly("x-reserve", "x-release");
    assertThat(SITE.status("x")).isEqualTo("CANCELLED");
  }

  /** Whoever cancels waits for it at the position that both want, and then undoes it. */
  @Test
  void aRunnerThatIsCommittingWhenTheExecutionIsCancelledElsewhereIsUndone() {
    var first = SITE.node();
    var body = SITE.closedGate("body x-charge");
    first.http().start("Vault.reserveThenCharge", "[\"x\"]", "x");
    body.awaitBlocked(1);
    var commit = SITE.closedGate("commit Vault.put");
    body.open();
    var committing = commit.awaitBlocked(1);
    var second = SITE.node();

    giveTo(second);
    second.http().cancel("x");
    SITE.awaitWaitingFor(committing);
    commit.open();
    Await.until("the cancellation", () -> SITE.status("x").equals("CANCELLED"));
    first.awaitIdle();

    assertThat(effects()).containsExactly("x-reserve", "x-charge", "x-refund", "x-release");
  }

  /** A closing row stands at the next position of each branch. */
  @Test
  void branchesCannotCommitOnceTheExecutionIsCancelledElsewhere() {
    var first = SITE.node();
    var body = SITE.closedGate("body x-2");
    first.http().start("Vault.parallel", "[\"x\"]", "x");
    body.awaitBlocked(1);
    Await.until("the first branch", () -> SITE.effects("x-1") == 1);
    var second = SITE.node();

    giveTo(second);
    second.http().cancel("x");
    Await.until("the cancellation", () -> SITE.status("x").equals("CANCELLED"));
    body.open();
    first.awaitIdle();

    assertThat(effects()).containsExactly("x-1", "x-1-undo");
  }

  /** Says in the database who owns the execution, though nobody is dead. */
  private static void giveTo(LocalNode node) {
    SITE.sql().run("update reprise.executions set owner = '" + node.id() + "' where id = 'x'");
  }

  private static List<String> effects() {
    return SITE.sql().texts("select label from effect order by transaction_id::text::bigint");
  }
}
