package dev.reprise.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.reprise.ExecutionCancelledException;
import dev.reprise.ExecutionStatus;
import dev.reprise.Options;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class EngineTest {
  private static TestNode node;

  @BeforeAll
  static void start() {
    node = TestNode.start(Bank.class);
    node.sql("create table account (name text primary key, balance bigint not null)");
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @Test
  void aTransactionCommitsItsEffectAndItsOutcome() throws Exception {
    var bank = node.get(Bank.class);
    assertThat(bank.deposit("a", 5)).isEqualTo(5);
    assertThat(bank.balance("a")).isEqualTo(5);
    assertThatThrownBy(() -> bank.withdraw("a", 50))
        .isInstanceOf(Bank.NoFunds.class)
        .hasMessage("a has not 50");
    assertThat(
            node.longOf("select count(*) from reprise.operations where function = 'Bank.deposit'"))
        .isPositive();
  }

  @Test
  void aWorkflowRunsItsFunctions() throws Exception {
    var bank = node.get(Bank.class);
    bank.deposit("w1", 100);
    assertThat(bank.transfer("w1", "w2", 30)).isEqualTo(30);
    assertThat(bank.balance("w1")).isEqualTo(70);
    assertThat(bank.parallel("p")).containsExactly(0L, 1L, 2L);
    assertThat(bank.parent("w1", "w2")).isEqualTo(31 + 33);
  }

  @Test
  void aSagaIsUndoneWhenTheWorkflowThrows() throws Exception {
    var bank = node.get(Bank.class);
    bank.deposit("s1", 10);
    assertThatThrownBy(() -> bank.compensated("s1", "s2"))
        .isInstanceOf(Bank.NoFunds.class)
        .hasMessage("after 5");
    assertThat(bank.balance("s1")).isEqualTo(10);
    assertThat(bank.balance("s2")).isZero();
  }

  @Test
  void aSleepingWorkflowWakesUp() throws Exception {
    var execution =
        node.runtime().start(Bank.class, bank -> bank.slow("z"), Options.DEFAULT.id("slow-1"));
    await().until(() -> execution.status() == ExecutionStatus.WAITING);
    node.advance(Duration.ofDays(1));
    assertThat(execution.result()).startsWith("1 2 mail ");
  }

  @Test
  void aSleepingWorkflowIsCancelled() throws Exception {
    var execution =
        node.runtime().start(Bank.class, bank -> bank.slow("y"), Options.DEFAULT.id("slow-2"));
    await().until(() -> execution.status() == ExecutionStatus.WAITING);
    execution.cancel();
    assertThatThrownBy(execution::result).isInstanceOf(ExecutionCancelledException.class);
    assertThat(execution.status()).isEqualTo(ExecutionStatus.CANCELLED);
  }
}
