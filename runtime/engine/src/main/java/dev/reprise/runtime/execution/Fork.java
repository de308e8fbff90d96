package dev.reprise.runtime.execution;

import dev.reprise.Branch;
import dev.reprise.Call;
import dev.reprise.runtime.store.Position;
import dev.reprise.spi.CurrentExecution;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** A branch that runs on a thread of its own. Thread-safe. */
final class Fork<T extends @Nullable Object, X extends Exception>
    implements Branch<T, X>, Runnable, Comparable<Fork<?, ?>> {
  private final WorkflowScope scope;
  private final Call<T, X> call;
  private @Nullable T result;
  private @Nullable Throwable thrown;
  private boolean adopted;
  private volatile boolean ended;

  Fork(WorkflowScope scope, Call<T, X> call) {
    this.scope = scope;
    this.call = call;
  }

  void start() {
    scope.run().forks().add(this);
    scope.run().waits().enter();
    try {
      scope.run().services().threads().execute(this);
    } catch (RejectedExecutionException e) {
      thrown = e;
      ended = true;
      scope.run().waits().leave();
      throw scope.run().halt(Unwinding.Reason.ABANDONED, "the node takes no more work");
    }
  }

  @Override
  public void run() {
    var before = CurrentExecution.set(scope);
    try {
      result = call.run();
    } catch (Throwable e) {
      thrown = e;
    } finally {
      CurrentExecution.set(before);
      ended = true;
      scope.run().waits().leave();
    }
  }

  @Override
  public T get() throws X {
    if (!(CurrentExecution.get() instanceof WorkflowScope joiner) || joiner.run() != scope.run()) {
      throw new IllegalStateException(
          "a branch can be waited for only by the workflow that began it");
    }
    joiner.run().requireGoingForCall();
    // also while the execution is being ended: the branch may have recorded calls to go through
    joiner.waitFor(new WaitRoom.Wait(() -> ended, null, false, true, null));
    return outcome(joiner);
  }

  @SuppressWarnings("NullAway") // T says itself whether it may be null
  private T outcome(WorkflowScope joiner) {
    synchronized (this) {
      if (!adopted) {
        adopted = true;
        joiner.adopt(scope);
      }
    }
    if (thrown != null) {
      throw Sneaky.raise(thrown);
    }
    return result;
  }

  boolean hasEnded() {
    return ended;
  }

  /** Whether the branch ran to its end, so that nothing of it is left to be closed. */
  boolean isComplete() {
    return ended && !(thrown instanceof Unwinding);
  }

  boolean isAdopted() {
    synchronized (this) {
      return adopted;
    }
  }

  WorkflowScope scope() {
    return scope;
  }

  @Override
  public int compareTo(Fork<?, ?> other) {
    return prefix().compareTo(other.prefix());
  }

  private Position prefix() {
    if (scope.log().prefix() == null) {
      throw new IllegalStateException("a fork has a prefix");
    }
    return scope.log().prefix();
  }
}
