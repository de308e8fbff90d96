package dev.reprise.runtime.http;

import dev.reprise.runtime.execution.Engine;
import dev.reprise.runtime.function.Durations;
import dev.reprise.runtime.json.Json;
import dev.reprise.runtime.json.JsonObject;
import dev.reprise.runtime.json.UnreadableJsonException;
import dev.reprise.runtime.store.QueueStore.Limits;
import dev.reprise.runtime.store.QueueStore.Queue;
import io.javalin.http.Context;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The routes below {@code /v1/queues}. */
final class Queues {
  private static final Set<String> LIMITS = Set.of("concurrency", "perNode", "rate");
  private static final List<String> RATE = List.of("starts", "period");
  private static final String SHAPE =
      "an object like {\"concurrency\": 10, \"perNode\": null, \"rate\": {\"starts\": 100, \"period\": \"1s\"}};"
          + " null lifts a limit, and one that is left out stays as it is";
  private static final String RATE_SHAPE =
      "\"rate\" is an object like {\"starts\": 100, \"period\": \"1s\"}, or null for no limit";

  private final Engine engine;
  private final RequestBody bodies;

  Queues(Engine engine, RequestBody bodies) {
    this.engine = engine;
    this.bodies = bodies;
  }

  List<Route> routes() {
    return List.of(
        Route.get(
            "/v1/queues",
            Endpoint.atOnce(ctx ->
                ExecutionView.list(engine.queues().stream().map(Queues::view).toList(), null))),
        Route.get("/v1/queues/{name}", Endpoint.atOnce(ctx -> shown(ctx.pathParam("name")))),
        Route.put("/v1/queues/{name}", Endpoint.atOnce(this::change)));
  }

  private Answer shown(String name) {
    return Answer.json(200, view(require(name)).toString());
  }

  private Queue require(String name) {
    return engine.queues().stream()
        .filter(queue -> queue.name().equals(name))
        .findFirst()
        .orElseThrow(() -> Problem.UNKNOWN_QUEUE.because(
            "no queue is named \"" + name + "\"; GET /v1/queues lists them"));
  }

  private Answer change(Context ctx) {
    var queue = require(ctx.pathParam("name"));
    engine.changeQueue(queue.name(), limits(bodies.read(ctx), queue.limits()));
    return shown(queue.name());
  }

  private static Limits limits(byte[] body, Limits before) {
    var given = object(parsed(body), LIMITS);
    var rate = before.rate();
    var period = before.period();
    if (given.containsKey("rate")) {
      var wanted = given.get("rate");
      var parts = wanted == null ? null : rateParts(wanted);
      rate = parts == null ? null : (Integer) number(parts.get("starts"), "starts", 1);
      period = parts == null ? null : period(parts.get("period"));
    }
    return new Limits(
        given.containsKey("concurrency")
            ? numberOrNone(given.get("concurrency"), "concurrency")
            : before.concurrency(),
        given.containsKey("perNode")
            ? numberOrNone(given.get("perNode"), "perNode")
            : before.perNode(),
        rate,
        period);
  }

  private static @Nullable Object parsed(byte[] body) {
    try {
      return Json.parse(new String(body, StandardCharsets.UTF_8));
    } catch (UnreadableJsonException e) {
      throw Problem.MALFORMED_JSON.because(String.valueOf(e.getMessage()));
    }
  }

  @SuppressWarnings("unchecked") // the keys of JSON objects are strings
  private static Map<String, @Nullable Object> rateParts(Object json) {
    if (!(json instanceof Map<?, ?> parts)) {
      throw invalid(RATE_SHAPE + ", not " + Json.write(json));
    }
    for (var name : parts.keySet()) {
      if (!(name instanceof String text) || !RATE.contains(text)) {
        throw invalid("\"" + name + "\" is no part of a rate: " + RATE_SHAPE);
      }
    }
    for (var name : RATE) {
      if (parts.get(name) == null) {
        throw invalid("the rate has no \"" + name + "\": " + RATE_SHAPE);
      }
    }
    return (Map<String, @Nullable Object>) parts;
  }

  @SuppressWarnings("unchecked") // the keys of JSON objects are strings
  private static Map<String, @Nullable Object> object(@Nullable Object json, Set<String> names) {
    if (!(json instanceof Map<?, ?> map)) {
      throw invalid("the body is not " + SHAPE);
    }
    for (var name : map.keySet()) {
      if (!names.contains(name)) {
        throw invalid("\"" + name + "\" is no limit; send " + SHAPE);
      }
    }
    return (Map<String, @Nullable Object>) map;
  }

  private static @Nullable Integer numberOrNone(@Nullable Object json, String name) {
    return json == null ? null : (Integer) number(json, name, 0);
  }

  private static int number(@Nullable Object json, String name, int least) {
    if (json instanceof Number number
        && number.doubleValue() == number.intValue()
        && number.intValue() >= least) {
      return number.intValue();
    }
    throw invalid("\"" + name + "\" is a whole number of at least " + least
        + (least == 0 ? ", or null for no limit" : "") + ", not " + Json.write(json));
  }

  private static Duration period(@Nullable Object json) {
    if (!(json instanceof String text)) {
      throw invalid("\"period\" is a text like \"1s\" or \"5m\", not " + Json.write(json));
    }
    try {
      var period = Durations.parse(text);
      if (period.toMillis() >= 1 && period.toDays() <= 366) {
        return period;
      }
    } catch (IllegalArgumentException e) {
      throw invalid("\"period\": " + e.getMessage());
    }
    throw invalid("\"period\" is between one millisecond and 366 days, not \"" + text + "\"");
  }

  private static ProblemException invalid(String what) {
    return Problem.INVALID_ARGUMENT.because(what);
  }

  private static JsonObject view(Queue queue) {
    var limits = queue.limits();
    var period = limits.period();
    var rate = period == null
        ? null
        : new JsonObject().put("starts", limits.rate()).put("period", period.toString());
    return new JsonObject()
        .put("name", queue.name())
        .put("concurrency", limits.concurrency())
        .put("perNode", limits.perNode())
        .put("rate", rate)
        .put("changed", queue.changed())
        .put("waiting", queue.waiting())
        .put("delayed", queue.delayed())
        .put("running", queue.running())
        .put("sleeping", queue.sleeping())
        .put("parked", queue.parked())
        .put("oldest", queue.oldest())
        .put(
            "blocked",
            queue.blocked().stream()
                .map(blocked -> new JsonObject()
                    .put("partition", blocked.partition())
                    .put("execution", blocked.id())
                    .put("status", blocked.status()))
                .toList());
  }
}
