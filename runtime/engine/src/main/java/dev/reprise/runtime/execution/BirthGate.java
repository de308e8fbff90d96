package dev.reprise.runtime.execution;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Sees to it that the execution's row is inserted once by this process: with the first commit of a business transaction,
 * with a group write, or, after a second, by the ticker. Thread-safe.
 */
final class BirthGate {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition ended = lock.newCondition();
  private boolean born;
  private boolean committing;

  BirthGate(boolean born) {
    this.born = born;
  }

  /** Waits for a birth under way; true where the caller must now insert the row and then call {@link #end}. */
  boolean begin() {
    lock.lock();
    try {
      while (committing) {
        ended.awaitUninterruptibly();
      }
      committing = !born;
      return committing;
    } finally {
      lock.unlock();
    }
  }

  /** The same without waiting; false also while another birth is under way. */
  boolean tryBegin() {
    lock.lock();
    try {
      if (born || committing) {
        return false;
      }
      committing = true;
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Ends what {@link #begin} began; the row is there or not. */
  void end(boolean nowBorn) {
    lock.lock();
    try {
      born = nowBorn;
      committing = false;
      ended.signalAll();
    } finally {
      lock.unlock();
    }
  }

  boolean isBorn() {
    lock.lock();
    try {
      return born;
    } finally {
      lock.unlock();
    }
  }
}
