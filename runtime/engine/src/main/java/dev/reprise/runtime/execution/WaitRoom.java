package dev.reprise.runtime.execution;

import dev.reprise.runtime.store.DatabaseClock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Where the branches of one run wait. While any branch works, the others wait here with their threads. Once all wait, the
 * run lingers for a moment, because a child is often quick, and is then suspended: every waiting branch is unwound.
 *
 * <p>Thread-safe: one lock, one condition; waits are few.
 */
final class WaitRoom {
  private static final Duration LINGER = Duration.ofMillis(200);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final DatabaseClock clock;
  private final Consumer<Wait> guard;
  private final Runnable suspend;
  private final Set<Wait> waits = new LinkedHashSet<>();
  private int active = 1;
  private long idleSince;

  /**
   * For a run with one active branch.
   *
   * @param guard throws where the wait must not go on
   * @param suspend called once, under the lock, when everything waits
   */
  WaitRoom(DatabaseClock clock, Consumer<Wait> guard, Runnable suspend) {
    this.clock = clock;
    this.guard = guard;
    this.suspend = suspend;
  }

  /**
   * What a branch waits for.
   *
   * @param done whether the wait is over, apart from the time
   * @param until when it is over at the latest; null for not by time
   * @param maybeSoon whether it may be over within a moment
   * @param evenClosing whether it goes on while the execution is being ended: what is waited for ends by itself then
   * @param topic of the messages that may end it; null for none
   */
  record Wait(
      BooleanSupplier done,
      @Nullable Instant until,
      boolean maybeSoon,
      boolean evenClosing,
      @Nullable String topic) {
    Wait(BooleanSupplier done, @Nullable Instant until, boolean maybeSoon) {
      this(done, until, maybeSoon, false, null);
    }

    boolean isOver(Instant now) {
      return done.getAsBoolean() || until != null && !now.isBefore(until);
    }
  }

  /** A branch begins to work. */
  void enter() {
    lock.lock();
    try {
      active++;
    } finally {
      lock.unlock();
    }
  }

  /** A branch has ended. */
  void leave() {
    lock.lock();
    try {
      becomeIdle();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Something changed that a wait may depend on. */
  void signal() {
    signal(() -> {});
  }

  /** The same; the change is made under the lock, so that no decision to suspend falls between it and what it says. */
  void signal(Runnable change) {
    lock.lock();
    try {
      change.run();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits; throws what the guard throws, in particular when the run is suspended. */
  void await(Wait wait) {
    boolean interrupted = false;
    lock.lock();
    try {
      waits.add(wait);
      becomeIdle();
      changed.signalAll();
      while (!wait.isOver(clock.now())) {
        guard.accept(wait);
        if (active == 0 && mustSuspend()) {
          suspend.run();
          changed.signalAll();
          guard.accept(wait);
        }
        interrupted |= park(wait.until());
      }
    } finally {
      waits.remove(wait);
      active++;
      lock.unlock();
      restore(interrupted);
    }
  }

  /** Waits on the thread, without giving the run up: for a step and for the pause between its attempts. */
  boolean hold(BooleanSupplier done, Duration atMost) {
    long end = System.nanoTime() + atMost.toNanos();
    var wait = new Wait(done, null, false);
    boolean interrupted = false;
    lock.lock();
    try {
      while (!done.getAsBoolean()) {
        guard.accept(wait);
        long left = end - System.nanoTime();
        if (left <= 0) {
          return false;
        }
        interrupted |= awaitNanos(left);
      }
      return true;
    } finally {
      lock.unlock();
      restore(interrupted);
    }
  }

  /** Waits until all branches but the calling one have ended or been unwound; they must have been told to. */
  void awaitOthers(BooleanSupplier othersEnded) {
    lock.lock();
    try {
      while (!othersEnded.getAsBoolean()) {
        changed.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Whether nothing moves, nor is about to, but for so many branches that count as working. */
  boolean restsBut(int working) {
    lock.lock();
    try {
      Instant now = clock.now();
      return active <= working && waits.stream().noneMatch(wait -> wait.isOver(now));
    } finally {
      lock.unlock();
    }
  }

  /** The earliest time by which a waiting branch must go on; null for none. */
  @Nullable
  Instant earliest() {
    lock.lock();
    try {
      return waits.stream()
          .map(Wait::until)
          .filter(Objects::nonNull)
          .min(Instant::compareTo)
          .orElse(null);
    } finally {
      lock.unlock();
    }
  }

  /** The topics whose messages are waited for. */
  Set<String> topics() {
    lock.lock();
    try {
      return waits.stream()
          .map(Wait::topic)
          .filter(Objects::nonNull)
          .collect(Collectors.toUnmodifiableSet());
    } finally {
      lock.unlock();
    }
  }

  private void becomeIdle() {
    active--;
    if (active == 0) {
      idleSince = System.nanoTime();
    }
  }

  private boolean mustSuspend() {
    Instant now = clock.now();
    if (waits.stream().anyMatch(w -> w.isOver(now))) {
      return false;
    }
    if (System.nanoTime() - idleSince >= LINGER.toNanos()) {
      return true;
    }
    Instant soon = now.plus(LINGER);
    return waits.stream()
        .noneMatch(w -> w.maybeSoon() || w.until() != null && w.until().isBefore(soon));
  }

  private boolean park(@Nullable Instant until) {
    long nanos = Long.MAX_VALUE;
    if (until != null) {
      nanos = Math.max(1, Duration.between(clock.now(), until).toMillis()) * 1_000_000;
    }
    if (active == 0) {
      nanos = Math.min(nanos, Math.max(1, LINGER.toNanos() - (System.nanoTime() - idleSince)));
    }
    return awaitNanos(nanos);
  }

  /** Tells whether user code had interrupted its own thread, by which a durable wait is not ended. */
  @SuppressWarnings("WaitNotInLoop") // the callers loop
  private boolean awaitNanos(long nanos) {
    try {
      var unused = changed.awaitNanos(nanos);
      return false;
    } catch (InterruptedException e) {
      return true;
    }
  }

  private static void restore(boolean interrupted) {
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
