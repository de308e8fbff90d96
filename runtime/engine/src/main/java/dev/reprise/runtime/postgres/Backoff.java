package dev.reprise.runtime.postgres;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;

/**
 * A bounded, jittered, exponential backoff. Immutable; deterministic for a given random generator.
 *
 * @param min the upper bound of the first delay
 * @param max the upper bound of every delay
 * @param attempts how often something is tried in all, at least once
 */
public record Backoff(Duration min, Duration max, int attempts) {
  public Backoff {
    if (min.isZero() || min.isNegative() || max.compareTo(min) < 0) {
      throw new IllegalArgumentException(
          "a backoff needs 0 < min <= max, not min " + min + " and max " + max);
    }
    if (attempts < 1) {
      throw new IllegalArgumentException("attempts is at least 1, not " + attempts);
    }
  }

  /** Whether another attempt is due after so many failures. */
  public boolean allows(int failures) {
    return failures < attempts;
  }

  /** How long to wait after the given failure, counted from 1: between half and the whole of the doubled bound. */
  public Duration delay(int failures, RandomGenerator random) {
    int doublings = Math.min(Math.max(failures, 1) - 1, 30);
    Duration doubled = min.multipliedBy(1L << doublings);
    long bound = (doubled.compareTo(max) < 0 ? doubled : max).toNanos();
    return Duration.ofNanos(bound / 2 + random.nextLong(bound - bound / 2) + 1);
  }

  /**
   * Waits on this thread.
   *
   * @throws InterruptedException the thread was interrupted; its flag is cleared
   */
  public static void await(Duration delay) throws InterruptedException {
    long end = System.nanoTime() + delay.toNanos();
    for (long left = delay.toNanos(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
      if (Thread.interrupted()) {
        throw new InterruptedException("interrupted while waiting for the next attempt");
      }
    }
  }
}
