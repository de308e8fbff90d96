package dev.reprise.runtime.http;

import dev.reprise.runtime.execution.CallRequest;
import dev.reprise.runtime.execution.Engine;
import dev.reprise.runtime.execution.Submission;
import dev.reprise.runtime.function.ArgumentBinder;
import dev.reprise.runtime.function.FunctionDefinition;
import dev.reprise.runtime.json.JsonCodec;
import dev.reprise.runtime.postgres.DatabaseFailureException;
import dev.reprise.runtime.store.ExecutionRow;
import io.javalin.http.Context;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/** {@code POST /v1/functions/{function}}. What it refuses has had no effect: it is all read before the call is made. */
final class FunctionCalls implements Endpoint {
  private static final String NOBODY = "";
  private static final Duration A_MOMENT = Duration.ofMillis(100);
  private final Engine engine;
  private final Function<FunctionDefinition, JsonCodec> codecs;
  private final RequestBody bodies;
  private final Waiting waiting;
  private final Duration maxWait;
  private final BooleanSupplier refusing;

  /**
   * All that a call needs.
   *
   * @param codecs the codec of a function's application
   * @param refusing tells whether new work is refused because the server ends
   */
  FunctionCalls(
      Engine engine,
      Function<FunctionDefinition, JsonCodec> codecs,
      RequestBody bodies,
      Waiting waiting,
      Duration maxWait,
      BooleanSupplier refusing) {
    this.engine = engine;
    this.codecs = codecs;
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
    var submission = engine.submit(request(ctx, function, patience.isOver()));
    if (patience.isOver()) {
      return CompletableFuture.completedFuture(
          patience.applied(Outcome.accepted(submission.id(), "PENDING")));
    }
    return settled(submission, patience.waitFor(), isVoid(function)).thenApply(patience::applied);
  }

  /** Whether calls of the function are answered without a body. */
  static boolean isVoid(FunctionDefinition function) {
    return function.method().getReturnType() == void.class;
  }

  private CallRequest request(Context ctx, FunctionDefinition function, boolean asynchronous) {
    var key = IdempotencyKey.parse(Gate.values(ctx, IdempotencyKey.HEADER));
    var tags = Tags.parse(Gate.values(ctx, Tags.HEADER));
    var options = QueueHeaders.parse(ctx);
    var trace = TraceParent.parse(Gate.values(ctx, TraceParent.HEADER));
    var values = new ArgumentBinder(codecs.apply(function)).bind(bodies.read(ctx), function);
    return new CallRequest(
        function, values, key.orElse(null), NOBODY, tags, asynchronous, trace, options);
  }

  private CompletableFuture<Answer> settled(Submission submission, Duration time, boolean isVoid) {
    return waiting
        .until(submission.settled(), time)
        .thenCompose(row -> row.isPresent()
            ? CompletableFuture.completedFuture(Outcome.of(row.get(), isVoid))
            : unsettled(submission, isVoid));
  }

  /** While the server ends, the log may be closed already. */
  private Optional<ExecutionRow> find(String id) {
    try {
      return engine.find(id);
    } catch (DatabaseFailureException e) {
      if (refusing.getAsBoolean()) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /** Time is over. A call may be acknowledged only once it is durable, which takes a moment at most. */
  private CompletableFuture<Answer> unsettled(Submission submission, boolean isVoid) {
    var row = find(submission.id());
    if (row.isPresent()) {
      submission.settled().cancel(false);
      return CompletableFuture.completedFuture(Outcome.of(row.get(), isVoid));
    }
    if (refusing.getAsBoolean() || submission.settled().isDone()) {
      throw Problem.SHUTTING_DOWN
          .because("the server ends before the call; whether it takes effect is open:"
              + " call again with the same Idempotency-Key")
          .with("executionId", submission.id())
          .withHeader("Retry-After", "5");
    }
    return settled(submission, A_MOMENT, isVoid);
  }
}
