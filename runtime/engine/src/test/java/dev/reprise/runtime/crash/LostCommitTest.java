package dev.reprise.runtime.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The connection is lost after COMMIT was sent: nobody knows what became of it. */
class LostCommitTest {
  @RegisterExtension
  static final CrashSite SITE = new CrashSite();

  @Test
  void theRepeatedCallWaitsForTheFirstBackendAndGivesItsAnswer() {
    var proxy = SITE.proxy();
    var node = SITE.nodeBehind(proxy);
    var gate = SITE.closedGate("commit Vault.put");
    var call = node.http().call("Vault.put", "[\"a\"]", "a");
    var first = gate.awaitBlocked(1);

    proxy.cutClients();
    SITE.awaitWaitingFor(first);
    assertThat(call).isNotDone();
    gate.open();

    var answer = HttpCalls.answer(call);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo(SITE.recorded("a", "1"));
    assertThat(SITE.effects("a")).isEqualTo(1);
  }

  @Test
  void theRepeatedCallTakesEffectWhereTheFirstBackendDies() {
    var proxy = SITE.proxy();
    var node = SITE.nodeBehind(proxy);
    var gate = SITE.closedGate("commit Vault.put");
    var call = node.http().call("Vault.put", "[\"b\"]", "b");
    var first = gate.awaitBlocked(1);

    proxy.cutClients();
    SITE.awaitWaitingFor(first);
    SITE.sql().run("select pg_terminate_backend(" + first.iterator().next() + ")");
    gate.awaitOthersThan(first);
    assertThat(SITE.effects("b")).isZero();
    gate.open();

    var answer = HttpCalls.answer(call);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo(SITE.recorded("b", "1"));
    assertThat(SITE.effects("b")).isEqualTo(1);
  }

  @Test
  void aWorkflowGoesOnWithTheRecordedResultAndNotWithThatOfTheRepeatedCall() {
    var proxy = SITE.proxy();
    var node = SITE.nodeBehind(proxy);
    var gate = SITE.closedGate("commit Vault.put");
    var call = node.http().call("Vault.putTwice", "[\"c\"]", "c");
    var first = gate.awaitBlocked(1);

    proxy.cutClients();
    SITE.awaitWaitingFor(first);
    gate.open();

    var answer = HttpCalls.answer(call);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body())
        .startsWith(SITE.recorded("c", "1").replaceFirst("\"$", " "))
        .isEqualTo(SITE.sql().text("select output from reprise.executions where id = 'c'"));
    assertThat(SITE.effects("c-1")).isEqualTo(1);
    assertThat(SITE.effects("c-2")).isEqualTo(1);
  }

  /** The repeated call finds its own first effect and writes nothing; its answer is not the recorded one. */
  @Test
  void aRepeatedCallThatWritesNothingGivesTheRecordedAnswerToo() {
    var call = putOnceAndLoseTheAnswer(node -> node.call("Vault.putOnce", "[\"d\"]", "d"), "d");

    assertThat(HttpCalls.answer(call).body()).isEqualTo("\"first\"");
  }

  @Test
  void soItDoesWithoutAKey() {
    var call = putOnceAndLoseTheAnswer(node -> node.call("Vault.putOnce", "[\"e\"]"), "e");

    assertThat(HttpCalls.answer(call).body()).isEqualTo("\"first\"");
  }

  /** Others are told soon that the database is gone; this call may have had its effect, and waits to know. */
  @Test
  void aCallWhoseCommitIsUnknownIsNotRefusedInAnOutage() {
    var proxy = SITE.proxy();
    var gate = SITE.closedGate("commit Vault.putOnce");
    var node = SITE.nodeBehind(proxy);
    var call = node.http().call("Vault.putOnce", "[\"f\"]");
    gate.awaitBlocked(1);
    proxy.refuse();
    proxy.cutClients();
    gate.open();

    var refused = HttpCalls.answer(node.http().call("Vault.put", "[\"g\"]"));
    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(call).isNotDone();
    proxy.admit();

    assertThat(HttpCalls.answer(call).body()).isEqualTo("\"first\"");
    assertThat(SITE.effects("f")).isEqualTo(1);
  }

  private static CompletableFuture<HttpResponse<String>> putOnceAndLoseTheAnswer(
      Function<HttpCalls, CompletableFuture<HttpResponse<String>>> putOnce, String label) {
    var proxy = SITE.proxy();
    var gate = SITE.closedGate("commit Vault.putOnce");
    var call = putOnce.apply(SITE.nodeBehind(proxy).http());
    gate.awaitBlocked(1);
    proxy.refuse();
    proxy.cutClients();
    gate.open();
    Await.until("the commit", () -> SITE.effects(label) == 1);
    proxy.admit();
    return call;
  }
}
