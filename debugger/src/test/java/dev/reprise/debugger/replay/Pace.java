package dev.reprise.debugger.replay;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Lets generated transactions wait inside until others have got on, so that many are open at once whatever the machine. In a
 * replay nobody waits. Thread-safe.
 */
final class Pace {
  private static final Duration AT_MOST = Duration.ofMillis(60);
  private static final ReentrantLock LOCK = new ReentrantLock();
  private static final Condition GOT_ON = LOCK.newCondition();
  private static int done;
  private static boolean open;

  private Pace() {}

  /** From now on transactions wait for each other, or do not. */
  static void open(boolean wait) {
    LOCK.lock();
    try {
      open = wait;
      GOT_ON.signalAll();
    } finally {
      LOCK.unlock();
    }
  }

  /** Something has ended. */
  static void gotOn() {
    LOCK.lock();
    try {
      done++;
      GOT_ON.signalAll();
    } finally {
      LOCK.unlock();
    }
  }

  /** Waits until so much more has ended, but not for long: it may be waiting for us. */
  static void linger(int more) {
    LOCK.lock();
    try {
      long left = AT_MOST.toNanos();
      int wanted = done + more;
      while (open && done < wanted && left > 0) {
        left = GOT_ON.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } finally {
      LOCK.unlock();
    }
  }
}
