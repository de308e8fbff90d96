package dev.reprise.debugger.retro;

import dev.reprise.Isolation;
import dev.reprise.runtime.execution.Rehearsal;
import dev.reprise.runtime.function.Policy;
import dev.reprise.runtime.store.OperationRow;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * A thread of an execution that has come to a transaction and waits before it. It runs what it is given, until it is given
 * the outcome. Thread-safe.
 */
final class Cue {
  private static final FutureTask<Boolean> GO_ON = new FutureTask<>(() -> true);

  private final Request request;
  private final Rehearsal.NewCall call;
  private final Rehearsal.Transaction transaction;
  private final BlockingQueue<FutureTask<?>> work = new LinkedBlockingQueue<>();
  private volatile @Nullable OperationRow outcome;

  Cue(Request request, Rehearsal.NewCall call, Rehearsal.Transaction transaction) {
    this.request = request;
    this.call = call;
    this.transaction = transaction;
  }

  /** Whose thread it is. */
  Request request() {
    return request;
  }

  Rehearsal.NewCall call() {
    return call;
  }

  Rehearsal.Transaction transaction() {
    return transaction;
  }

  Isolation isolation() {
    return policy().isolation();
  }

  Policy.OfTransaction policy() {
    return (Policy.OfTransaction) transaction.function().policy();
  }

  /** The execution's id and the position in this run. */
  String label() {
    return request.id() + "@" + call.position();
  }

  /** The branch: the position without its last number; empty for the main branch. */
  String branch() {
    return Branches.of(call.position());
  }

  /** Has the thread do something. */
  <T> Future<T> submit(Callable<T> task) {
    var future = new FutureTask<>(task);
    work.add(future);
    return future;
  }

  /** Lets the thread go on; null ends the run there. */
  void release(@Nullable OperationRow row) {
    outcome = row;
    work.add(GO_ON);
  }

  /** What the thread does until it may go on. */
  @Nullable
  OperationRow serve() {
    try {
      while (true) {
        var task = work.take();
        if (task == GO_ON) {
          return outcome;
        }
        task.run();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
  }
}
