package dev.reprise.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.reprise.runtime.engine.HttpNode.Reply;
import dev.reprise.runtime.postgres.ScratchDatabase;
import dev.reprise.runtime.postgres.TestDatabase;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Messages, requests and events over HTTP. Everything is asked of a node that cannot run the workflow; another node of the
 * same database does.
 */
class MessagesOverHttpTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  private static ScratchDatabase database;
  private static HttpNode runner;
  private static HttpNode front;

  @BeforeAll
  static void start() {
    database = TestDatabase.create();
    runner = HttpNode.start(database.config(), Talks.class);
    front = HttpNode.start(database.config(), Bank.class);
  }

  @AfterAll
  static void stop() {
    front.close();
    runner.close();
    database.close();
  }

  private static void begin(String function, String arguments, String id) {
    var reply = runner.call(
        "Talks." + function, arguments, "Idempotency-Key", id, "Prefer", "respond-async");
    assertThat(reply.status()).isEqualTo(202);
  }

  private static Reply send(String id, String topic, String json, String... headers) {
    return front.post("/v1/executions/" + id + "/messages/" + topic, json, headers);
  }

  private static Reply result(String id) {
    return front.get("/v1/executions/" + id + "/result?wait=30");
  }

  private static void awaitStatus(String id, String status) {
    await()
        .atMost(LONG)
        .until(() -> front.get("/v1/executions/" + id).text("status").equals(status));
  }

  @Test
  void messagesAreAcceptedOnceAndInOrderOnAnyNode() {
    begin("collect", "[30, \"P1D\"]", "many");
    for (int i = 0; i < 30; i++) {
      var key = "k" + i;
      var first = send("many", "word", "\"w" + i + "\"", "Idempotency-Key", key);
      assertThat(first.status()).isEqualTo(202);
      assertThat(first.header("Location")).contains("/v1/executions/many");
      // the last of them to an execution that may have ended
      assertThat(send("many", "word", "\"w" + i + "\"", "Idempotency-Key", key).status())
          .isEqualTo(202);
    }
    assertThat(result("many").body())
        .isEqualTo(IntStream.range(0, 30)
            .mapToObj(i -> "\"w" + i + "\"")
            .toList()
            .toString()
            .replace(" ", ""));
    assertThat(send("many", "word", "\"late\"").text("type"))
        .isEqualTo("urn:reprise:problem:execution-ended");
  }

  @Test
  void whatIsNoMessageIsRefused() {
    begin("collect", "[1, \"P1D\"]", "strict");
    assertThat(send("nobody", "word", "1").text("type"))
        .isEqualTo("urn:reprise:problem:unknown-execution");
    assertThat(send("strict", "no%20topic", "1").text("type"))
        .isEqualTo("urn:reprise:problem:invalid-name");
    assertThat(send("strict", "word", "").text("type"))
        .isEqualTo("urn:reprise:problem:missing-argument");
    assertThat(send("strict", "word", "null").text("type"))
        .isEqualTo("urn:reprise:problem:invalid-argument");
    assertThat(send("strict", "word", "{").text("type"))
        .isEqualTo("urn:reprise:problem:malformed-json");
    assertThat(send("strict", "word", "1", "Reprise-Delay", "soon").text("type"))
        .isEqualTo("urn:reprise:problem:invalid-header");
    assertThat(send("strict", "word", "\"one\"", "Idempotency-Key", "k", "Reprise-Delay", "1h")
            .status())
        .isEqualTo(202);
    assertThat(send("strict", "word", "\"two\"", "Idempotency-Key", "k").text("type"))
        .isEqualTo("urn:reprise:problem:idempotency-conflict");
    assertThat(send("strict", "word", "\"now\"").status()).isEqualTo(202);
    assertThat(result("strict").body()).isEqualTo("[\"now\"]");
    assertThat(front.get("/openapi.json").body())
        .contains("/v1/executions/{id}/messages/{topic}", "/v1/executions/{id}/events/{key}");
  }

  /** Until then it has no row: a call gets one in its first second only where somebody asks for it. */
  @Test
  void aCallThatHasJustBegunTakesMessagesAndTellsEvents() throws Exception {
    Talks.pondering = new CountDownLatch(1);
    Talks.pondered = new CountDownLatch(1);
    for (var id : List.of("ponder-1", "ponder-2")) {
      var call = runner.callLater("Talks.ponder", "[]", "Idempotency-Key", id);
      assertThat(Talks.pondering.await(60, TimeUnit.SECONDS)).isTrue();
      var events = "/v1/executions/" + id + "/events/none";
      if (id.equals("ponder-2")) {
        assertThat(runner.get(events).status()).isEqualTo(202);
      }
      var sent = runner.post("/v1/executions/" + id + "/messages/word", "\"" + id + "\"");
      assertThat(sent.status()).isEqualTo(202);
      Talks.pondered.countDown();
      assertThat(call.join().body()).isEqualTo("\"" + id + "\"");
      Talks.pondering = new CountDownLatch(1);
      Talks.pondered = new CountDownLatch(1);
    }
  }

  @Test
  void aRequestIsAnsweredByTheWorkflow() {
    begin("counter", "", "counter");
    var reply = send("counter", "add", "5", "Prefer", "wait=30", "Idempotency-Key", "five");
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.body()).isEqualTo("{\"text\":\"sum\",\"number\":5}");
    assertThat(send("counter", "add", "5", "Prefer", "wait=30", "Idempotency-Key", "five")
            .body())
        .as("the same request, the same answer")
        .isEqualTo(reply.body());
    var refused = send("counter", "add", "-1", "Prefer", "wait=30");
    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.text("type")).isEqualTo("urn:reprise:problem:request-refused");
    assertThat(refused.text("detail")).isEqualTo("only upwards");
    assertThat(send("counter", "unheard", "1", "Prefer", "wait=1").status()).isEqualTo(202);
    assertThat(send("counter", "add", "0", "Prefer", "wait=30").status()).isEqualTo(409);
    assertThat(result("counter").body()).isEqualTo("5");
  }

  @Test
  void eventsAreReadAndStreamed() {
    begin("progress", "[4]", "told");
    var half = front.get("/v1/executions/told/events/half?wait=30");
    assertThat(half.status()).isEqualTo(200);
    assertThat(half.body()).isEqualTo("{\"text\":\"half\",\"number\":2}");
    assertThat(half.header("Reprise-Event-Id")).contains("3");
    assertThat(front.get("/v1/executions/told/events/never").status()).isEqualTo(202);

    var stream =
        front.getLater("/v1/executions/told/events/percent", "Accept", "text/event-stream");
    var never = front.getLater("/v1/executions/told/events/never?wait=60");
    awaitStatus("told", "WAITING");
    send("told", "go", "\"on\"");
    var body = stream.join();
    assertThat(body.status()).isEqualTo(200);
    assertThat(body.header("Content-Type").orElseThrow()).startsWith("text/event-stream");
    assertThat(body.body().lines().filter(line -> line.startsWith("data")))
        .containsExactly("data: 25", "data: 50", "data: 75", "data: 100");
    assertThat(never.join().text("type")).isEqualTo("urn:reprise:problem:unknown-event");

    // the client comes back with what it had last
    var rest = front.get(
        "/v1/executions/told/events/percent", "Accept", "text/event-stream", "Last-Event-ID", "2");
    assertThat(rest.body()
            .lines()
            .filter(line -> !line.isEmpty() && !line.startsWith(":"))
            .toList())
        .isEqualTo(
            List.of("id: 4", "event: percent", "data: 75", "id: 5", "event: percent", "data: 100"));
    assertThat(front
            .get(
                "/v1/executions/told/events/percent",
                "Accept",
                "text/event-stream",
                "Last-Event-ID",
                "5")
            .status())
        .isEqualTo(204);
    assertThat(front
            .get("/v1/executions/told/events/percent", "Accept", "text/csv")
            .status())
        .isEqualTo(406);
    assertThat(front.get("/v1/executions/nobody/events/x").status()).isEqualTo(404);
  }
}
