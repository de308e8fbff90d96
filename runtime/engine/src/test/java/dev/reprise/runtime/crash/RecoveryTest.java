package dev.reprise.runtime.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.reprise.runtime.config.Limits;
import dev.reprise.runtime.postgres.EmbeddedServer;
import dev.reprise.runtime.postgres.EmbeddedServer.StopMode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Recovery that is disturbed, that is of no use, and that is not needed. */
class RecoveryTest {
  private static final int CLIENTS = 2;

  @RegisterExtension
  static final CrashSite SITE = new CrashSite();

  /** One recovery is allowed: the second node that goes down with it is the last. */
  @Test
  void anExecutionThatTakesDownOneNodeAfterTheOtherIsParkedAndTheOthersGoOn() {
    var properties =
        new String[] {"-D" + Vault.HALTS + "=true", "-D" + NodeMain.MAX_RECOVERIES + "=1"};
    for (int victims = 0; victims < 2; victims++) {
      var gate = SITE.closedGate("halt h");
      var victim = SITE.victim(properties);
      if (victims == 0) {
        victim.http().start("Vault.halts", "[\"h\"]", "h");
      }
      gate.awaitBlocked(1);
      gate.open();
      victim.awaitGone();
    }
    var limits = new Limits(1, Limits.DEFAULT.maxValue(), Limits.DEFAULT.maxOperations());
    var node = SITE.node(limits);
    Await.until("it is parked", () -> SITE.status("h").equals("PARKED"));
    var result = node.http().result("h");
    assertThat(result.statusCode()).isEqualTo(503);
    assertThat(result.body()).contains("it has lost 2 nodes in a row", "max-recoveries");
    assertThat(SITE.sql().text("select recoveries from reprise.executions")).isEqualTo("1");
    assertThat(HttpCalls.answer(node.http().call("Vault.put", "[\"other\"]", "other"))
            .statusCode())
        .isEqualTo(200);
    assertThat(SITE.effects("h")).isEqualTo(1);

    assertThat(node.http().cancel("h").statusCode()).isEqualTo(202);
    Await.until("it is cancelled", () -> SITE.status("h").equals("CANCELLED"));
  }

  @Test
  void recoveryDoesNotGiveUpAfterFailedAttemptsAndHoldsUpNothingElse() {
    var victim = SITE.victim();
    var gate = SITE.closedGate("body a");
    victim.http().start("Vault.put", "[\"a\"]", "a");
    gate.awaitBlocked(1);
    SITE.sql().run("""
        create sequence attempt;
        create function not_now() returns trigger language plpgsql as $$
        begin
          perform nextval('public.attempt');
          raise exception 'not now';
        end $$;
        create trigger not_now before update on reprise.executions
          for each row when (old.id = 'a' and old.status = 'RUNNING' and new.status = 'PENDING')
          execute function not_now();
        """);
    try {
      victim.kill();
      var node = SITE.node(); // which finds that process gone at once
      Await.until("three attempts", () -> SITE.sql().count("select last_value from attempt") >= 3);
      SITE.sql().run("""
          with dead as (
            insert into reprise.nodes (node, name, host, pid, process_started_at, started_at, heartbeat_at, death_timeout, state)
            select gen_random_uuid(), 'dead-' || n, 'elsewhere', n, now(), now(), now(), '1 second', 'DEAD'
              from generate_series(1, 20) n
            returning node, name)
          insert into reprise.executions (execution, id, created_at, attempts, kind, status, function, input, owner)
          select gen_random_uuid(), name, now(), 1, 'transaction', 'RUNNING', 'Vault.put', '["' || name || '"]', node
            from dead;
          """);
      node.http().start("Vault.put", "[\"b\"]", "b");
      assertThat(node.http().result("b").statusCode()).isEqualTo(200);
      Await.until(
          "the executions of other dead nodes have ended",
          () -> SITE.sql().count("select count(*) from effect where label like 'dead-%'") == 20);
      assertThat(SITE.status("a")).isEqualTo("RUNNING");

      SITE.sql().run("drop trigger not_now on reprise.executions");
      gate.open();
      assertThat(node.http().result("a").body()).isEqualTo(SITE.recorded("a", "1"));
      assertThat(SITE.effects("a")).isEqualTo(1);
    } finally {
      SITE.sql().run("drop function not_now cascade; drop sequence attempt");
    }
  }

  @Test
  void aRestartOfTheDatabaseInTheMiddleOfARecoveryStrandsNothing(@TempDir Path directory)
      throws IOException {
    try (var server = EmbeddedServer.startOrJoin(directory)) {
      CrashSite.prepare(server.config());
      var sql = new TestSql(server.config());
      try (var victim = new NodeProcess(server.config(), server.config());
          var body = new Gate(sql, "body a-1");
          var release = new Gate(sql, "release Vault.putTwice")) {
        victim.http().start("Vault.putTwice", "[\"a\"]", "a");
        body.awaitBlocked(1);
        victim.kill();
        try (var node = new LocalNode(server.config())) {
          release.awaitBlocked(1);

          server.restart(StopMode.IMMEDIATE);

          Await.until("the result", () -> node.http().result("a").statusCode() == 200);
          assertThat(sql.texts("select label from effect order by label"))
              .containsExactly("a-1", "a-2");
          CrashSite.requireInvariants(sql);
        }
      }
    } finally {
      SITE.stepsReachItAgain();
    }
  }

  @Test
  void aRollingRestartOfThreeNodesUnderLoadLosesNoRequestAndRepeatsNoEffect() throws Exception {
    var nodes = new CopyOnWriteArrayList<NodeProcess>();
    var enough = new AtomicBoolean();
    var threads = Executors.newCachedThreadPool();
    for (var node : List.of(started(threads), started(threads), started(threads))) {
      nodes.add(node.get(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS));
    }
    try {
      var clients = new ArrayList<CompletableFuture<List<String>>>();
      for (int i = 0; i < CLIENTS; i++) {
        int client = i;
        clients.add(CompletableFuture.supplyAsync(() -> calls(nodes, client, enough), threads));
      }
      for (int i = 0; i < nodes.size(); i++) {
        Await.until("calls", () -> SITE.sql().count("select count(*) from effect") > 0);
        var next = started(threads);
        nodes.get(i).terminate();
        int before = SITE.sql().count("select count(*) from effect");
        Await.until(
            "calls at the others",
            () -> SITE.sql().count("select count(*) from effect") > before + 2 * CLIENTS);
        nodes.set(i, next.get(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS));
      }
      enough.set(true);
      var labels = new ArrayList<String>();
      for (var client : clients) {
        labels.addAll(client.get(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS));
      }
      assertThat(SITE.sql().texts("select label from effect"))
          .containsExactlyInAnyOrderElementsOf(labels);
    } finally {
      enough.set(true);
      threads.shutdownNow();
    }
  }

  private static CompletableFuture<NodeProcess> started(Executor threads) {
    return CompletableFuture.supplyAsync(SITE::victim, threads);
  }

  /** A client that makes one call after the other, each until it has the result; gives what it called with. */
  private static List<String> calls(List<NodeProcess> nodes, int client, AtomicBoolean enough) {
    var labels = new ArrayList<String>();
    for (int number = 0; !enough.get(); number++) {
      var label = "r-" + client + "-" + number;
      labels.add(label);
      int attempt = client + number;
      String answer = null;
      while (answer == null) {
        answer = answerOf(nodes.get(attempt++ % nodes.size()), label);
      }
      assertThat(answer).isEqualTo(SITE.recorded(label, "1"));
    }
    return labels;
  }

  /** Null where it has to be asked again: refused, cut off, or told that the execution goes on elsewhere. */
  private static @Nullable String answerOf(NodeProcess node, String label) {
    try {
      var answer = node.http()
          .call("Vault.put", "[\"" + label + "\"]", label)
          .get(Await.PATIENCE.toSeconds(), TimeUnit.SECONDS);
      assertThat(answer.statusCode()).isIn(200, 202, 503);
      return answer.statusCode() == 200 ? answer.body() : null;
    } catch (ExecutionException e) {
      return null;
    } catch (TimeoutException e) {
      throw new IllegalStateException("no answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
