package dev.reprise.runtime.http;

import dev.reprise.runtime.execution.Engine;
import dev.reprise.runtime.execution.Post;
import dev.reprise.runtime.store.EventStore.Event;
import io.javalin.http.Context;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * {@code GET /v1/executions/{id}/events/{key}}: the latest value that was published, waited for where there is none; or all
 * values as server-sent events, for a client that asks for these.
 */
final class Events implements Endpoint {
  /** The number of the value, by which a stream can be gone on with. */
  static final String EVENT_ID = "Reprise-Event-Id";

  private static final String LAST = "Last-Event-ID";

  private final Engine engine;
  private final Waiting waiting;
  private final Duration maxWait;

  Events(Engine engine, Waiting waiting, Duration maxWait) {
    this.engine = engine;
    this.waiting = waiting;
    this.maxWait = maxWait;
  }

  @Override
  public CompletableFuture<Answer> answer(Context ctx) {
    var wait = new QueryString(ctx.queryString(), Set.of("wait")).seconds("wait");
    var id = Executions.id(ctx);
    var key = Messages.name("the key of an event", ctx.pathParam("key"));
    var accept = Gate.values(ctx, "Accept");
    if (MediaTypes.accepts(accept, MediaTypes.JSON)) {
      return value(id, key, wait);
    }
    if (!MediaTypes.accepts(accept, MediaTypes.EVENTS)) {
      throw Problem.NOT_ACCEPTABLE.because(
          "this route answers with " + MediaTypes.JSON + " or " + MediaTypes.EVENTS);
    }
    return new EventStream(engine.post(), waiting, ctx, id, key, last(ctx)).begin();
  }

  private CompletableFuture<Answer> value(String id, String key, Duration wait) {
    Post post = engine.post();
    var bounded = wait.compareTo(maxWait) > 0 ? maxWait : wait;
    if (bounded.isZero()) {
      var ended = post.progress(id).ended();
      return CompletableFuture.completedFuture(post.latest(id, key)
          .map(event -> told(id, event))
          .orElseGet(() -> nothing(id, key, ended)));
    }
    var published = post.await(id, () -> post.latest(id, key));
    return waiting.until(published, bounded).thenApply(found -> {
      published.cancel(false);
      return found.isEmpty()
          ? nothing(id, key, false)
          : found.get().map(event -> told(id, event)).orElseGet(() -> nothing(id, key, true));
    });
  }

  private static Answer told(String id, Event event) {
    return Answer.json(200, event.value())
        .with(Outcome.EXECUTION_ID, id)
        .with(EVENT_ID, String.valueOf(event.sequence()));
  }

  /** An execution that lives may publish it yet. */
  private Answer nothing(String id, String key, boolean ended) {
    if (ended) {
      throw Problem.UNKNOWN_EVENT.because(
          "execution " + id + " has ended and published nothing under " + key);
    }
    var status = engine.find(id).map(row -> row.status().name()).orElse("PENDING");
    return Outcome.accepted(id, status).with("Retry-After", "1");
  }

  private static int last(Context ctx) {
    List<String> values = Gate.values(ctx, LAST);
    if (values.isEmpty() || values.get(0).isEmpty()) {
      return 0;
    }
    if (!values.get(0).matches("[0-9]{1,9}")) {
      throw Problem.INVALID_HEADER.because(
          LAST + " is the id of an event of this stream, a whole number");
    }
    return Integer.parseInt(values.get(0));
  }
}
