package dev.reprise.runtime.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.postgres.EmbeddedServer;
import dev.reprise.runtime.postgres.EmbeddedServer.StopMode;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The database is away for everybody. */
class DatabaseOutageTest {
  @RegisterExtension
  static final CrashSite SITE = new CrashSite();

  @Test
  void whatRanBeforeAnOutageEndsAfterIt() {
    var proxy = SITE.proxy();
    var node = SITE.nodeBehind(proxy);
    var gates = List.of(
        SITE.closedGate("body a-1"), SITE.closedGate("body b"), SITE.closedGate("log Vault.pay"));
    node.http().start("Vault.putTwice", "[\"a\"]", "a");
    var call = node.http().call("Vault.put", "[\"b\"]", "b");
    node.http().start("Vault.payThenPut", "[\"c\"]", "c");
    gates.forEach(gate -> gate.awaitBlocked(1));

    proxy.refuse();
    proxy.cut();
    gates.forEach(Gate::open);
    Await.until("the node notices", () -> !node.node().isHealthy());
    var during = HttpCalls.answer(node.http().call("Vault.put", "[\"d\"]", "d"));
    assertThat(during.statusCode()).isEqualTo(503);
    assertThat(during.headers().firstValue("Retry-After")).isPresent();
    proxy.admit();

    awaitResult(node, "a");
    assertThat(node.http().result("c").body()).isEqualTo("\"c:1\"");
    assertAnsweredOrWithoutEffect(call, SITE.sql(), "b");
    assertThat(SITE.effects("a-1") + SITE.effects("a-2")).isEqualTo(2);
    assertThat(SITE.effects("c")).isEqualTo(1);
    assertThat(SITE.effects("d")).isZero();
    assertThat(SITE.sql().texts("select distinct idempotency_key from outside"))
        .containsExactly("c:1");
  }

  @Test
  void whatRanBeforeACrashOfTheServerEndsAfterIt(@TempDir Path directory) throws IOException {
    try (var server = EmbeddedServer.startOrJoin(directory)) {
      CrashSite.prepare(server.config());
      var sql = new TestSql(server.config());
      try (var node = new LocalNode(server.config());
          var body = new Gate(sql, "body a-1");
          var commit = new Gate(sql, "commit Vault.putOnce")) {
        node.http().start("Vault.putTwice", "[\"a\"]", "a");
        body.awaitBlocked(1);
        var call = node.http().call("Vault.putOnce", "[\"b\"]", "b");
        commit.awaitBlocked(1);

        server.restart(StopMode.IMMEDIATE);

        awaitResult(node, "a");
        assertAnsweredOrWithoutEffect(call, sql, "b");
        assertThat(sql.texts("select label from effect where label like 'a-%' order by label"))
            .containsExactly("a-1", "a-2");
        CrashSite.requireInvariants(sql);
      }
    } finally {
      SITE.stepsReachItAgain();
    }
  }

  /** As behind a firewall that forgot them: nothing tells the node that its connections are dead. */
  @Test
  void aNodeWhoseConnectionsFellSilentGoesOnWithNewOnes() {
    var proxy = SITE.proxy();
    var node = SITE.nodeBehind(proxy);

    proxy.silence();
    Await.until("the node notices", () -> !node.node().isHealthy());
    Await.until("the node is back", () -> node.node().isHealthy());

    var answer = HttpCalls.answer(node.http().call("Vault.put", "[\"e\"]", "e"));
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(SITE.effects("e")).isEqualTo(1);
  }

  /** Who asks while connections are found dead may be told to ask again. */
  private static void awaitResult(LocalNode node, String id) {
    Await.until("the result of " + id, () -> {
      int status = node.http().result(id).statusCode();
      assertThat(status).isIn(200, 503);
      return status == 200;
    });
  }

  private static void assertAnsweredOrWithoutEffect(
      CompletableFuture<HttpResponse<String>> call, TestSql sql, String label) {
    var answer = HttpCalls.answer(call);
    assertThat(answer.statusCode()).isIn(200, 503);
    assertThat(sql.count("select count(*) from effect where label = ?", label))
        .isEqualTo(answer.statusCode() == 200 ? 1 : 0);
  }
}
