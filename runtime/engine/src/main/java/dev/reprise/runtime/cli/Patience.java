package dev.reprise.runtime.cli;

import java.time.Duration;

/** How long a command goes on to ask a server, which holds each request only for so long. Not thread-safe. */
final class Patience {
  private static final int HELD_SECONDS = 30;

  private final long end;

  /**
   * From now on.
   *
   * @throws IllegalArgumentException for less than nothing
   */
  Patience(int seconds) {
    if (seconds < 0) {
      throw new IllegalArgumentException(
          "--wait is a number of seconds, 0 for no wait, not " + seconds);
    }
    end = System.nanoTime() + Duration.ofSeconds(seconds).toNanos();
  }

  boolean isOver() {
    return System.nanoTime() - end >= 0;
  }

  /** For how many seconds the next request may be held: rounded up, so that it is not asked in haste. */
  long next() {
    long left = Math.max(0, end - System.nanoTime());
    return Math.min(HELD_SECONDS, (left + 999_999_999) / 1_000_000_000);
  }
}
