package dev.reprise.runtime.http;

import dev.reprise.runtime.execution.CallRequest;
import dev.reprise.runtime.execution.Engine;
import dev.reprise.runtime.function.ArgumentBinder;
import dev.reprise.runtime.function.FunctionDefinition;
import io.javalin.http.Context;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/** {@code POST /v1/functions/{function}}. What it refuses has had no effect: it is all read before the call is made. */
final class FunctionCalls implements Endpoint {
  private static final String NOBODY = "";
  private static final List<String> LATER_HEADERS = List.of(
      "Reprise-Queue",
      "Reprise-Priority",
      "Reprise-Partition",
      "Reprise-Deduplicate",
      "Reprise-Delay");

  private final Engine engine;
  private final ArgumentBinder arguments;
  private final RequestBody bodies;
  private final Waiting waiting;
  private final Duration maxWait;
  private final BooleanSupplier refusing;

  /** {@code refusing} tells whether new work is refused because the server ends. */
  FunctionCalls(
      Engine engine,
      ArgumentBinder arguments,
      RequestBody bodies,
      Waiting waiting,
      Duration maxWait,
      BooleanSupplier refusing) {
    this.engine = engine;
    this.arguments = arguments;
    this.bodies = bodies;
    this.waiting = waiting;
    this.maxWait = maxWait;
    this.refusing = refusing;
  }

  @Override
  public CompletableFuture<Answer> answer(Context ctx) {
    if (refusing.getAsBoolean()) {
      throw Problem.SHUTTING_DOWN
          .because("this server takes no more calls; nothing was begun, try again")
          .withHeader("Retry-After", "5")
          .withHeader("Connection", "close");
    }
    var name = ctx.pathParam("function");
    var function = engine
        .function(name)
        .orElseThrow(() -> Problem.UNKNOWN_FUNCTION.because(
            "no function is named \"" + name + "\"; GET /v1/functions lists them"));
    var patience = Patience.of(Prefer.parse(Gate.values(ctx, Prefer.HEADER)), maxWait);
    var submission = engine.submit(request(ctx, function, patience.durable()));
    if (patience.waitFor().isZero()) {
      return CompletableFuture.completedFuture(
          patience.applied(Outcome.accepted(submission.id(), "PENDING")));
    }
    var isVoid = isVoid(function);
    return waiting.until(
        submission.settled(),
        patience.waitFor(),
        row -> patience.applied(Outcome.of(row, isVoid)),
        () -> patience.applied(unfinished(submission.id())));
  }

  /** Whether calls of the function are answered without a body. */
  static boolean isVoid(FunctionDefinition function) {
    return function.method().getReturnType() == void.class;
  }

  private CallRequest request(Context ctx, FunctionDefinition function, boolean durable) {
    for (var header : LATER_HEADERS) {
      if (ctx.header(header) != null) {
        throw Problem.UNSUPPORTED_HEADER.because(
            "this server does not support " + header + " yet; call without it");
      }
    }
    var key = IdempotencyKey.parse(Gate.values(ctx, IdempotencyKey.HEADER));
    var tags = Tags.parse(Gate.values(ctx, Tags.HEADER));
    var trace = TraceParent.parse(Gate.values(ctx, TraceParent.HEADER));
    var values = arguments.bind(bodies.read(ctx), function);
    return new CallRequest(function, values, key.orElse(null), NOBODY, tags, durable, trace);
  }

  /** The wait is over first: the execution as it stands, which may have ended this moment. */
  private Answer unfinished(String id) {
    var row = engine.find(id);
    if (row.isEmpty() && refusing.getAsBoolean()) {
      return Problem.SHUTTING_DOWN
          .because("the server ends before the call; whether it takes effect is open:"
              + " call again with the same Idempotency-Key")
          .with("executionId", id)
          .withHeader("Retry-After", "5")
          .answer();
    }
    var status = row.map(found -> found.status().name()).orElse("RUNNING");
    return Outcome.accepted(id, status).with("Retry-After", "1");
  }
}
