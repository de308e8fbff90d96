package dev.reprise.runtime.execution;

import org.jspecify.annotations.Nullable;

/**
 * Sees to it that the execution's row is inserted once by this process: with the first commit of a business transaction,
 * with a group write, or, after a second, by the ticker. Thread-safe.
 */
final class BirthGate {
  private boolean born;
  private boolean committing;

  BirthGate(boolean born) {
    this.born = born;
  }

  /** Waits for a birth under way; true where the caller must now insert the row and then call {@link #end}. */
  synchronized boolean begin() throws InterruptedException {
    while (committing) {
      wait();
    }
    committing = !born;
    return committing;
  }

  /** The same without waiting; false also while another birth is under way. */
  synchronized boolean tryBegin() {
    if (born || committing) {
      return false;
    }
    committing = true;
    return true;
  }

  /** Ends what {@link #begin} began; the row is there or not. */
  synchronized void end(boolean nowBorn) {
    born = nowBorn;
    committing = false;
    notifyAll();
  }

  synchronized boolean isBorn() {
    return born;
  }

  @Override
  public synchronized @Nullable String toString() {
    return born ? "born" : committing ? "committing" : "unborn";
  }
}
