package dev.reprise.runtime.execution;

import dev.reprise.ExecutionEndedException;
import dev.reprise.RequestRefusedException;
import dev.reprise.runtime.json.Json;
import dev.reprise.runtime.json.JsonCodec;
import dev.reprise.runtime.store.MessageStore.Accepted;
import dev.reprise.runtime.store.MessageStore.Answer;
import dev.reprise.runtime.store.MessageStore.Outgoing;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Messages and events for callers in this process, as Java values. Thread-safe. */
public final class LocalPost {
  private final Post post;
  private final JsonCodec codec = new JsonCodec();

  /** Through that post. */
  public LocalPost(Post post) {
    this.post = post;
  }

  /** Sends a message; null for no key. */
  public Accepted send(
      String id, String topic, Object message, Duration delay, @Nullable String key) {
    Names.require("a topic", topic);
    var later = delay.isNegative() ? Duration.ZERO : delay;
    return post.send(
        new Outgoing(id, topic, Messaging.encode(codec, "a message", message), later, key));
  }

  /** Sends a message and waits for the answer. */
  public <R> Optional<R> request(
      String id, String topic, Object message, Class<R> type, Duration timeout)
      throws InterruptedException {
    int sequence = send(id, topic, message, Duration.ZERO, null).sequence();
    var wait = post.<Answer>await(id, () -> post.answer(id, sequence));
    var answer = within(wait, timeout);
    if (answer.isEmpty()) {
      if (wait.isDone() && !wait.isCancelled()) {
        throw new ExecutionEndedException("execution " + id + " has ended without an answer");
      }
      return Optional.empty();
    }
    var refusal = answer.get().refusal();
    if (refusal != null) {
      throw new RequestRefusedException(String.valueOf(Json.parse(refusal)));
    }
    return Optional.ofNullable(
        type.cast(codec.decode(String.valueOf(answer.get().reply()), type)));
  }

  /** The latest value of an event. */
  public <T> Optional<T> event(String id, String key, Class<T> type, Duration timeout)
      throws InterruptedException {
    Names.require("the key of an event", key);
    return within(post.await(id, () -> post.latest(id, key)), timeout)
        .flatMap(event -> Optional.ofNullable(type.cast(codec.decode(event.value(), type))));
  }

  private static <T> Optional<T> within(CompletableFuture<Optional<T>> wait, Duration timeout)
      throws InterruptedException {
    try {
      return wait.get(Math.max(0, timeout.toMillis()), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      wait.cancel(false);
      return Optional.empty();
    } catch (InterruptedException e) {
      wait.cancel(false);
      throw e;
    } catch (ExecutionException e) {
      var cause = e.getCause() instanceof CompletionException inner && inner.getCause() != null
          ? inner.getCause()
          : e.getCause();
      throw cause instanceof RuntimeException failure
          ? failure
          : new IllegalStateException("the wait failed", cause);
    }
  }
}
