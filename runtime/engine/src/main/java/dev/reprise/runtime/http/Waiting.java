package dev.reprise.runtime.http;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/** Waits for executions without a thread. Thread-safe. */
final class Waiting {
  private final Executor responders;
  private final ConcurrentMap<Long, CompletableFuture<?>> open = new ConcurrentHashMap<>();
  private volatile boolean over;
  private final AtomicLong count = new AtomicLong();

  /**
   * With the threads that go on when a wait is over: writing to a slow client must not hold a thread of the engine.
   */
  Waiting(Executor responders) {
    this.responders = responders;
  }

  /**
   * Gives what the future gives, an execution once it has settled for instance, or nothing where it takes longer than {@code time} or somebody else gave the
   * wait up.
   *
   * @param settled is not cancelled
   */
  <T> CompletableFuture<Optional<T>> until(CompletableFuture<T> settled, Duration time) {
    if (settled.isDone()) {
      return settled.handle(Waiting::settledOrNot);
    }
    var copy = settled.copy();
    long number = count.incrementAndGet();
    open.put(number, copy);
    return copy.orTimeout(time.toMillis(), TimeUnit.MILLISECONDS)
        .handleAsync(
            (row, failure) -> {
              open.remove(number);
              return settledOrNot(row, failure);
            },
            responders);
  }

  /** Whether all waits were ended, because the server stops. */
  boolean isOver() {
    return over;
  }

  /** Ends every wait as if its time were over. */
  void endAll() {
    over = true;
    open.values().forEach(wait -> wait.completeExceptionally(new TimeoutException()));
  }

  private static <T> Optional<T> settledOrNot(T row, Throwable failure) {
    if (failure == null) {
      return Optional.of(row);
    }
    var cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (cause instanceof TimeoutException || cause instanceof CancellationException) {
      return Optional.empty();
    }
    throw new CompletionException(cause);
  }
}
