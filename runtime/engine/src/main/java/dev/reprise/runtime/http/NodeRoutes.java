package dev.reprise.runtime.http;

import dev.reprise.runtime.json.JsonObject;
import dev.reprise.runtime.telemetry.MetricsSource;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** The routes for those who operate a node: health and measurements. */
final class NodeRoutes {
  private final HealthSource health;
  private final MetricsSource metrics;
  private final BooleanSupplier refusing;

  NodeRoutes(HealthSource health, MetricsSource metrics, BooleanSupplier refusing) {
    this.health = health;
    this.metrics = metrics;
    this.refusing = refusing;
  }

  List<Route> routes() {
    return List.of(
        Route.get(
            "/health/live",
            Endpoint.atOnce(
                ctx -> Answer.json(200, new JsonObject().put("status", "up").toString()))),
        Route.get("/health/ready", Endpoint.atOnce(this::ready)),
        new Route(
            HandlerType.GET,
            "/metrics",
            "text/plain",
            Endpoint.atOnce(ctx -> Answer.text(MediaTypes.PROMETHEUS, metrics.scrape()))));
  }

  private Answer ready(Context ctx) {
    var checks = new ArrayList<HealthSource.Check>();
    if (refusing.getAsBoolean()) {
      checks.add(new HealthSource.Check("server", false, "shutting down"));
    } else {
      checks.addAll(health.checks());
    }
    boolean ready = checks.stream().allMatch(HealthSource.Check::healthy);
    var views = checks.stream()
        .map(check -> new JsonObject()
            .put("name", check.name())
            .put("healthy", check.healthy())
            .put("detail", check.detail()))
        .toList();
    var body = new JsonObject().put("status", ready ? "up" : "down").put("checks", views);
    return Answer.json(ready ? 200 : 503, body.toString());
  }
}
