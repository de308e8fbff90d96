package dev.reprise.runtime.http;

import static dev.reprise.runtime.http.TestServer.items;
import static dev.reprise.runtime.http.TestServer.object;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import dev.reprise.ExecutionStatus;
import dev.reprise.NonDeterminismException;
import dev.reprise.runtime.json.ExceptionCodec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ExecutionsTest {
  private static final String TYPE = "urn:reprise:problem:";

  private final TestServer server = TestServer.start();

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void showsAnExecutionWithExactlyTheNamesOfTheContract() throws IOException {
    server.call("add", "[1, 2]", "Idempotency-Key", "k", "Reprise-Tag", "a=b");
    var view = object(server.get("/v1/executions/k"));
    assertThat(view.keySet())
        .containsExactly(
            "id",
            "function",
            "version",
            "status",
            "input",
            "output",
            "parent",
            "createdAt",
            "startedAt",
            "completedAt",
            "wakeAt",
            "attempts",
            "tags");
    assertThat(view)
        .contains(
            entry("id", "k"),
            entry("function", "ShopFunctions.add"),
            entry("status", "SUCCEEDED"),
            entry("input", List.of(1, 2)),
            entry("output", 3),
            entry("createdAt", "2026-01-01T00:00:00Z"),
            entry("tags", Map.of("a", "b")));
  }

  @Test
  void showsTheErrorOfAFailedExecution() throws IOException {
    server.call("reserve", "[\"pen\", 11]", "Idempotency-Key", "k");
    assertThat(object(server.get("/v1/executions/k")))
        .doesNotContainKey("output")
        .containsEntry(
            "error",
            Map.of(
                "type",
                "java.lang.IllegalStateException",
                "message",
                "only 10 of pen are left",
                "causes",
                List.of()));
  }

  @Test
  void showsTheLogWithTransactionIdsThatNoBrowserRounds() throws IOException {
    server.call("add", "[1, 2]", "Idempotency-Key", "k");
    var page = server.get("/v1/executions/k/operations");
    assertThat(object(page)).containsEntry("next", null);
    var operation = items(page).get(0);
    assertThat(operation.keySet())
        .containsExactly(
            "position",
            "function",
            "kind",
            "error",
            "attempt",
            "transactionId",
            "snapshot",
            "isolation",
            "startedAt",
            "completedAt");
    assertThat(operation.get("position")).isEqualTo("3.1.2");
    assertThat(operation.get("transactionId")).isEqualTo("18446744073709551615");
  }

  @Test
  void listsPageByPageTheNewestFirst() throws IOException {
    for (int i = 0; i < 5; i++) {
      server.call("add", "[1, " + i + "]", "Idempotency-Key", "k" + i);
    }
    var seen = new ArrayList<Object>();
    var cursor = "";
    do {
      var page = server.get("/v1/executions?limit=2&cursor=" + cursor);
      assertThat(items(page)).hasSizeBetween(1, 2);
      items(page).forEach(item -> seen.add(item.get("id")));
      cursor = object(page).get("next") instanceof String next ? next : "";
    } while (!cursor.isEmpty());
    assertThat(seen).containsExactly("k4", "k3", "k2", "k1", "k0");
  }

  @Test
  void filtersTheList() throws IOException {
    server.call("add", "[1, 2]", "Idempotency-Key", "a", "Reprise-Tag", "tenant=7");
    server.call("reserve", "[\"pen\", 11]", "Idempotency-Key", "b");
    server.call("nothing", "", "Idempotency-Key", "c");
    assertThat(ids("?function=ShopFunctions.add")).containsExactly("a");
    assertThat(ids("?status=FAILED")).containsExactly("b");
    assertThat(ids("?status=FAILED,SUCCEEDED")).containsExactly("c", "b", "a");
    assertThat(ids("?status=FAILED&status=SUCCEEDED")).containsExactly("c", "b", "a");
    assertThat(ids("?tag=tenant:7&tag=other:1")).isEmpty();
    assertThat(ids("?tag=tenant:7")).containsExactly("a");
    assertThat(ids("?tag=tenant%3D7")).containsExactly("a");
    assertThat(ids("?from=2026-01-01T00:00:02Z")).containsExactly("c");
    assertThat(ids("?to=2026-01-01T01:00:01%2B01:00")).containsExactly("a");
  }

  @Test
  void refusesAFilterThatItDoesNotUnderstand() throws IOException {
    for (var query : List.of(
        "limit=0",
        "limit=1001",
        "limit=x",
        "status=DONE",
        "tag=x",
        "tag=x:1&tag=x:2",
        "from=yesterday",
        "cursor=abc",
        "state=FAILED",
        "limit=1&limit=2",
        "function=%25%zz")) {
      var response = server.raw(
          "GET /v1/executions?" + query + " HTTP/1.1",
          "Host: " + server.host(),
          "Connection: close",
          "",
          "");
      assertThat(response).as(query).startsWith("HTTP/1.1 400");
    }
    assertThat(object(server.get("/v1/executions?status=DONE")))
        .containsEntry("type", TYPE + "invalid-query");
  }

  @Test
  void answersEveryRouteOfAnUnknownExecutionWith404() throws IOException {
    for (var path : List.of("", "/operations", "/result", "/result?wait=1")) {
      var response = server.get("/v1/executions/none" + path);
      assertThat(response.statusCode()).as(path).isEqualTo(404);
      assertThat(object(response)).containsEntry("type", TYPE + "unknown-execution");
    }
    assertThat(server.post("/v1/executions/none/cancel", "").statusCode()).isEqualTo(404);
    assertThat(server.post("/v1/executions/none/resume", "").statusCode()).isEqualTo(404);
    assertThat(server.get("/v1/executions/a%0Ab").statusCode()).isBetween(400, 404);
  }

  @Test
  void aForkIsCreatedAndABadOneRefused() throws IOException {
    server.call("add", "[1, 2]", "Idempotency-Key", "sum");
    var response = server.post("/v1/executions/sum/fork?from=1", "");
    assertThat(response.statusCode()).isEqualTo(201);
    assertThat(response.headers().firstValue("Location")).hasValue("/v1/executions/sum-fork");
    assertThat(object(response))
        .containsEntry("id", "sum-fork")
        .containsEntry("status", "PENDING")
        .containsEntry("forkedFrom", "sum");
    var refused = server.post("/v1/executions/sum/fork?from=9", "");
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(object(refused))
        .containsEntry("type", TYPE + "fork-refused")
        .containsEntry("detail", "the last valid one is 1");
    assertThat(server.post("/v1/executions/sum/fork?form=1", "").statusCode()).isEqualTo(400);
    assertThat(server.post("/v1/executions/none/fork", "").statusCode()).isEqualTo(404);
  }

  @Test
  void givesTheResultAsTheCallWouldHave() throws IOException {
    server.call("add", "[1, 2]", "Idempotency-Key", "sum");
    server.call("reserve", "[\"pen\", 1]", "Idempotency-Key", "void");
    server.call("reserve", "[\"pen\", 11]", "Idempotency-Key", "failed");
    assertThat(server.get("/v1/executions/sum/result").body()).isEqualTo("3");
    assertThat(server.get("/v1/executions/void/result").statusCode()).isEqualTo(204);
    assertThat(server.get("/v1/executions/failed/result").statusCode()).isEqualTo(422);
  }

  @Test
  void tellsThatAnExecutionGoesOn() throws IOException {
    server.call("held", "", "Idempotency-Key", "k", "Prefer", "respond-async");
    for (var path : List.of("/result", "/result?wait=1")) {
      var response = server.get("/v1/executions/k" + path);
      assertThat(response.statusCode()).isEqualTo(202);
      assertThat(response.headers().firstValue("Location")).hasValue("/v1/executions/k");
      assertThat(response.headers().firstValue("Retry-After")).isPresent();
    }
  }

  @Test
  void waitsForTheResult() throws Exception {
    server.call("held", "", "Idempotency-Key", "k", "Prefer", "respond-async");
    var response = server.getLater("/v1/executions/k/result?wait=30");
    server.engine.end("k", ExecutionStatus.SUCCEEDED, "7", null);
    assertThat(response.get(60, TimeUnit.SECONDS).body()).isEqualTo("7");
  }

  @Test
  void tellsEveryOtherEnd() throws IOException {
    server.call("held", "", "Idempotency-Key", "k", "Prefer", "respond-async");
    var cause = ExceptionCodec.encode(new NonDeterminismException("recorded X, called Y"));
    server.engine.end("k", ExecutionStatus.PARKED, null, cause);
    var parked = server.get("/v1/executions/k/result");
    assertThat(parked.statusCode()).isEqualTo(503);
    assertThat(object(parked)).containsEntry("type", TYPE + "parked");
    assertThat(parked.body()).contains("recorded X, called Y");
    assertThat(end(ExecutionStatus.STRANDED)).isEqualTo("503 stranded");
    assertThat(end(ExecutionStatus.TIMED_OUT)).isEqualTo("422 timed-out");
    assertThat(end(ExecutionStatus.CANCELLED)).isEqualTo("409 cancelled");
  }

  @Test
  void cancelsTwiceWithTheSameAnswerAndRefusesWhatEndedOtherwise() throws IOException {
    server.call("held", "", "Idempotency-Key", "k", "Prefer", "respond-async");
    var first = server.post("/v1/executions/k/cancel", "");
    var again = server.post("/v1/executions/k/cancel", "");
    assertThat(first.statusCode()).isEqualTo(202);
    assertThat(again.statusCode()).isEqualTo(202);
    assertThat(again.body()).isEqualTo(first.body());
    server.call("add", "[1, 2]", "Idempotency-Key", "ended");
    var refused = server.post("/v1/executions/ended/cancel", "");
    assertThat(refused.statusCode()).isEqualTo(409);
    assertThat(object(refused)).containsEntry("type", TYPE + "execution-ended");
    assertThat(server.post("/v1/executions/ended/resume", "").statusCode()).isEqualTo(409);
  }

  private String end(ExecutionStatus status) throws IOException {
    server.engine.end("k", status, null, null);
    var response = server.get("/v1/executions/k/result");
    return response.statusCode() + " "
        + String.valueOf(object(response).get("type")).substring(TYPE.length());
  }

  private List<Object> ids(String query) throws IOException {
    return items(server.get("/v1/executions" + query)).stream()
        .map(item -> item.get("id"))
        .toList();
  }
}
