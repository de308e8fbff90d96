package dev.reprise.runtime.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** SIGKILL at each place of a call. */
class KilledNodeTest {
  @RegisterExtension
  static final CrashSite SITE = new CrashSite();

  @Test
  void aCallWhoseNodeDiesInItsBodyLeavesNothingAndCanBeRepeated() {
    var victim = SITE.victim();
    var gate = SITE.closedGate("body a");
    var call = victim.http().call("Vault.put", "[\"a\"]", "a");
    var backends = gate.awaitBlocked(1);

    victim.kill();
    gate.open();
    SITE.awaitGone(backends);

    assertThatThrownBy(call::get).hasRootCauseInstanceOf(EOFException.class);
    assertThat(SITE.effects("a")).isZero();
    var answer = HttpCalls.answer(SITE.node().http().call("Vault.put", "[\"a\"]", "a"));
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo(SITE.recorded("a", "1"));
    assertThat(SITE.effects("a")).isEqualTo(1);
  }

  @Test
  void anAcceptedExecutionWhoseNodeDiesInItsFirstBodyIsRunByAnother() {
    var victim = SITE.victim();
    var gate = SITE.closedGate("body b");
    victim.http().start("Vault.put", "[\"b\"]", "b");
    var backends = gate.awaitBlocked(1);
    var other = SITE.node();

    victim.kill();
    gate.awaitOthersThan(backends);
    gate.open();

    assertThat(other.http().result("b").body()).isEqualTo(SITE.recorded("b", "1"));
    assertThat(SITE.effects("b")).isEqualTo(1);
    assertThat(SITE.sql().text("select attempts from reprise.executions")).isEqualTo("2");
  }

  @Test
  void theSlotOfADeadNodeIsKeptForItsExecutionAndFreeOnceThatHasEnded() {
    var victim = SITE.victim();
    var gate = SITE.closedGate("body first");
    victim.http().startIn(LocalNode.QUEUE, "Vault.put", "[\"first\"]", "first");
    var backends = gate.awaitBlocked(1);
    victim.http().startIn(LocalNode.QUEUE, "Vault.put", "[\"second\"]", "second");

    victim.kill();
    var other = SITE.node();
    gate.awaitOthersThan(backends);
    assertThat(SITE.status("second")).isEqualTo("PENDING");
    gate.open();

    for (var id : new String[] {"first", "second"}) {
      assertThat(other.http().result(id).body()).isEqualTo(SITE.recorded(id, "1"));
      assertThat(SITE.effects(id)).isEqualTo(1);
    }
  }

  /** What the dead node had sent may still commit by itself, or not: both are one effect after the repetition. */
  @Test
  void aNodeThatDiesBetweenEffectAndRecordMayHaveCommitted() {
    var victim = SITE.victim();
    var gate = SITE.closedGate("log Vault.put");
    victim.http().call("Vault.put", "[\"c\"]", "c");
    var backends = gate.awaitBlocked(1);

    victim.kill();
    gate.open();
    SITE.awaitGone(backends);

    var answer = HttpCalls.answer(SITE.node().http().call("Vault.put", "[\"c\"]", "c"));
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo(SITE.recorded("c", "1"));
    assertThat(SITE.effects("c")).isEqualTo(1);
  }

  @Test
  void aNodeThatDiesBetweenEffectAndRecordAndWhoseBackendIsEndedLeavesNothing() {
    var victim = SITE.victim();
    var gate = SITE.closedGate("log Vault.put");
    victim.http().call("Vault.put", "[\"d\"]", "d");
    var backends = gate.awaitBlocked(1);

    victim.kill();
    var repeated = SITE.node().http().call("Vault.put", "[\"d\"]", "d");
    SITE.awaitGone(backends);
    assertThat(SITE.effects("d")).isZero();
    gate.open();

    var answer = HttpCalls.answer(repeated);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo(SITE.recorded("d", "1"));
    assertThat(SITE.effects("d")).isEqualTo(1);
  }

  @Test
  void aCallWhoseNodeDiesAfterTheCommitIsAnsweredByAnotherFromTheRecord() {
    var proxy = SITE.proxy();
    var victim = SITE.victimBehind(proxy);
    var gate = SITE.closedGate("commit Vault.put");
    victim.http().call("Vault.put", "[\"e\"]", "e");
    gate.awaitBlocked(1);

    proxy.withholdAnswers();
    gate.open();
    Await.until("the commit", () -> SITE.effects("e") == 1);
    victim.kill();

    var answer = HttpCalls.answer(SITE.node().http().call("Vault.put", "[\"e\"]", "e"));
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo(SITE.recorded("e", "1"));
    assertThat(SITE.effects("e")).isEqualTo(1);
  }

  @Test
  void aStepWhoseNodeDiesBeforeItsRecordIsRepeatedWithTheSameKey() {
    var victim = SITE.victim();
    var gate = SITE.closedGate("log Vault.pay");
    victim.http().start("Vault.payThenPut", "[\"f\"]", "f");
    var backends = gate.awaitBlocked(1);
    var other = SITE.node();

    victim.kill();
    gate.awaitOthersThan(backends);
    gate.open();

    assertThat(other.http().result("f").body()).isEqualTo("\"f:1\"");
    assertThat(SITE.sql().texts("select idempotency_key from outside"))
        .containsExactly("f:1", "f:1");
    assertThat(SITE.effects("f")).isEqualTo(1);
  }

  @Test
  void aStepWhoseNodeDiesAfterItsRecordIsNotRepeated() {
    var victim = SITE.victim();
    var gate = SITE.closedGate("body g");
    victim.http().start("Vault.payThenPut", "[\"g\"]", "g");
    gate.awaitBlocked(1);

    victim.kill();
    var other = SITE.node();
    gate.open();

    assertThat(other.http().result("g").body()).isEqualTo("\"g:1\"");
    assertThat(SITE.sql().texts("select idempotency_key from outside")).containsExactly("g:1");
    assertThat(SITE.effects("g")).isEqualTo(1);
  }

  @Test
  void aCompensationWhoseNodeDiesIsFinishedByAnother() {
    var victim = SITE.victim();
    var gate = SITE.closedGate("body h-undo-1");
    victim.http().start("Vault.undone", "[\"h\"]", "h");
    var backends = gate.awaitBlocked(1);
    var other = SITE.node();

    victim.kill();
    gate.awaitOthersThan(backends);
    gate.open();

    var result = other.http().result("h");
    assertThat(result.statusCode()).isEqualTo(422);
    assertThat(result.body()).contains("undo h");
    assertThat(SITE.sql().texts("select label from effect order by transaction_id::text::bigint"))
        .containsExactly("h-1", "h-2", "h-undo-2", "h-undo-1");
  }

  @Test
  void aCallWhoseNodeDiesWhileItsEndIsWrittenIsEndedByAnother() {
    var victim = SITE.victim();
    var gate = SITE.closedGate("end Vault.putTwice");
    victim.http().call("Vault.putTwice", "[\"i\"]", "i");
    var backends = gate.awaitBlocked(1);
    var other = SITE.node();

    victim.kill();
    var duplicate = other.http().call("Vault.putTwice", "[\"i\"]", "i");
    gate.awaitOthersThan(backends);
    assertThat(SITE.status("i")).isEqualTo("RUNNING");
    gate.open();

    var answer = HttpCalls.answer(duplicate);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body())
        .isEqualTo(SITE.sql().text("select output from reprise.executions where id = 'i'"))
        .isEqualTo("\"" + unquoted("1") + " " + unquoted("2") + "\"");
    assertThat(SITE.effects("i-1")).isEqualTo(1);
    assertThat(SITE.effects("i-2")).isEqualTo(1);
  }

  @Test
  void aParentWhoseNodeDiesWhileItsChildsEndIsWrittenGetsTheOutcomeOnAnother() {
    var victim = SITE.victim();
    var gate = SITE.closedGate("end Vault.putTwice");
    victim.http().start("Vault.parent", "[\"j\"]", "j");
    var backends = gate.awaitBlocked(1);
    var other = SITE.node();

    victim.kill();
    gate.awaitOthersThan(backends);
    gate.open();

    assertThat(other.http().result("j").body())
        .isEqualTo("\"child "
            + SITE.sql()
                .text("select output from reprise.executions where function = 'Vault.putTwice'")
                .substring(1));
    assertThat(SITE.effects("j-1")).isEqualTo(1);
    assertThat(SITE.effects("j-2")).isEqualTo(1);
  }

  @Test
  void branchesWhoseNodeDiesAreContinuedWhereEachStood() {
    var victim = SITE.victim();
    var gate = SITE.closedGate("body k-2");
    victim.http().start("Vault.parallel", "[\"k\"]", "k");
    var backends = gate.awaitBlocked(1);
    Await.until("the first branch", () -> SITE.effects("k-1") == 1);
    var other = SITE.node();

    victim.kill();
    gate.awaitOthersThan(backends);
    gate.open();

    assertThat(other.http().result("k").statusCode()).isEqualTo(204);
    assertThat(SITE.sql().texts("select label from effect order by transaction_id::text::bigint"))
        .containsExactly("k-1", "k-2");
  }

  private static String unquoted(String position) {
    return SITE.recorded("i", position).replace("\"", "");
  }
}
