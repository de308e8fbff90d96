package dev.reprise.runtime.engine;

import dev.reprise.runtime.engine.HttpNode.Reply;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * A request that is refused without effect.
 *
 * @param sent what it is, for people
 * @param problem the name of the answer's problem
 */
record BadRequest(String sent, int status, String problem, Function<HttpNode, Reply> send) {
  private static final String RESERVE = "/v1/functions/Stock.reserve";
  private static final String FINE = "[\"nut\", 1]";

  /** All of them. The node has executions {@code ended}, {@code cancelled} and {@code asleep}. */
  static List<BadRequest> all() {
    var all = new ArrayList<BadRequest>();
    all.addAll(addresses());
    all.addAll(arguments());
    all.addAll(bodies());
    all.addAll(keys());
    all.addAll(headers());
    all.addAll(callers());
    all.addAll(executions());
    all.addAll(filters());
    return all;
  }

  private static List<BadRequest> addresses() {
    return List.of(
        new BadRequest(
            "a function that is not there: `Stock.nothing`",
            404,
            "unknown-function",
            node -> node.call("Stock.nothing", FINE)),
        new BadRequest(
            "a path that is not there: `POST /v1/nowhere`",
            404,
            "unknown-route",
            node -> node.post("/v1/nowhere", FINE)),
        new BadRequest(
            "another method: `DELETE " + RESERVE + "`",
            405,
            "method-not-allowed",
            node -> node.method("DELETE", RESERVE)),
        raw(
            "a malformed path: `/v1/functions/%zz`",
            400, "malformed-request", "POST /v1/functions/%zz HTTP/1.1"),
        withHeaders("", 406, "not-acceptable", "Accept", "text/html"));
  }

  private static List<BadRequest> arguments() {
    var invalid = "invalid-argument";
    var missing = "missing-argument";
    return List.of(
        body("text for a number", invalid, "[\"nut\", \"many\"]"),
        body("a number for text", invalid, "[7, 1]"),
        body("a fraction for an integer", invalid, "[\"nut\", 1.5]"),
        body("a number that is too large", invalid, "[\"nut\", 9999999999]"),
        body("null for a primitive", invalid, "[\"nut\", null]"),
        body(
            "a wrong type within",
            invalid,
            "{\"item\": \"nut\", \"quantity\": 1, \"to\": {\"street\": \"A\", \"number\": true}}"),
        body(
            "an unknown property within",
            invalid,
            "[\"nut\", 1, {\"street\": \"A\", \"number\": 3, \"floor\": 1}]"),
        body("an argument is missing by name", missing, "{\"item\": \"nut\"}"),
        body("an argument is missing by position", invalid, "[\"nut\"]"),
        body("nothing at all", missing, ""),
        body(
            "an argument that is unknown",
            invalid,
            "{\"item\": \"nut\", \"quantity\": 1, \"colour\": \"red\"}"),
        body("too many arguments", invalid, "[\"nut\", 1, null, 4]"),
        body("neither array nor object", invalid, "\"nut\""));
  }

  private static List<BadRequest> bodies() {
    var malformed = "malformed-json";
    var unsupported = "unsupported-media-type";
    var notUtf8 = "[\"n\u00fct\", 1]".getBytes(StandardCharsets.ISO_8859_1);
    return List.of(
        body("JSON that breaks off", malformed, "[\"nut\", 1"),
        body("something after the end", malformed, "[\"nut\", 1] 2"),
        body("a name twice", malformed, "{\"item\": \"nut\", \"item\": \"nail\", \"quantity\": 1}"),
        body("no JSON", malformed, "item=nut"),
        body("NaN", malformed, "[\"nut\", NaN]"),
        new BadRequest(
            "arrays in arrays, 5000 deep",
            400,
            malformed,
            node -> node.call("Stock.reserve", "[\"nut\", 1, null, " + "[".repeat(5000))),
        new BadRequest(
            "bytes that are not UTF-8",
            400,
            malformed,
            node -> node.postBytes(RESERVE, notUtf8, "Content-Type", "application/json")),
        new BadRequest(
            "a body of more than 1 MiB",
            413,
            "body-too-large",
            node -> node.call("Stock.reserve", "[\"" + "n".repeat(1 << 20) + "\", 1]")),
        bytes("`Content-Type: text/plain`", unsupported, "Content-Type", "text/plain"),
        bytes(
            "`Content-Type: application/x-www-form-urlencoded`",
            unsupported,
            "Content-Type",
            "application/x-www-form-urlencoded"),
        bytes(
            "`Content-Type: application/json; charset=latin1`",
            unsupported,
            "Content-Type",
            "application/json; charset=latin1"),
        bytes("a body without `Content-Type`", unsupported),
        bytes(
            "`Content-Encoding: gzip`",
            unsupported,
            "Content-Type",
            "application/json",
            "Content-Encoding",
            "gzip"));
  }

  private static List<BadRequest> keys() {
    var invalid = "invalid-idempotency-key";
    var conflict = "idempotency-conflict";
    var name = "Idempotency-Key";
    return List.of(
        withHeaders("an empty key: ", 400, invalid, name, "\"\""),
        withHeaders("a blank in a key: ", 400, invalid, name, "a b"),
        withHeaders("a slash in a key: ", 400, invalid, name, "a/b"),
        withHeaders("a key that is a step in a path: ", 400, invalid, name, ".."),
        withHeaders("a parameter after a key: ", 400, invalid, name, "\"a\";b"),
        withHeaders("an escape in a key: ", 400, invalid, name, "\"a\\\"b\""),
        new BadRequest(
            "a key of 201 characters",
            400,
            invalid,
            node -> node.call("Stock.reserve", FINE, name, "k".repeat(201))),
        new BadRequest(
            "two keys",
            400,
            invalid,
            node -> node.call("Stock.reserve", FINE, name, "a", name, "b")),
        raw(
            "a key that is not ASCII",
            400,
            invalid,
            "POST " + RESERVE + " HTTP/1.1",
            name + ": k\u00e4se"),
        new BadRequest(
            "a key that was used, with other arguments",
            409,
            conflict,
            node -> node.call("Stock.reserve", "[\"bolt\", 2]", name, "ended")),
        new BadRequest(
            "a key that was used, for another function",
            409,
            conflict,
            node -> node.call("Stock.forget", "[\"bolt\"]", name, "ended")),
        new BadRequest(
            "the same, asynchronously",
            409,
            conflict,
            node -> node.call(
                "Stock.forget", "[\"bolt\"]", name, "asleep", "Prefer", "respond-async")));
  }

  private static List<BadRequest> headers() {
    var later = new ArrayList<BadRequest>();
    later.add(withHeaders("", 404, "unknown-queue", "Reprise-Queue", "emails"));
    for (var header : List.of(
        "Queue: e mails",
        "Priority: 5",
        "Priority: high",
        "Partition: p",
        "Deduplicate: d",
        "Delay: 5 s",
        "Delay: 40000d")) {
      var parts = header.split(": ", 2);
      later.add(withHeaders("", 400, "invalid-header", "Reprise-" + parts[0], parts[1]));
    }
    later.add(withHeaders("", 400, "unsupported-header", "X-HTTP-Method-Override", "PUT"));
    later.add(withHeaders("", 400, "unsupported-header", "Reprise-Queu", "emails"));
    later.add(withHeaders("", 400, "invalid-header", "Reprise-Tag", "red"));
    later.add(withHeaders("", 400, "invalid-header", "Reprise-Tag", " =red"));
    var tags = new ArrayList<String>();
    for (int i = 0; i < 33; i++) {
      tags.addAll(List.of("Reprise-Tag", "t" + i + "=v"));
    }
    later.add(new BadRequest(
        "33 tags",
        400,
        "invalid-header",
        node -> node.call("Stock.reserve", FINE, tags.toArray(String[]::new))));
    return later;
  }

  private static List<BadRequest> callers() {
    var post = "POST " + RESERVE + " HTTP/1.1";
    return List.of(
        raw("a foreign `Host: evil.example`", 403, "foreign-host", post, "Host: evil.example"),
        raw(
            "two `Host` headers",
            400,
            "malformed-request",
            post,
            "Host: 127.0.0.1",
            "Host: evil.example"),
        withHeaders("a foreign ", 403, "foreign-origin", "Origin", "https://evil.example"),
        withHeaders("", 403, "foreign-origin", "Origin", "null"),
        withHeaders("", 403, "foreign-origin", "Sec-Fetch-Site", "cross-site"));
  }

  private static List<BadRequest> executions() {
    var unknown = "unknown-execution";
    return List.of(
        get("/v1/executions/nobody", 404, unknown),
        get("/v1/executions/nobody/operations", 404, unknown),
        get("/v1/executions/nobody/result?wait=5", 404, unknown),
        post("/v1/executions/nobody/cancel", 404, unknown),
        post("/v1/executions/nobody/resume", 404, unknown),
        post("/v1/executions/ended/cancel", 409, "execution-ended"),
        post("/v1/executions/ended/resume", 409, "execution-ended"),
        post("/v1/executions/cancelled/resume", 409, "execution-ended"),
        get("/v1/executions/cancelled/result", 409, "cancelled"));
  }

  private static List<BadRequest> filters() {
    var all = new ArrayList<BadRequest>();
    for (var query : List.of(
        "limit=0",
        "limit=1001",
        "limit=ten",
        "limit=5&limit=6",
        "cursor=abc",
        "status=DONE",
        "from=yesterday",
        "from=2026-01-31T12:00:00",
        "to=2026-02-30T12:00:00Z",
        "tag=red",
        "stauts=FAILED",
        "function=%25zz".replace("%25", "%"))) {
      all.add(
          query.contains("%")
              ? raw(
                  "`GET /v1/executions?" + query + "`",
                  400,
                  "invalid-query",
                  "GET /v1/executions?" + query + " HTTP/1.1")
              : get("/v1/executions?" + query, 400, "invalid-query"));
    }
    all.add(get("/v1/executions/asleep/result?wait=soon", 400, "invalid-query"));
    all.add(get("/v1/executions/asleep/result?wait=-1", 400, "invalid-query"));
    all.add(get("/v1/executions/asleep?wait=1", 400, "invalid-query"));
    return all;
  }

  private static BadRequest body(String what, String problem, String body) {
    var sent = body.isEmpty() ? what : what + ": `" + body + "`";
    return new BadRequest(sent, 400, problem, node -> node.call("Stock.reserve", body));
  }

  private static BadRequest bytes(String what, String problem, String... headers) {
    var body = FINE.getBytes(StandardCharsets.UTF_8);
    return new BadRequest(what, 415, problem, node -> node.postBytes(RESERVE, body, headers));
  }

  private static BadRequest withHeaders(
      String what, int status, String problem, String name, String value) {
    return new BadRequest(
        what + "`" + name + ": " + value + "`",
        status,
        problem,
        node -> node.call("Stock.reserve", FINE, name, value));
  }

  private static BadRequest get(String path, int status, String problem) {
    return new BadRequest("`GET " + path + "`", status, problem, node -> node.get(path));
  }

  private static BadRequest post(String path, int status, String problem) {
    return new BadRequest("`POST " + path + "`", status, problem, node -> node.post(path, ""));
  }

  /** A request line and headers that no client would send. */
  private static BadRequest raw(String what, int status, String problem, String... lines) {
    return new BadRequest(what, status, problem, node -> {
      var all = new ArrayList<>(Arrays.asList(lines));
      if (Arrays.stream(lines).noneMatch(line -> line.startsWith("Host:"))) {
        all.add(1, "Host: 127.0.0.1:" + node.port());
      }
      if (lines[0].startsWith("POST")) {
        all.addAll(List.of("Content-Type: application/json", "Content-Length: " + FINE.length()));
      }
      all.addAll(List.of("Connection: close", "", lines[0].startsWith("POST") ? FINE : ""));
      return node.raw(all.toArray(String[]::new));
    });
  }
}
