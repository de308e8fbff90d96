package dev.reprise.runtime.http;

import dev.reprise.runtime.store.ExecutionRow;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;

/** Waits for the end of executions without a thread. Thread-safe. */
final class Waiting {
  private final Executor responders;
  private final ConcurrentMap<Long, CompletableFuture<ExecutionRow>> open =
      new ConcurrentHashMap<>();
  private final AtomicLong count = new AtomicLong();

  /**
   * With the threads that go on when a wait is over: writing to a slow client must not hold a thread of the engine.
   */
  Waiting(Executor responders) {
    this.responders = responders;
  }

  /**
   * Gives {@code onSettled} of the execution, or {@code onTimeout} where it takes longer than {@code wait}.
   *
   * @param settled is not cancelled: others may wait for it too
   */
  CompletableFuture<Answer> until(
      CompletableFuture<ExecutionRow> settled,
      Duration wait,
      Function<ExecutionRow, Answer> onSettled,
      Supplier<Answer> onTimeout) {
    if (settled.isDone()) {
      return settled.thenApply(onSettled);
    }
    var copy = settled.copy();
    long number = count.incrementAndGet();
    open.put(number, copy);
    return copy.orTimeout(wait.toMillis(), TimeUnit.MILLISECONDS)
        .handleAsync(
            (row, failure) -> {
              open.remove(number);
              return failure == null ? onSettled.apply(row) : failed(failure, onTimeout);
            },
            responders);
  }

  /** Ends every wait as if its time were over. */
  void endAll() {
    open.values().forEach(wait -> wait.completeExceptionally(new TimeoutException()));
  }

  private static Answer failed(Throwable failure, Supplier<Answer> onTimeout) {
    if (failure instanceof TimeoutException) {
      return onTimeout.get();
    }
    throw new CompletionException(failure);
  }
}
