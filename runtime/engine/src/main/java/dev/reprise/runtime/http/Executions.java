package dev.reprise.runtime.http;

import dev.reprise.ExecutionStatus;
import dev.reprise.runtime.execution.Engine;
import dev.reprise.runtime.store.ExecutionFilter;
import dev.reprise.runtime.store.ExecutionRow;
import io.javalin.http.Context;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** The routes below {@code /v1/executions}. */
final class Executions {
  private static final int MOST = 1000;
  private static final int USUAL = 100;
  private static final Set<String> FILTERS =
      Set.of("function", "status", "tag", "from", "to", "limit", "cursor");

  private final Engine engine;
  private final RequestBody bodies;
  private final Waiting waiting;
  private final Duration maxWait;

  Executions(Engine engine, RequestBody bodies, Waiting waiting, Duration maxWait) {
    this.engine = engine;
    this.bodies = bodies;
    this.waiting = waiting;
    this.maxWait = maxWait;
  }

  List<Route> routes() {
    return List.of(
        Route.get("/v1/executions", Endpoint.atOnce(this::list)),
        Route.get("/v1/executions/{id}", Endpoint.atOnce(this::show)),
        Route.get("/v1/executions/{id}/operations", Endpoint.atOnce(this::operations)),
        Route.get("/v1/executions/{id}/result", this::result),
        Route.post(
            "/v1/executions/{id}/cancel", Endpoint.atOnce(ctx -> change(ctx, engine::cancel))),
        Route.post(
            "/v1/executions/{id}/resume", Endpoint.atOnce(ctx -> change(ctx, engine::resume))),
        Route.post("/v1/executions/{id}/fork", Endpoint.atOnce(this::fork)));
  }

  private Answer list(Context ctx) {
    var query = new QueryString(ctx.queryString(), FILTERS, Set.of("status", "tag"));
    int limit = query.number("limit", 1, MOST, USUAL);
    // One more than asked for tells whether there is a next page.
    var filter = new ExecutionFilter(
        query.text("function").orElse(null),
        query.texts("status").stream()
            .flatMap(text -> Arrays.stream(text.split(",")))
            .map(Executions::status)
            .collect(Collectors.toSet()),
        tags(query.texts("tag")),
        query.time("from"),
        query.time("to"),
        Math.min(limit + 1, MOST),
        query.text("cursor").map(Cursor::parse).orElse(null));
    var rows = engine.list(filter);
    var shown = rows.subList(0, Math.min(limit, rows.size()));
    boolean more = rows.size() > limit || (limit == MOST && rows.size() == MOST);
    var next = more ? Cursor.of(shown.get(shown.size() - 1).execution()) : null;
    return ExecutionView.list(shown.stream().map(ExecutionView::of).toList(), next);
  }

  private Answer show(Context ctx) {
    withoutQuery(ctx);
    return Answer.json(200, ExecutionView.of(find(id(ctx))).toString());
  }

  private Answer operations(Context ctx) {
    withoutQuery(ctx);
    var id = id(ctx);
    var rows = engine.operations(id).orElseThrow(() -> unknown(id));
    return ExecutionView.list(rows.stream().map(ExecutionView::of).toList(), null);
  }

  private CompletableFuture<Answer> result(Context ctx) {
    var wait = new QueryString(ctx.queryString(), Set.of("wait")).seconds("wait");
    var id = id(ctx);
    var row = find(id);
    if (wait.isZero() || row.isSettled()) {
      return CompletableFuture.completedFuture(outcome(row));
    }
    var settled = engine.whenSettled(id);
    var bounded = wait.compareTo(maxWait) > 0 ? maxWait : wait;
    return waiting.until(settled, bounded).thenApply(ended -> {
      settled.cancel(false);
      return outcome(ended.orElseGet(() -> find(id)));
    });
  }

  private Answer change(Context ctx, Consumer<String> change) {
    withoutQuery(ctx);
    bodies.read(ctx);
    var id = id(ctx);
    change.accept(id);
    return Outcome.accepted(id, find(id).status().name());
  }

  private Answer fork(Context ctx) {
    var query = new QueryString(ctx.queryString(), Set.of("from", "version"));
    bodies.read(ctx);
    if (ctx.header(IdempotencyKey.HEADER) != null) {
      throw Problem.UNSUPPORTED_HEADER.because("forks do not take " + IdempotencyKey.HEADER
          + ": each request makes one; look for forkedFrom before you repeat it");
    }
    var id = id(ctx);
    var fork =
        engine.fork(id, query.text("from").orElse(null), query.text("version").orElse(null));
    return Answer.json(
            201,
            ExecutionView.brief(fork, ExecutionStatus.PENDING.name())
                .put("forkedFrom", id)
                .toString())
        .with("Location", Outcome.location(fork))
        .with(Outcome.EXECUTION_ID, fork);
  }

  private Answer outcome(ExecutionRow row) {
    return Outcome.of(
        row, engine.function(row.function()).map(FunctionCalls::isVoid).orElse(false));
  }

  private ExecutionRow find(String id) {
    return engine.find(id).orElseThrow(() -> unknown(id));
  }

  /** The id in the path; one with a character that no id has, and the database no text, is not looked for. */
  static String id(Context ctx) {
    var id = ctx.pathParam("id");
    if (id.chars().anyMatch(Character::isISOControl)) {
      throw unknown("of that kind");
    }
    return id;
  }

  private static ProblemException unknown(String id) {
    return Problem.UNKNOWN_EXECUTION.because("there is no execution " + id);
  }

  private static void withoutQuery(Context ctx) {
    new QueryString(ctx.queryString(), Set.of());
  }

  private static ExecutionStatus status(String text) {
    try {
      return ExecutionStatus.valueOf(text.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw QueryString.invalid(
          "status", "one of " + Arrays.toString(ExecutionStatus.values()), text);
    }
  }

  private static Map<String, String> tags(List<String> texts) {
    var tags = new HashMap<String, String>();
    for (var text : texts) {
      var parts = text.split("[:=]", 2);
      if (parts.length < 2 || parts[0].isEmpty()) {
        throw QueryString.invalid("tag", "name:value", text);
      }
      if (tags.put(parts[0], parts[1]) != null) {
        throw Problem.INVALID_QUERY.because("tag " + parts[0] + " is given twice");
      }
    }
    return tags;
  }
}
