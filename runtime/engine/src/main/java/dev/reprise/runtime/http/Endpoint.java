package dev.reprise.runtime.http;

import io.javalin.http.Context;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Answers the requests of one route. */
@FunctionalInterface
interface Endpoint {
  /** The answer, at once or later; what is thrown, or ends the future, is answered as {@link Failures} says. */
  CompletableFuture<Answer> answer(Context ctx);

  /** An endpoint that has its answer at once. */
  static Endpoint atOnce(Function<Context, Answer> answer) {
    return ctx -> CompletableFuture.completedFuture(answer.apply(ctx));
  }
}
