package dev.reprise.runtime.http;

import static dev.reprise.runtime.http.TestServer.items;
import static dev.reprise.runtime.http.TestServer.object;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import dev.reprise.RepriseException;
import dev.reprise.runtime.config.HttpConfig;
import dev.reprise.runtime.json.JsonCodec;
import dev.reprise.runtime.telemetry.Metrics;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HttpServerTest {
  private static final String TYPE = "urn:reprise:problem:";
  private static final String ADD = "/v1/functions/ShopFunctions.add";

  private final TestServer server = TestServer.start();

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void listsTheFunctionsWithTheirSchemas() throws IOException {
    var response = server.get("/v1/functions");
    assertThat(object(response)).containsEntry("next", null);
    var add = items(response).get(0);
    assertThat(add.keySet()).containsExactly("name", "kind", "version", "parameters", "result");
    assertThat(add).contains(entry("name", "ShopFunctions.add"), entry("kind", "workflow"));
    assertThat((List<?>) add.get("parameters")).hasSize(2);
    assertThat(String.valueOf(add.get("result"))).contains("integer");
  }

  @Test
  void describesItselfInOpenApi() throws IOException {
    var document = object(server.get("/openapi.json"));
    assertThat(document).containsEntry("openapi", "3.1.0");
    var paths = String.valueOf(document.get("paths"));
    assertThat(paths).contains("/v1/functions/ShopFunctions.order", "/v1/executions/{id}/result");
    assertThat(paths).contains("oneOf", "prefixItems", "additionalProperties=false");
    assertThat(OpenApiReferences.unresolved(document)).isEmpty();
  }

  @Test
  void tellsThatItLivesAndIsReady() throws IOException {
    server.checks.add(new HealthSource.Check("database", true, "answers"));
    assertThat(server.get("/health/live").statusCode()).isEqualTo(200);
    assertThat(server.get("/health/ready").statusCode()).isEqualTo(200);
    server.checks.add(new HealthSource.Check("slot", false, "lags by 5 GB"));
    var unready = server.get("/health/ready");
    assertThat(unready.statusCode()).isEqualTo(503);
    assertThat(unready.body()).contains("lags by 5 GB");
  }

  @Test
  void isNotReadyOnceItRefusesNewWork() throws IOException {
    server.server.refuseNewWork();
    assertThat(server.get("/health/ready").statusCode()).isEqualTo(503);
    assertThat(server.get("/health/live").statusCode()).isEqualTo(200);
    assertThat(server.get("/v1/executions").statusCode()).isEqualTo(200);
  }

  @Test
  void showsMeasurementsByRouteAndNotByPath() throws IOException {
    server.get("/v1/executions/secret-id");
    var metrics =
        server.get("/metrics", "Accept", "application/openmetrics-text, text/plain;q=0.5");
    assertThat(metrics.headers().firstValue("Content-Type").orElse("")).startsWith("text/plain");
    assertThat(metrics.body())
        .contains("route=\"/v1/executions/{id}\",status=\"404\"")
        .doesNotContain("secret-id");
  }

  @Test
  void answersUnknownRoutesAndMethods() throws IOException {
    var unknown = server.get("/v2/nothing");
    assertThat(unknown.statusCode()).isEqualTo(404);
    assertThat(object(unknown)).containsEntry("type", TYPE + "unknown-route");
    var wrong = server.get(ADD);
    assertThat(wrong.statusCode()).isEqualTo(405);
    assertThat(wrong.headers().firstValue("Allow")).hasValue("POST");
    assertThat(object(wrong)).containsEntry("type", TYPE + "method-not-allowed");
    var deleted = server.send(server.request("/v1/executions/k").DELETE().build());
    assertThat(deleted.headers().firstValue("Allow").orElse("")).contains("GET");
    var function = server.call("none", "");
    assertThat(function.statusCode()).isEqualTo(404);
    assertThat(object(function)).containsEntry("type", TYPE + "unknown-function");
  }

  @Test
  void answersHeadAsGetWithoutBody() throws IOException {
    var head = server.request("/v1/executions/none").method("HEAD", BodyPublishers.noBody());
    var response = server.send(head.build());
    assertThat(response.statusCode()).isEqualTo(404);
    assertThat(response.body()).isEmpty();
  }

  @Test
  void refusesAnAnswerThatTheClientDoesNotTakeBeforeTheCall() throws IOException {
    var response = server.call("add", "[1, 2]", "Accept", "text/html");
    assertThat(response.statusCode()).isEqualTo(406);
    assertThat(object(response)).containsEntry("type", TYPE + "not-acceptable");
    assertThat(server.engine.requestCount()).isZero();
  }

  @Test
  void refusesABodyThatIsNotStatedToBeJson() throws IOException {
    for (var type : List.of("text/plain", "application/json; charset=latin1")) {
      var request =
          server.request(ADD).header("Content-Type", type).POST(BodyPublishers.ofString("[1, 2]"));
      assertThat(server.send(request.build()).statusCode()).isEqualTo(415);
    }
    var untyped = server.request(ADD).POST(BodyPublishers.ofString("[1, 2]"));
    assertThat(server.send(untyped.build()).statusCode()).isEqualTo(415);
    assertThat(server.engine.requestCount()).isZero();
  }

  @Test
  void refusesABodyThatIsNotUtf8() throws IOException {
    var request = server
        .request("/v1/functions/ShopFunctions.greet")
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofByteArray(new byte[] {'[', '"', (byte) 0xFF, '"', ']'}));
    assertThat(object(server.send(request.build()))).containsEntry("type", TYPE + "malformed-json");
  }

  @Test
  void refusesALongBodyStatedOrChunked() throws IOException {
    var body = "[\"" + "x".repeat(TestServer.MAX_BODY) + "\"]";
    var stated = server.call("greet", body);
    assertThat(stated.statusCode()).isEqualTo(413);
    assertThat(object(stated)).contains(entry("type", TYPE + "body-too-large"));
    var chunk = Integer.toHexString(body.length());
    var chunked = server.raw(
        "POST /v1/functions/ShopFunctions.greet HTTP/1.1",
        "Host: " + server.host(),
        "Content-Type: application/json",
        "Transfer-Encoding: chunked",
        "",
        chunk,
        body,
        "0",
        "",
        "");
    assertThat(chunked).startsWith("HTTP/1.1 413");
    assertThat(server.engine.requestCount()).isZero();
  }

  @Test
  void takesABodyOfExactlyTheLimit() throws IOException {
    var body = "[\"" + "x".repeat(TestServer.MAX_BODY - 4) + "\"]";
    assertThat(server.call("greet", body).statusCode()).isEqualTo(200);
  }

  @Test
  void refusesForeignHostsAndOrigins() throws IOException {
    var rebound =
        server.raw("GET /v1/functions HTTP/1.1", "Host: evil.example", "Connection: close", "", "");
    assertThat(rebound).startsWith("HTTP/1.1 403").contains(TYPE + "foreign-host");
    var foreign = server.call("add", "[1, 2]", "Origin", "https://evil.example");
    assertThat(foreign.statusCode()).isEqualTo(403);
    assertThat(object(foreign)).containsEntry("type", TYPE + "foreign-origin");
    assertThat(server.call("add", "[1, 2]", "Sec-Fetch-Site", "cross-site").statusCode())
        .isEqualTo(403);
    assertThat(server.engine.requestCount()).isZero();
    var own = server.call("add", "[1, 2]", "Origin", "http://" + server.host());
    assertThat(own.statusCode()).isEqualTo(200);
  }

  @Test
  void answersWhatIsNotHttpWithAProblem() throws IOException {
    for (var request : List.of(
        "NONSENSE\r\n\r\n",
        "GET /v1/functions HTTP/1.1\r\n\r\n",
        "GET /health/live HTTP/9.9\r\nHost: " + server.host() + "\r\n\r\n",
        "GET /health/live HTTP/1.1\r\nHost: " + server.host() + "\r\nX: " + "x".repeat(20_000)
            + "\r\n\r\n",
        "POST " + ADD + " HTTP/1.1\r\nHost: " + server.host()
            + "\r\nTransfer-Encoding: made-up\r\n\r\n",
        "GET /v1/executions/k;a=%zz HTTP/1.1\r\nHost: " + server.host()
            + "\r\nConnection: close\r\n\r\n",
        "GET /v1/executions/%zz HTTP/1.1\r\nHost: " + server.host() + "\r\n\r\n",
        "POST " + ADD + " HTTP/1.1\r\nHost: " + server.host() + "\r\nContent-Length: x\r\n\r\n",
        "POST " + ADD + " HTTP/1.1\r\nHost: " + server.host()
            + "\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")) {
      var response = server.raw(request.getBytes(StandardCharsets.ISO_8859_1));
      assertThat(response).as(request).startsWith("HTTP/1.1 400");
      assertThat(response).as(request).contains("malformed-request").doesNotContain("<html");
    }
  }

  @Test
  void saysWhichPortIsTaken() {
    var config = HttpConfig.DEFAULT.withPort(server.server.port());
    assertThatThrownBy(() -> {
          try (var second = new TestServer(config)) {
            second.get("/health/live");
          }
        })
        .isInstanceOf(RepriseException.class)
        .hasMessageContaining(String.valueOf(server.server.port()));
  }

  @Test
  void aWaitLongerThanAnIdleConnectionMayBeIsAnswered() throws IOException {
    // Connections of the test server are idle after a second.
    var config = HttpConfig.DEFAULT.withMaxWait(Duration.ofSeconds(3));
    try (var patient = new TestServer(config)) {
      assertThat(patient.call("held", "").statusCode()).isEqualTo(202);
    }
  }

  @Test
  void answersEvenAnErrorOfTheVirtualMachineWithAProblem() throws IOException {
    server.health = () -> {
      throw new StackOverflowError("secret");
    };
    var response = server.get("/health/ready");
    assertThat(response.statusCode()).isEqualTo(500);
    assertThat(object(response)).containsEntry("type", TYPE + "internal");
    assertThat(response.body()).doesNotContain("secret");
  }

  @Test
  void refusesMethodsThatAreNoneOfHttp() throws IOException {
    for (var method : List.of("BEFORE", "AFTER", "get", "FOO")) {
      var response = server.raw(
          method + " /health/live HTTP/1.1", "Host: " + server.host(), "Connection: close", "", "");
      assertThat(response).as(method).startsWith("HTTP/1.1 405").contains("Allow: ");
    }
    var overridden = server.get(ADD, "X-HTTP-Method-Override", "POST");
    assertThat(overridden.statusCode()).isEqualTo(400);
    assertThat(server.engine.requestCount()).isZero();
  }

  @Test
  void refusesABodyThatIsCompressed() throws IOException {
    assertThat(server.call("add", "[1, 2]", "Content-Encoding", "gzip").statusCode())
        .isEqualTo(415);
  }

  @Test
  void carriesTextOfAnyLanguage() throws IOException {
    var response = server.call("greet", "[\"Zoë 世界 😀\"]");
    assertThat(response.body()).isEqualTo("\"hello Zoë 世界 😀\"");
  }

  @Test
  void mayBeClosedWithoutHavingBeenStarted() {
    var other = new HttpServer(
        HttpConfig.DEFAULT, server.engine, function -> new JsonCodec(), List::of, Metrics.OFF);
    other.close();
    other.close();
    assertThatThrownBy(other::start).isInstanceOf(IllegalStateException.class);
  }

  /** References of a document that lead nowhere. */
  private static final class OpenApiReferences {
    private OpenApiReferences() {}

    static List<String> unresolved(Map<String, Object> document) {
      return references(document)
          .filter(reference -> !resolves(document, reference))
          .toList();
    }

    private static java.util.stream.Stream<String> references(Object node) {
      if (node instanceof Map<?, ?> map) {
        var own = map.get("$ref") instanceof String reference
            ? java.util.stream.Stream.of(reference)
            : java.util.stream.Stream.<String>empty();
        return java.util.stream.Stream.concat(
            own, map.values().stream().flatMap(OpenApiReferences::references));
      }
      return node instanceof List<?> list
          ? list.stream().flatMap(OpenApiReferences::references)
          : java.util.stream.Stream.empty();
    }

    private static boolean resolves(Map<String, Object> document, String reference) {
      Object node = document;
      for (var step : reference.substring(2).split("/", -1)) {
        node = node instanceof Map<?, ?> map && map.get(step) != null ? map.get(step) : "";
      }
      return node instanceof Map;
    }
  }
}
