package dev.reprise.runtime.http;

import dev.reprise.runtime.execution.Schedules;
import dev.reprise.runtime.json.JsonObject;
import dev.reprise.runtime.store.ScheduleRow;
import io.javalin.http.Context;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** The routes below {@code /v1/schedules}. */
final class ScheduleRoutes {
  private static final String SCHEDULE = "/v1/schedules/{name}";

  private final Schedules schedules;
  private final RequestBody bodies;

  ScheduleRoutes(Schedules schedules, RequestBody bodies) {
    this.schedules = schedules;
    this.bodies = bodies;
  }

  List<Route> routes() {
    return List.of(
        Route.get("/v1/schedules", Endpoint.atOnce(this::list)),
        Route.get(SCHEDULE, Endpoint.atOnce(this::shown)),
        Route.post(SCHEDULE + "/pause", Endpoint.atOnce(ctx -> change(ctx, schedules::pause))),
        Route.post(SCHEDULE + "/resume", Endpoint.atOnce(ctx -> change(ctx, schedules::resume))),
        Route.post(SCHEDULE + "/trigger", Endpoint.atOnce(this::trigger)));
  }

  private Answer list(Context ctx) {
    var unused = new QueryString(ctx.queryString(), Set.of());
    return ExecutionView.list(
        schedules.list().stream().map(ScheduleRoutes::view).toList(), null);
  }

  private Answer shown(Context ctx) {
    var unused = new QueryString(ctx.queryString(), Set.of());
    return Answer.json(200, view(schedules.find(inPath(ctx))).toString());
  }

  private Answer change(Context ctx, Function<String, ScheduleRow> change) {
    var changed = change.apply(name(ctx));
    return Answer.json(200, view(changed).toString());
  }

  private Answer trigger(Context ctx) {
    var id = schedules.trigger(name(ctx));
    return Outcome.accepted(id, "PENDING");
  }

  /** The name in the path, of a request without anything else. */
  private String name(Context ctx) {
    var unused = new QueryString(ctx.queryString(), Set.of());
    bodies.read(ctx);
    if (ctx.header(IdempotencyKey.HEADER) != null) {
      throw Problem.UNSUPPORTED_HEADER.because("schedules do not take " + IdempotencyKey.HEADER
          + ": each trigger starts an execution; call the function itself with a key");
    }
    return inPath(ctx);
  }

  private static String inPath(Context ctx) {
    var name = ctx.pathParam("name");
    if (name.chars().anyMatch(Character::isISOControl)) {
      throw Problem.UNKNOWN_SCHEDULE.because("there is no schedule of that kind");
    }
    return name;
  }

  private static JsonObject view(ScheduleRow row) {
    return new JsonObject()
        .put("name", row.name())
        .put("function", row.name())
        .put("version", row.version())
        .put("state", state(row))
        .put("cron", row.cron())
        .put("zone", row.zone())
        .put("missed", row.missed())
        .put("overlap", row.overlap())
        .put("nextAt", state(row).equals("ACTIVE") ? row.nextAt() : null)
        .put("pausedAt", row.pausedAt())
        .put("lastAt", row.lastAt())
        .put("lastExecution", row.lastId());
  }

  private static String state(ScheduleRow row) {
    if (!row.deployed()) {
      return "NOT_DEPLOYED";
    }
    return row.pausedAt() == null ? "ACTIVE" : "PAUSED";
  }
}
