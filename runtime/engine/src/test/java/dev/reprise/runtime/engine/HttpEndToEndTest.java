package dev.reprise.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.reprise.Durable;
import dev.reprise.Step;
import dev.reprise.Transaction;
import dev.reprise.Workflow;
import dev.reprise.runtime.engine.HttpNode.Reply;
import dev.reprise.runtime.postgres.ScratchDatabase;
import dev.reprise.runtime.postgres.TestDatabase;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Calls over HTTP, from the socket to the tables and back. */
class HttpEndToEndTest {
  private static volatile CountDownLatch gate = new CountDownLatch(0);
  private static volatile CountDownLatch entered = new CountDownLatch(1);
  private static volatile boolean changed;

  private static ScratchDatabase database;
  private static HttpNode node;

  /** A small journal. */
  public static class Journal {
    private final DataSource database;

    public Journal(DataSource database) {
      this.database = database;
    }

    /** An entry as it is kept. */
    public record Entry(int number, String text) {}

    @Transaction
    public Entry write(String text) throws SQLException {
      try (var connection = database.getConnection();
          var statement =
              connection.prepareStatement("insert into entry (text) values (?) returning number")) {
        statement.setString(1, text);
        try (var rows = statement.executeQuery()) {
          rows.next();
          return new Entry(rows.getInt(1), text);
        }
      }
    }

    @Transaction
    public void erase(String text) throws SQLException {
      try (var connection = database.getConnection();
          var statement = connection.prepareStatement("delete from entry where text = ?")) {
        statement.setString(1, text);
        statement.executeUpdate();
      }
    }

    @Transaction(readOnly = true)
    public @Nullable Entry find(String text) throws SQLException {
      try (var connection = database.getConnection();
          var statement =
              connection.prepareStatement("select number, text from entry where text = ?")) {
        statement.setString(1, text);
        try (var rows = statement.executeQuery()) {
          return rows.next() ? new Entry(rows.getInt(1), rows.getString(2)) : null;
        }
      }
    }

    @Transaction
    public Entry writeSlowly(String text) throws Exception {
      entered.countDown();
      gate.await();
      return write(text);
    }

    @Step
    public String print(String text) {
      return "printed " + text;
    }

    @Workflow
    public String publish(String text) throws Exception {
      write(text);
      Durable.sleep(Duration.ofDays(1));
      return print(text);
    }

    @Workflow
    public String changing(String text) throws Exception {
      if (changed) {
        print(text);
      } else {
        write(text);
      }
      Durable.sleep(Duration.ofDays(1));
      return "end";
    }
  }

  @BeforeAll
  static void start() {
    database = TestDatabase.create();
    node = HttpNode.start(database.config(), Journal.class);
    TestNode.sql(
        database.config(),
        "create table entry (number int generated always as identity, text text not null)");
  }

  @AfterAll
  static void stop() {
    node.close();
    database.close();
  }

  private static long entries(String text) {
    return TestNode.longOf(
        database.config(), "select count(*) from entry where text = '" + text + "'");
  }

  private static void awaitStatus(String id, String status) {
    await(status).until(() -> node.get("/v1/executions/" + id).text("status").equals(status));
  }

  @Test
  void aCallIsAnsweredWithItsResult() {
    var byPosition = node.call("Journal.write", "[\"a\"]");
    assertThat(byPosition.status()).isEqualTo(200);
    assertThat(byPosition.header("Content-Type")).hasValue("application/json");
    assertThat(byPosition.object()).containsEntry("text", "a").containsOnlyKeys("number", "text");
    var byName = node.call("Journal.find", "{\"text\": \"a\"}");
    assertThat(byName.body()).isEqualTo(byPosition.body());

    var id = byPosition.header("Reprise-Execution-Id").orElseThrow();
    var execution = node.get("/v1/executions/" + id).object();
    assertThat(execution)
        .containsEntry("id", id)
        .containsEntry("function", "Journal.write")
        .containsEntry("status", "SUCCEEDED")
        .containsEntry("input", List.of("a"))
        .containsEntry("output", byPosition.object())
        .doesNotContainKey("error");
    assertThat(node.get("/v1/executions/" + id + "/result").body()).isEqualTo(byPosition.body());
  }

  @Test
  void noResultIsNoContentAndNullIsNull() {
    var nothing = node.call("Journal.erase", "[\"none\"]");
    assertThat(nothing.status()).isEqualTo(204);
    assertThat(nothing.body()).isEmpty();
    var id = nothing.header("Reprise-Execution-Id").orElseThrow();
    // it wrote nothing, so it is recorded shortly after
    await().until(() -> node.get("/v1/executions/" + id + "/result").status() == 204);

    var none = node.call("Journal.find", "[\"nowhere\"]");
    assertThat(none.status()).isEqualTo(200);
    assertThat(none.body()).isEqualTo("null");
  }

  @Test
  void anAsynchronousCallIsDurableWhenItIsAcknowledgedAndItsResultCanBeWaitedFor() {
    gate = new CountDownLatch(1);
    var accepted = node.call(
        "Journal.writeSlowly", "[\"later\"]", "Prefer", "respond-async", "Idempotency-Key", "l-1");
    assertThat(accepted.status()).isEqualTo(202);
    assertThat(accepted.header("Location")).hasValue("/v1/executions/l-1");
    assertThat(accepted.header("Preference-Applied")).hasValue("respond-async");
    assertThat(accepted.object()).containsEntry("id", "l-1");
    assertThat(node.get("/v1/executions/l-1").status()).isEqualTo(200);
    assertThat(node.get("/v1/executions/l-1/result").status()).isEqualTo(202);

    var waiting = node.getLater("/v1/executions/l-1/result?wait=30");
    gate.countDown();
    var result = waiting.join();
    assertThat(result.status()).isEqualTo(200);
    assertThat(result.object()).containsEntry("text", "later");
    assertThat(entries("later")).isEqualTo(1);
  }

  @Test
  void whoPrefersToWaitASecondGetsADurableSleeperAsAccepted() {
    var accepted =
        node.call("Journal.publish", "[\"sleepy\"]", "Prefer", "wait=1", "Idempotency-Key", "s-1");
    assertThat(accepted.status()).isEqualTo(202);
    assertThat(accepted.header("Location")).hasValue("/v1/executions/s-1");
    assertThat(accepted.header("Preference-Applied")).hasValue("wait=1");
    assertThat(TestNode.longOf(
            database.config(),
            "select count(*) from reprise.executions where id = 's-1' and status = 'WAITING'"))
        .isEqualTo(1);
    var waiting = node.get("/v1/executions/s-1").object();
    assertThat(waiting.get("wakeAt")).isNotNull();
    assertThat(waiting.get("completedAt")).isNull();
  }

  @Test
  void duplicatesOfAKeyShareOneEffectAndOneAnswer() {
    gate = new CountDownLatch(1);
    var calls = IntStream.range(0, 8)
        .mapToObj(i ->
            node.callLater("Journal.writeSlowly", "[\"once\"]", "Idempotency-Key", "\"once-1\""))
        .toList();
    gate.countDown();
    var replies = calls.stream().map(call -> call.join()).toList();
    assertThat(replies).extracting(Reply::status).containsOnly(200);
    assertThat(replies).extracting(Reply::body).containsOnly(replies.get(0).body());
    assertThat(replies)
        .allSatisfy(reply -> assertThat(reply.header("Reprise-Execution-Id")).hasValue("once-1"));
    var again =
        node.call("Journal.writeSlowly", "{\"text\":\"once\"}", "Idempotency-Key", "once-1");
    assertThat(again.body()).isEqualTo(replies.get(0).body());
    assertThat(entries("once")).isEqualTo(1);
  }

  @Test
  void aCallInItsFirstMomentIsFoundByItsKey() throws Exception {
    gate = new CountDownLatch(1);
    entered = new CountDownLatch(1);
    var call = node.callLater("Journal.writeSlowly", "[\"young\"]", "Idempotency-Key", "young-1");
    entered.await();
    var found = node.get("/v1/executions/young-1");
    assertThat(found.status()).isEqualTo(200);
    assertThat(found.text("status")).isEqualTo("RUNNING");
    assertThat(node.get("/v1/executions/young-1/operations").items()).isEmpty();
    assertThat(node.get("/v1/executions/young-2").status()).isEqualTo(404);
    gate.countDown();
    assertThat(call.join().status()).isEqualTo(200);
    assertThat(node.get("/v1/executions/young-1").text("status")).isEqualTo("SUCCEEDED");
    assertThat(entries("young")).isEqualTo(1);
  }

  @Test
  void aListIsFilteredAndPagedThrough() {
    var written = new ArrayList<String>();
    for (int i = 0; i < 25; i++) {
      var id = "page-" + i;
      written.add(0, id);
      var tags = new String[] {
        "Idempotency-Key", id, "Reprise-Tag", "batch=b1", "Reprise-Tag", "odd=" + (i % 2 == 1)
      };
      assertThat(node.call("Journal.write", "[\"p\"]", tags).status()).isEqualTo(200);
    }
    assertThat(pages("tag=batch:b1&limit=10", 3)).containsExactlyElementsOf(written);
    assertThat(pages("tag=batch:b1&limit=25", 1)).hasSize(25);
    assertThat(pages("tag=odd:true&function=Journal.write&limit=5", 3)).hasSize(12);
    assertThat(pages("tag=batch:b1&function=Journal.find", 1)).isEmpty();
    assertThat(pages("tag=batch:b1&status=FAILED", 1)).isEmpty();
    assertThat(pages("tag=batch:b1&status=succeeded", 1)).hasSize(25);

    var middle = node.get("/v1/executions/page-12").text("createdAt");
    var encoded = URLEncoder.encode(middle, StandardCharsets.UTF_8);
    assertThat(pages("tag=batch:b1&from=" + encoded, 1)).hasSize(13).contains("page-12");
    assertThat(pages("tag=batch:b1&to=" + encoded, 1)).hasSize(12).doesNotContain("page-12");
  }

  /** The ids on all pages, of which there are so many. */
  private static List<String> pages(String query, int count) {
    var ids = new ArrayList<String>();
    var next = "";
    for (int page = 1; page <= count; page++) {
      var reply = node.get("/v1/executions?" + query + next);
      assertThat(reply.status()).as(reply.body()).isEqualTo(200);
      reply.items().forEach(item -> ids.add(String.valueOf(item.get("id"))));
      assertThat(reply.object().get("next") == null)
          .as("page %s is the last", page)
          .isEqualTo(page == count);
      next = "&cursor=" + reply.object().get("next");
    }
    assertThat(new HashSet<>(ids)).hasSameSizeAs(ids);
    return ids;
  }

  @Test
  void theLogOfAWorkflowIsListed() {
    node.call(
        "Journal.publish", "[\"listed\"]", "Prefer", "respond-async", "Idempotency-Key", "w-1");
    awaitStatus("w-1", "WAITING");
    node.node().advance(Duration.ofDays(1));
    var result = node.get("/v1/executions/w-1/result?wait=30");
    assertThat(result.body()).isEqualTo("\"printed listed\"");

    var operations = node.get("/v1/executions/w-1/operations").items();
    assertThat(operations).extracting(one -> one.get("position")).containsExactly("1", "2", "3");
    assertThat(operations)
        .extracting(one -> one.get("kind"))
        .containsExactly("transaction", "sleep", "step");
    Map<String, @Nullable Object> first = operations.get(0);
    assertThat(first)
        .containsEntry("function", "Journal.write")
        .containsEntry("isolation", "SERIALIZABLE")
        .containsEntry("attempt", 1);
    assertThat(String.valueOf(first.get("transactionId"))).matches("[0-9]+");
    assertThat(String.valueOf(first.get("snapshot"))).matches("[0-9]+:[0-9]+:.*");
    assertThat(operations.get(2)).containsEntry("output", "printed listed");
  }

  @Test
  void aSleeperIsCancelledOverHttp() {
    node.call("Journal.publish", "[\"gone\"]", "Prefer", "respond-async", "Idempotency-Key", "c-1");
    awaitStatus("c-1", "WAITING");
    var waiting = node.getLater("/v1/executions/c-1/result?wait=30");
    assertThat(node.post("/v1/executions/c-1/cancel", "").status()).isEqualTo(202);
    awaitStatus("c-1", "CANCELLED");
    assertThat(waiting.join().status()).isEqualTo(409);
    assertThat(waiting.join().text("type")).isEqualTo("urn:reprise:problem:cancelled");
    assertThat(node.post("/v1/executions/c-1/cancel", "").status())
        .as("a repeated cancel gets the same answer")
        .isEqualTo(202);
    assertThat(entries("gone")).isEqualTo(1);
  }

  @Test
  void aParkedExecutionTellsWhyAndGoesOnWhenItIsResumed() {
    changed = false;
    node.call(
        "Journal.changing", "[\"parked\"]", "Prefer", "respond-async", "Idempotency-Key", "p-1");
    awaitStatus("p-1", "WAITING");
    changed = true;
    node.node().advance(Duration.ofDays(1));
    awaitStatus("p-1", "PARKED");
    var parked = node.get("/v1/executions/p-1/result");
    assertThat(parked.status()).isEqualTo(503);
    assertThat(parked.text("type")).isEqualTo("urn:reprise:problem:parked");
    assertThat(parked.text("detail")).contains("Journal.write", "Journal.print", "/resume");

    changed = false;
    assertThat(node.post("/v1/executions/p-1/resume", "").status()).isEqualTo(202);
    assertThat(node.get("/v1/executions/p-1/result?wait=30").body()).isEqualTo("\"end\"");
    assertThat(entries("parked")).isEqualTo(1);
    assertThat(node.post("/v1/executions/p-1/resume", "").status()).isEqualTo(409);
  }

  @Test
  void healthMetricsFunctionsAndOpenApiAnswer() {
    node.call("Journal.find", "[\"x\"]");
    assertThat(node.get("/health/live").text("status")).isEqualTo("up");
    assertThat(node.get("/health/ready").text("status")).isEqualTo("up");
    assertThat(node.get("/metrics").body()).contains("Journal.find");
    assertThat(node.get("/v1/functions").items())
        .extracting(function -> function.get("name"))
        .containsExactly(
            "Journal.changing",
            "Journal.erase",
            "Journal.find",
            "Journal.print",
            "Journal.publish",
            "Journal.write",
            "Journal.writeSlowly");
    var openApi = node.get("/openapi.json");
    assertThat(openApi.text("openapi")).startsWith("3.1");
    assertThat(openApi.body()).contains("/v1/functions/Journal.write");
  }
}
