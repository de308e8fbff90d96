package dev.reprise.runtime.background;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A daemon thread that does one thing again and again: after a pause that the work itself chooses, or at once when it is
 * poked. A failure is logged and does not end it. Thread-safe; stopping before the start and stopping twice are allowed.
 */
public final class Loop implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Loop.class);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final String name;
  private final Work work;
  private final Duration afterFailure;
  private final Thread thread;
  private boolean poked;
  private boolean stopped;

  /** What is done in a round. */
  @FunctionalInterface
  public interface Work {
    /**
     * One round.
     *
     * @param poked whether somebody asked for it, rather than the time
     * @return the pause before the next
     */
    Duration round(boolean poked) throws Exception;
  }

  /** A loop, not started yet. */
  public Loop(String name, Duration afterFailure, Work work) {
    this.name = name;
    this.work = work;
    this.afterFailure = afterFailure;
    this.thread = new Thread(this::run, "reprise-" + name);
    thread.setDaemon(true);
  }

  /** Starts with a round at once; without effect on a loop that was stopped. */
  public void start() {
    lock.lock();
    try {
      if (!stopped && thread.getState() == Thread.State.NEW) {
        thread.start();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Asks for a round now; rounds asked for during one are one. */
  public void poke() {
    lock.lock();
    try {
      poked = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    boolean asked = false;
    while (!isStopped()) {
      Duration pause = afterFailure;
      try {
        pause = work.round(asked);
      } catch (InterruptedException e) {
        LOG.debug("{} is interrupted", name);
      } catch (Exception | Error e) {
        LOG.warn("{} failed; it goes on in {}", name, afterFailure, e);
      }
      asked = pause(pause);
    }
  }

  private boolean pause(Duration pause) {
    long left = pause.toNanos();
    lock.lock();
    try {
      while (!poked && !stopped && left > 0) {
        left = changed.awaitNanos(left);
      }
      boolean asked = poked;
      poked = false;
      return asked;
    } catch (InterruptedException e) {
      return false;
    } finally {
      lock.unlock();
    }
  }

  private boolean isStopped() {
    lock.lock();
    try {
      return stopped;
    } finally {
      lock.unlock();
    }
  }

  /** Ends the loop and waits for its round. */
  @Override
  public void close() {
    lock.lock();
    try {
      stopped = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    if (thread.getState() != Thread.State.NEW && thread != Thread.currentThread()) {
      try {
        thread.join(Duration.ofSeconds(10).toMillis());
        if (thread.isAlive()) {
          thread.interrupt();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
