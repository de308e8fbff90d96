package dev.reprise.runtime.http;

import dev.reprise.runtime.execution.Engine;
import dev.reprise.runtime.execution.Names;
import dev.reprise.runtime.execution.Post;
import dev.reprise.runtime.function.Durations;
import dev.reprise.runtime.json.Json;
import dev.reprise.runtime.json.UnreadableJsonException;
import dev.reprise.runtime.store.MessageStore;
import dev.reprise.runtime.store.MessageStore.Outgoing;
import io.javalin.http.Context;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * {@code POST /v1/executions/{id}/messages/{topic}}: a message, whose body is any JSON but null. With {@code Prefer: wait=N}
 * it is a request, which is answered with what the workflow replies.
 */
final class Messages implements Endpoint {
  private static final String DELAY = "Reprise-Delay";

  private final Engine engine;
  private final RequestBody bodies;
  private final Waiting waiting;
  private final Duration maxWait;

  Messages(Engine engine, RequestBody bodies, Waiting waiting, Duration maxWait) {
    this.engine = engine;
    this.bodies = bodies;
    this.waiting = waiting;
    this.maxWait = maxWait;
  }

  @Override
  public CompletableFuture<Answer> answer(Context ctx) {
    var unused = new QueryString(ctx.queryString(), Set.of());
    var id = Executions.id(ctx);
    var topic = name("a topic", ctx.pathParam("topic"));
    var key = IdempotencyKey.parse(Gate.values(ctx, IdempotencyKey.HEADER)).orElse(null);
    var wait = Prefer.parse(Gate.values(ctx, Prefer.HEADER)).waitFor();
    var message = new Outgoing(id, topic, json(bodies.read(ctx)), delay(ctx), key);
    int sequence = engine.post().send(message).sequence();
    if (wait == null || wait.isZero()) {
      return CompletableFuture.completedFuture(accepted(id));
    }
    return replied(id, sequence, wait);
  }

  private CompletableFuture<Answer> replied(String id, int sequence, Duration asked) {
    var bounded = asked.compareTo(maxWait) > 0 ? maxWait : asked;
    Post post = engine.post();
    CompletableFuture<Optional<MessageStore.Answer>> answered =
        post.await(id, () -> post.answer(id, sequence));
    return waiting.until(answered, bounded).thenApply(found -> {
      answered.cancel(false);
      if (found.isEmpty()) {
        return accepted(id);
      }
      var given = found
          .get()
          .orElseThrow(() -> Problem.EXECUTION_ENDED.because(
              "execution " + id + " has ended without an answer to this message"));
      if (given.refusal() != null) {
        throw Problem.REQUEST_REFUSED
            .because(String.valueOf(Json.parse(given.refusal())))
            .with("executionId", id);
      }
      return Answer.json(200, String.valueOf(given.reply())).with(Outcome.EXECUTION_ID, id);
    });
  }

  private Answer accepted(String id) {
    var status = engine.find(id).map(row -> row.status().name()).orElse("PENDING");
    return Outcome.accepted(id, status);
  }

  private static String json(byte[] body) {
    if (body.length == 0) {
      throw Problem.MISSING_ARGUMENT.because("a message is the body of the request, any JSON");
    }
    try {
      var text =
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
      var value = Json.parse(text);
      if (value == null) {
        throw Problem.INVALID_ARGUMENT.because("a message must not be null");
      }
      return Json.write(value);
    } catch (CharacterCodingException e) {
      throw Problem.MALFORMED_JSON.because("the body is not UTF-8");
    } catch (UnreadableJsonException e) {
      throw Problem.MALFORMED_JSON.because(String.valueOf(e.getMessage()));
    }
  }

  private static Duration delay(Context ctx) {
    var values = Gate.values(ctx, DELAY);
    if (values.isEmpty()) {
      return Duration.ZERO;
    }
    try {
      return Durations.parse(values.get(0));
    } catch (IllegalArgumentException e) {
      throw Problem.INVALID_HEADER.because(DELAY + ": " + e.getMessage());
    }
  }

  /** A part of the path that is a topic or the key of an event. */
  static String name(String what, String text) {
    try {
      return Names.require(what, text);
    } catch (IllegalArgumentException e) {
      throw Problem.INVALID_NAME.because(String.valueOf(e.getMessage()));
    }
  }
}
