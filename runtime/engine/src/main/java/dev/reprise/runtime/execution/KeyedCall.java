package dev.reprise.runtime.execution;

import dev.reprise.runtime.store.ExecutionRow;
import dev.reprise.runtime.store.NewExecution;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A call with a key that is being answered. Duplicates join and wait for the same answer, each with a wait of its own;
 * when the last gives up, the call is forgotten here. Thread-safe.
 */
final class KeyedCall {
  private final NewExecution identity;
  private final Runnable forget;
  private final CompletableFuture<ExecutionRow> answer = new CompletableFuture<>();
  private @Nullable CompletableFuture<ExecutionRow> source;
  private int waiting;
  private boolean over;

  /** A call; {@code forget} is run once nobody waits for it any more. */
  KeyedCall(NewExecution identity, Runnable forget) {
    this.identity = identity;
    this.forget = forget;
  }

  NewExecution identity() {
    return identity;
  }

  /** A wait for the answer; null where the call is over and another one has to be made. */
  @Nullable
  CompletableFuture<ExecutionRow> join() {
    synchronized (this) {
      if (over) {
        return null;
      }
      waiting++;
    }
    var own = answer.copy();
    own.whenComplete((row, failure) -> leave());
    return own;
  }

  /** The answer will come from here. */
  void answeredBy(CompletableFuture<ExecutionRow> settled) {
    synchronized (this) {
      source = settled;
    }
    settled.whenComplete((row, failure) -> {
      end();
      if (failure == null) {
        answer.complete(row);
      } else {
        answer.completeExceptionally(failure);
      }
    });
  }

  /** There will be no answer. */
  void fail(RuntimeException cause) {
    end();
    answer.completeExceptionally(cause);
  }

  private void leave() {
    CompletableFuture<ExecutionRow> abandoned;
    synchronized (this) {
      if (--waiting > 0 || over || source == null) {
        return;
      }
      abandoned = source;
    }
    end();
    abandoned.cancel(false);
  }

  private void end() {
    synchronized (this) {
      if (over) {
        return;
      }
      over = true;
    }
    forget.run();
  }
}
