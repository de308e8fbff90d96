package dev.reprise.runtime.http;

import dev.reprise.runtime.execution.Post;
import dev.reprise.runtime.store.EventStore.Event;
import dev.reprise.runtime.store.EventStore.Progress;
import io.javalin.http.Context;
import jakarta.servlet.ServletOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The values of one key as server-sent events, from the one after the last that the client has. While there is nothing to
 * tell it holds no thread; a comment now and then keeps the connection, and finds out that a client has gone. It ends
 * with the execution; who comes back then is answered with 204, by which browsers know that nothing more comes.
 */
final class EventStream {
  private static final Logger LOG = LoggerFactory.getLogger(EventStream.class);
  private static final Duration SILENCE = Duration.ofSeconds(15);
  private static final int AT_ONCE = 100;

  private final Post post;
  private final Waiting waiting;
  private final Context ctx;
  private final String id;
  private final String key;
  private final CompletableFuture<Answer> end = new CompletableFuture<>();
  private int last;
  private boolean begun;

  EventStream(Post post, Waiting waiting, Context ctx, String id, String key, int last) {
    this.post = post;
    this.waiting = waiting;
    this.ctx = ctx;
    this.id = id;
    this.key = key;
    this.last = last;
  }

  /** Completes when all is sent. */
  CompletableFuture<Answer> begin() {
    var progress =
        post.progress(id); // before the look, so that what comes in between is not missed
    var events = post.after(id, key, last, AT_ONCE);
    if (progress.ended() && events.isEmpty()) {
      return CompletableFuture.completedFuture(Answer.empty(204));
    }
    goOn();
    return end;
  }

  private void goOn() {
    try {
      while (true) {
        var progress = post.progress(id);
        var events = post.after(id, key, last, AT_ONCE);
        send(events.isEmpty() && begun ? "" : text(events));
        if (events.size() == AT_ONCE) {
          continue;
        }
        if (progress.ended()) {
          end.complete(Answer.SENT);
        } else {
          await(progress);
        }
        return;
      }
    } catch (IOException e) {
      LOG.debug("the reader of events of execution {} has gone", id, e);
      end.complete(Answer.SENT);
    } catch (RuntimeException e) {
      fail(e);
    }
  }

  private void await(Progress progress) {
    var more = post.beyond(id, progress.told());
    waiting
        .until(more, SILENCE)
        .thenAccept(found -> {
          boolean over = more.isDone();
          more.cancel(false);
          if (!over && !silence()) {
            end.complete(Answer.SENT);
            return;
          }
          goOn();
        })
        .exceptionally(failure -> {
          fail(
              failure instanceof CompletionException wrapped && wrapped.getCause() != null
                  ? wrapped.getCause()
                  : failure);
          return null;
        });
  }

  /** Whether the client is still there. */
  private boolean silence() {
    try {
      send(":\n\n");
      return !waiting.isOver();
    } catch (IOException e) {
      return false;
    }
  }

  /** What has been sent cannot be taken back: the client asks again from there. */
  private void fail(Throwable failure) {
    if (begun) {
      LOG.warn("the events of execution {} could not be read on", id, failure);
      end.complete(Answer.SENT);
    } else {
      end.completeExceptionally(failure);
    }
  }

  private void send(String text) throws IOException {
    if (!begun) {
      begun = true;
      ctx.status(200).contentType(MediaTypes.EVENTS);
      ctx.header(Outcome.EXECUTION_ID, id);
    }
    ServletOutputStream out = ctx.res().getOutputStream();
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  private String text(Iterable<Event> events) {
    var text = new StringBuilder(begun ? "" : ":\n\n");
    for (var event : events) {
      last = event.sequence();
      text.append("id: ")
          .append(event.sequence())
          .append("\nevent: ")
          .append(event.key())
          .append("\ndata: ")
          .append(event.value()) // JSON as it is written here has no line breaks
          .append("\n\n");
    }
    return text.toString();
  }
}
