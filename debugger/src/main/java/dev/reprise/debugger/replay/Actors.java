package dev.reprise.debugger.replay;

import dev.reprise.runtime.execution.Rehearsal;
import dev.reprise.runtime.store.OperationRow;
import dev.reprise.runtime.store.Position;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The code of the executions of a trace, each on threads of its own, which stop at every transaction until they are told to
 * go on. An execution begins when its first transaction is asked for. Thread-safe.
 */
final class Actors implements AutoCloseable {
  private final Rehearsal rehearsal;
  private final Executor threads;
  private final Duration patience;
  private final Map<UUID, Part> parts = new HashMap<>();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private boolean closed;

  /**
   * Of these executions.
   *
   * @param patience how long code may take from one transaction to the next
   */
  Actors(Rehearsal rehearsal, Executor threads, Duration patience, List<Script> scripts) {
    this.rehearsal = rehearsal;
    this.threads = threads;
    this.patience = patience;
    scripts.forEach(script -> parts.put(script.row().execution(), new Part(script)));
  }

  /** A thread of an execution that waits before a transaction, and runs what it is given. */
  static final class Cue {
    private static final FutureTask<Boolean> GO_ON = new FutureTask<>(() -> true);
    private final BlockingQueue<FutureTask<?>> work = new LinkedBlockingQueue<>();
    private final Rehearsal.Transaction transaction;

    private Cue(Rehearsal.Transaction transaction) {
      this.transaction = transaction;
    }

    Rehearsal.Transaction transaction() {
      return transaction;
    }

    /** Has the thread do something. */
    <T> Future<T> submit(Callable<T> task) {
      var future = new FutureTask<>(task);
      work.add(future);
      return future;
    }

    /** Lets the thread go on, with what is recorded. */
    void release() {
      work.add(GO_ON);
    }

    private void serve() {
      try {
        while (true) {
          var task = work.take();
          if (task == GO_ON) {
            return;
          }
          task.run();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private final class Part {
    private final Script script;
    private final Map<Position, Cue> cues = new HashMap<>();
    private boolean begun;
    private Rehearsal.@Nullable Result result;
    private @Nullable Throwable failure;

    Part(Script script) {
      this.script = script;
    }

    void run() {
      Rehearsal.Result came = null;
      Throwable thrown = null;
      try {
        came = rehearsal.run(script.application(), script.row(), script.log(), this::reached);
      } catch (Throwable e) {
        thrown = e;
      }
      lock.lock();
      try {
        result = came;
        failure = thrown;
        changed.signalAll();
      } finally {
        lock.unlock();
      }
    }

    private void reached(OperationRow recorded, Rehearsal.Transaction transaction) {
      var cue = new Cue(transaction);
      lock.lock();
      try {
        if (closed) {
          return;
        }
        cues.put(recorded.position(), cue);
        changed.signalAll();
      } finally {
        lock.unlock();
      }
      cue.serve();
    }

    boolean hasEnded() {
      return result != null || failure != null;
    }

    String whyItEnded() {
      if (result instanceof Rehearsal.Result.Differs differs) {
        return differs.cause();
      }
      if (failure != null) {
        return failure.toString();
      }
      if (result instanceof Rehearsal.Result.EndOfLog end) {
        return end.why();
      }
      return result instanceof Rehearsal.Result.Ended ended
          ? "it ended " + ended.status()
          : "it has not begun";
    }
  }

  /** The code did not come to where it was expected. */
  static final class DidNotCome extends Exception {
    private static final long serialVersionUID = 1;

    DidNotCome(String message) {
      super(message);
    }
  }

  /** Waits until the code has come to the call. */
  Cue await(TracedCall call) throws DidNotCome, InterruptedException {
    lock.lock();
    try {
      var part = begun(call.execution().execution());
      long left = patience.toNanos();
      while (true) {
        var cue = part.cues.get(call.operation().position());
        if (cue != null) {
          return cue;
        }
        if (part.hasEnded()) {
          throw new DidNotCome("the code ended before it came to this call: " + part.whyItEnded());
        }
        if (left <= 0) {
          throw new DidNotCome("the code did not come to this call within " + patience);
        }
        left = changed.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Waits until the code of an execution has ended; null where it does not. */
  Rehearsal.@Nullable Result end(UUID execution) throws InterruptedException {
    lock.lock();
    try {
      var part = begun(execution);
      long left = patience.toNanos();
      while (!part.hasEnded() && left > 0) {
        left = changed.awaitNanos(left);
      }
      if (part.failure != null) {
        throw new IllegalStateException("the code could not be run again", part.failure);
      }
      return part.result;
    } finally {
      lock.unlock();
    }
  }

  private Part begun(UUID execution) {
    var part = parts.get(execution);
    if (part == null) {
      throw new IllegalArgumentException("no execution " + execution + " takes part");
    }
    if (!part.begun) {
      part.begun = true;
      threads.execute(part::run);
    }
    return part;
  }

  /** Lets every thread run to its end. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      parts.values().forEach(part -> part.cues.values().forEach(Cue::release));
    } finally {
      lock.unlock();
    }
  }

  static boolean isInTime(Future<?> future, Duration atMost) throws InterruptedException {
    try {
      future.get(atMost.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (java.util.concurrent.TimeoutException e) {
      return false;
    } catch (java.util.concurrent.ExecutionException e) {
      return true;
    }
  }
}
