package dev.reprise.runtime.http;

import dev.reprise.runtime.telemetry.Metrics;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HandlerType;
import io.javalin.http.HttpResponseException;
import java.time.Duration;
import java.util.List;
import org.eclipse.jetty.io.EofException;

/** What happens to a request from its arrival to its answer: gate, route, answer, measurement. */
final class Pipeline {
  private static final String BEGIN = "reprise.begin";
  private static final String ROUTE = "reprise.route";

  private final Gate gate;
  private final Metrics metrics;

  Pipeline(Gate gate, Metrics metrics) {
    this.gate = gate;
    this.metrics = metrics;
  }

  /** Adds the routes, with {@code HEAD} wherever there is {@code GET}. */
  void install(RoutesConfig routes, List<Route> table) {
    routes.before(ctx -> {
      ctx.attribute(BEGIN, System.nanoTime());
      gate.handle(ctx);
    });
    for (var route : table) {
      routes.addHttpHandler(route.method(), route.path(), handler(route));
      if (route.method().equals(HandlerType.GET)) {
        routes.addHttpHandler(HandlerType.HEAD, route.path(), handler(route));
      }
    }
    routes.exception(Exception.class, (failure, ctx) -> send(ctx, failure));
    // Javalin has a handler of its own for these, which would come first.
    routes.exception(HttpResponseException.class, (failure, ctx) -> send(ctx, failure));
    routes.after(this::measure);
  }

  private Handler handler(Route route) {
    return ctx -> {
      ctx.attribute(ROUTE, route.path());
      if (!route.produces().isEmpty()
          && !MediaTypes.accepts(Gate.values(ctx, "Accept"), route.produces())) {
        throw Problem.NOT_ACCEPTABLE.because("this route answers with " + route.produces());
      }
      var answer = route.endpoint().answer(ctx);
      if (answer.isDone()) {
        send(ctx, answer.join());
      } else {
        ctx.future(() -> answer.thenAccept(given -> send(ctx, given)));
      }
    };
  }

  private static void send(Context ctx, Exception failure) {
    if (failure instanceof EofException) {
      return; // the client has gone, there is nobody to tell
    }
    send(ctx, Failures.problem(failure).answer());
  }

  private static void send(Context ctx, Answer answer) {
    if (answer.equals(Answer.SENT)) {
      return;
    }
    answer.headers().forEach(ctx::header);
    ctx.status(answer.status());
    if (answer.body().isEmpty()) {
      ctx.removeHeader("Content-Type");
    } else {
      ctx.contentType(answer.contentType()).result(answer.body());
    }
  }

  private void measure(Context ctx) {
    var method = ctx.req().getMethod();
    Long begin = ctx.attribute(BEGIN);
    String route = ctx.attribute(ROUTE);
    if (begin != null) {
      metrics.requestAnswered(
          Gate.METHODS.contains(method) ? method : "other",
          route == null ? "unknown" : route,
          ctx.statusCode(),
          Duration.ofNanos(System.nanoTime() - begin));
    }
  }
}
