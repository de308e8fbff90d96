package dev.reprise.runtime.http;

import static dev.reprise.runtime.http.TestServer.object;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.reprise.ExecutionStatus;
import dev.reprise.OverloadedException;
import dev.reprise.runtime.config.HttpConfig;
import dev.reprise.runtime.postgres.DatabaseUnavailableException;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FunctionCallsTest {
  private static final String TYPE = "urn:reprise:problem:";

  private final TestServer server = TestServer.start();

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void givesTheResultAndTheIdOfTheExecution() throws IOException {
    var response = server.call("add", "[1, 2]");
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo("3");
    assertThat(header(response, "Content-Type")).isEqualTo("application/json");
    assertThat(header(response, "Reprise-Execution-Id")).isEqualTo("generated-1");
    assertThat(header(response, "Cache-Control")).isEqualTo("no-store");
    assertThat(header(response, "X-Content-Type-Options")).isEqualTo("nosniff");
  }

  @Test
  void takesArgumentsByName() throws IOException {
    assertThat(server.call("add", "{\"b\": 2, \"a\": 40}").body()).isEqualTo("42");
  }

  @Test
  void takesNoBodyWhereEveryArgumentIsOptional() throws IOException {
    assertThat(server.call("greet", "").body()).isEqualTo("\"hello you\"");
  }

  @Test
  void answersAFunctionWithoutResultWithoutBody() throws IOException {
    var response = server.call("reserve", "[\"pen\", 1]");
    assertThat(response.statusCode()).isEqualTo(204);
    assertThat(response.body()).isEmpty();
    assertThat(header(response, "Reprise-Execution-Id")).isNotEmpty();
  }

  @Test
  void answersNullWithNull() throws IOException {
    var response = server.call("nothing", "[]");
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo("null");
  }

  @Test
  void tellsWhatAFunctionThrew() throws IOException {
    var response = server.call("reserve", "[\"pen\", 11]", "Idempotency-Key", "k");
    assertThat(response.statusCode()).isEqualTo(422);
    assertThat(header(response, "Content-Type")).isEqualTo("application/problem+json");
    assertThat(object(response))
        .contains(
            entry("type", TYPE + "function-failed"),
            entry("status", 422),
            entry("errorType", "java.lang.IllegalStateException"),
            entry("detail", "only 10 of pen are left"),
            entry("executionId", "k"));
  }

  @Test
  void neverShowsAMessageOfTheDatabase() throws IOException {
    for (var function : new String[] {"broken", "wrapped"}) {
      var response = server.call(function, "", "Idempotency-Key", function);
      assertThat(response.statusCode()).isEqualTo(422);
      assertThat(response.body()).contains("the database refused a statement");
      var view = server.get("/v1/executions/" + function);
      assertThat(response.body() + view.body()).doesNotContain("secret").doesNotContain("4711");
    }
  }

  @Test
  void givesTheSameAnswerForTheSameKeyAndRefusesAnotherCallUnderIt() throws IOException {
    var first = server.call("add", "[1, 2]", "Idempotency-Key", "\"order-17\"");
    var again = server.call("add", "{\"a\":1,\"b\":2}", "Idempotency-Key", "order-17");
    var other = server.call("add", "[1, 3]", "Idempotency-Key", "order-17");
    assertThat(header(first, "Reprise-Execution-Id")).isEqualTo("order-17");
    assertThat(again.body()).isEqualTo(first.body());
    assertThat(other.statusCode()).isEqualTo(409);
    assertThat(object(other)).containsEntry("type", TYPE + "idempotency-conflict");
  }

  @Test
  void refusesABadKeyAndOneGivenTwice() throws IOException {
    var bad = server.call("add", "[1, 2]", "Idempotency-Key", "two words");
    var twice = server.call("add", "[1, 2]", "Idempotency-Key", "a", "Idempotency-Key", "a");
    assertThat(object(bad)).containsEntry("type", TYPE + "invalid-idempotency-key");
    assertThat(object(twice)).containsEntry("type", TYPE + "invalid-idempotency-key");
    assertThat(server.engine.requestCount()).isZero();
  }

  @Test
  void answersAtOnceWhereTheClientPrefersIt() throws IOException {
    var response =
        server.call("held", "", "Prefer", "respond-async", "Idempotency-Key", "a=b+c:d@e");
    assertThat(response.statusCode()).isEqualTo(202);
    assertThat(header(response, "Location")).isEqualTo("/v1/executions/a=b+c:d@e");
    assertThat(header(response, "Preference-Applied")).isEqualTo("respond-async");
    assertThat(object(response))
        .containsExactly(entry("id", "a=b+c:d@e"), entry("status", "PENDING"));
    assertThat(server.engine.lastRequest().asynchronous()).isTrue();
    assertThat(server.get(header(response, "Location")).statusCode()).isEqualTo(200);
  }

  @Test
  void answersWith202WhereTheWaitOfTheClientIsOver() throws IOException {
    var response = server.call("held", "", "Prefer", "wait=1", "Idempotency-Key", "k");
    assertThat(response.statusCode()).isEqualTo(202);
    assertThat(header(response, "Preference-Applied")).isEqualTo("wait=1");
    assertThat(header(response, "Location")).isEqualTo("/v1/executions/k");
    assertThat(object(response)).containsEntry("status", "RUNNING");
    assertThat(server.engine.lastRequest().asynchronous()).isFalse();
  }

  @Test
  void answersWith202WhereTheWaitOfTheServerIsOver() throws IOException {
    var config = HttpConfig.DEFAULT.withMaxWait(Duration.ofMillis(100));
    try (var impatient = new TestServer(config)) {
      var response = impatient.call("held", "", "Prefer", "wait=50");
      assertThat(response.statusCode()).isEqualTo(202);
      assertThat(response.headers().firstValue("Preference-Applied")).isEmpty();
    }
  }

  @Test
  void acknowledgesACallOnlyOnceItIsDurable() throws Exception {
    try (var impatient = new TestServer(HttpConfig.DEFAULT.withMaxWait(Duration.ofMillis(10)))) {
      impatient.engine.setDurable(false);
      var response = impatient.callLater("held", "", "Idempotency-Key", "k");
      Awaitility.await().until(() -> impatient.engine.looks() > 1);
      assertThat(response).isNotDone();
      impatient.engine.setDurable(true);
      assertThat(response.get(60, TimeUnit.SECONDS).statusCode()).isEqualTo(202);
    }
  }

  @Test
  void tellsThatTheDatabaseWentAwayDuringTheCall() throws Exception {
    var response = server.callLater("held", "", "Idempotency-Key", "k");
    Awaitility.await().until(() -> server.engine.find("k").isPresent());
    server.engine.fail("k", new DatabaseUnavailableException("secret", new SQLException("secret")));
    assertThat(response.get(60, TimeUnit.SECONDS).statusCode()).isEqualTo(503);
    assertThat(response.get().body()).contains("database-unavailable").doesNotContain("secret");
  }

  @Test
  void answersWhenTheExecutionEndsDuringTheWait() throws Exception {
    var response = server.callLater("held", "", "Idempotency-Key", "k");
    Awaitility.await().until(() -> server.engine.find("k").isPresent());
    server.engine.end("k", ExecutionStatus.SUCCEEDED, "\"late\"", null);
    assertThat(response.get(60, TimeUnit.SECONDS).body()).isEqualTo("\"late\"");
  }

  @Test
  void moreRequestsThanThreadsCanWait() throws Exception {
    int waiting = 400;
    for (int i = 0; i < waiting; i++) {
      var unused = server.callLater("held", "", "Idempotency-Key", "k" + i);
    }
    Awaitility.await()
        .until(() -> server.engine.find("k" + (waiting - 1)).isPresent()
            && server.engine.requestCount() == waiting);
    assertThat(server.call("add", "[1, 1]").body()).isEqualTo("2");
  }

  @Test
  void passesTagsAndTraceOn() throws IOException {
    var trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    server.call(
        "add", "[1, 2]", "Reprise-Tag", "tenant=7", "Reprise-Tag", "q=a=b", "traceparent", trace);
    assertThat(server.engine.lastRequest().tags())
        .containsOnly(entry("tenant", "7"), entry("q", "a=b"));
    assertThat(server.engine.lastRequest().traceparent()).isEqualTo(trace);
    server.call("add", "[1, 2]", "traceparent", "00-nonsense");
    assertThat(server.engine.lastRequest().traceparent()).isNull();
  }

  @Test
  void passesOnWhereACallIsToWait() throws IOException {
    server.call(
        "add",
        "[1, 2]",
        "Reprise-Queue",
        "emails",
        "Reprise-Priority",
        "-5",
        "Reprise-Partition",
        "tenant 7",
        "Reprise-Deduplicate",
        "k",
        "Reprise-Delay",
        "90s");
    var options = server.engine.lastRequest().options();
    assertThat(options.queue()).isEqualTo("emails");
    assertThat(options.priority()).isEqualTo(-5);
    assertThat(options.partition()).isEqualTo("tenant 7");
    assertThat(options.deduplication()).isEqualTo("k");
    assertThat(options.delay()).isEqualTo(Duration.ofSeconds(90));
  }

  @Test
  void refusesWhatBelongsToAQueueWithoutOne() throws IOException {
    for (var name : new String[] {"Priority", "Partition", "Deduplicate"}) {
      var response = server.call("add", "[1, 2]", "Reprise-" + name, "1");
      assertThat(response.statusCode()).isEqualTo(400);
      assertThat(object(response)).containsEntry("type", TYPE + "invalid-header");
    }
    var twice = server.call("add", "[1, 2]", "Reprise-Queue", "a", "Reprise-Queue", "b");
    assertThat(object(twice)).containsEntry("type", TYPE + "invalid-header");
    assertThat(server.engine.requestCount()).isZero();
  }

  @Test
  void namesTheArgumentThatDoesNotFit() throws IOException {
    var mistyped = server.call("order", "{\"lines\":[{\"item\":\"pen\",\"quantity\":\"x\"}]}");
    assertThat(mistyped.statusCode()).isEqualTo(400);
    assertThat(object(mistyped))
        .contains(
            entry("type", TYPE + "invalid-argument"),
            entry("argument", "lines"),
            entry("path", "lines[0].quantity"))
        .containsKey("expected");
    assertThat(object(server.call("add", "{\"a\": 1}")))
        .contains(entry("type", TYPE + "missing-argument"), entry("argument", "b"));
    assertThat(object(server.call("add", "{\"a\": 1")))
        .containsEntry("type", TYPE + "malformed-json");
    assertThat(object(server.call("add", "[1]"))).containsEntry("type", TYPE + "invalid-argument");
    assertThat(server.engine.requestCount()).isZero();
  }

  @Test
  void tellsOverloadAndAMissingDatabaseWithoutTheirMessages() throws IOException {
    server.engine.refuse(new OverloadedException("secret"));
    var overloaded = server.call("add", "[1, 2]");
    assertThat(overloaded.statusCode()).isEqualTo(503);
    assertThat(header(overloaded, "Retry-After")).isEqualTo("1");
    server.engine.refuse(new DatabaseUnavailableException("secret", new SQLException("secret")));
    var unavailable = server.call("add", "[1, 2]");
    assertThat(unavailable.statusCode()).isEqualTo(503);
    assertThat(object(unavailable)).containsEntry("type", TYPE + "database-unavailable");
    assertThat(overloaded.body() + unavailable.body()).doesNotContain("secret");
  }

  @Test
  void tellsADefectByAnIdOnly() throws IOException {
    server.engine.refuse(new IllegalStateException("secret"));
    var response = server.call("add", "[1, 2]");
    assertThat(response.statusCode()).isEqualTo(500);
    assertThat(object(response)).containsEntry("type", TYPE + "internal").containsKey("instance");
    assertThat(response.body()).doesNotContain("secret").doesNotContain("Exception");
  }

  @Test
  void takesNoCallsWhileItShutsDownButAnswersThoseItHas() throws Exception {
    var running = server.callLater("held", "", "Idempotency-Key", "k");
    Awaitility.await().until(() -> server.engine.find("k").isPresent());
    server.server.refuseNewWork();
    var refused = server.call("add", "[1, 2]");
    assertThat(refused.statusCode()).isEqualTo(503);
    assertThat(object(refused)).containsEntry("type", TYPE + "shutting-down");
    assertThat(refused.headers().firstValue("Retry-After")).isPresent();
    server.engine.end("k", ExecutionStatus.SUCCEEDED, "1", null);
    assertThat(running.get(60, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
  }

  @Test
  void tellsWaitingRequestsWhereToLookWhenItIsClosed() throws Exception {
    var waiting = server.callLater("held", "", "Idempotency-Key", "k");
    Awaitility.await().until(() -> server.engine.find("k").isPresent());
    server.close();
    server.close();
    assertThat(waiting.get(60, TimeUnit.SECONDS).statusCode()).isEqualTo(202);
  }

  private static String header(HttpResponse<String> response, String name) {
    return response.headers().firstValue(name).orElse("");
  }
}
