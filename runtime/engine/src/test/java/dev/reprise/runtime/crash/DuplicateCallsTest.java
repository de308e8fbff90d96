package dev.reprise.runtime.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A client that does not wait. */
class DuplicateCallsTest {
  private static final int CALLS = 100;

  @RegisterExtension
  static final CrashSite SITE = new CrashSite();

  @Test
  void ahundredCallsWithOneKeyOnTwoNodesAreOneExecution() {
    duplicates("Vault.put", "body a");

    assertThat(SITE.effects("a")).isEqualTo(1);
  }

  @Test
  void ahundredWorkflowsWithOneKeyOnTwoNodesAreOneExecution() {
    duplicates("Vault.payThenPut", "body a");

    assertThat(SITE.effects("a")).isEqualTo(1);
    assertThat(SITE.sql().count("select count(*) from outside")).isEqualTo(1);
  }

  private static void duplicates(String function, String gateName) {
    var nodes = new HttpCalls[] {SITE.node().http(), SITE.node().http()};
    var gate = SITE.closedGate(gateName);
    var calls = new ArrayList<CompletableFuture<HttpResponse<String>>>();
    for (int i = 0; i < CALLS; i++) {
      calls.add(nodes[i % 2].call(function, "[\"a\"]", "key"));
    }
    gate.awaitBlocked(1);

    for (int i = 0; i < 2; i++) {
      var other = HttpCalls.answer(nodes[i].call("Vault.put", "[\"other\"]", "other-" + i));
      assertThat(other.statusCode()).isEqualTo(200);
      var conflict = HttpCalls.answer(nodes[i].call(function, "[\"b\"]", "key"));
      assertThat(conflict.statusCode()).isEqualTo(409);
    }
    assertThat(calls).noneMatch(CompletableFuture::isDone);
    gate.open();

    assertThat(calls).map(call -> HttpCalls.answer(call).statusCode()).containsOnly(200);
    assertThat(calls).map(call -> HttpCalls.answer(call).body()).containsOnly(outcome());
    assertThat(SITE.sql().count("select count(*) from reprise.executions where id = 'key'"))
        .isEqualTo(1);
  }

  private static String outcome() {
    return SITE.sql().text("""
        select coalesce(e.output, o.output)
          from reprise.executions e join reprise.operations o on o.execution = e.execution and o.position = '1'
         where e.id = 'key'
        """);
  }
}
