package dev.reprise.runtime.store;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * The database's time as this node estimates it between two statements, plus the offset that only tests set. Instants
 * have microseconds, as PostgreSQL has. Thread-safe.
 */
public final class DatabaseClock {
  /** What is said at the beginning of a beat is that old when its end is there. */
  private static final Duration CORRECTION = Duration.ofSeconds(2);

  private final AtomicReference<Instant> last = new AtomicReference<>(Instant.MIN);
  private volatile Duration difference = Duration.ZERO;
  private volatile Duration offset = Duration.ZERO;

  /** Notes what the database said, without the offset. */
  public void observe(Instant database) {
    difference = Duration.between(Instant.now(), database);
  }

  /**
   * The time by which executions live. It does not go back when an estimate was corrected by a little, so that what is
   * created later does not seem older; where somebody set a clock, it follows.
   */
  public Instant now() {
    var estimate = Instant.now().plus(difference).plus(offset).truncatedTo(ChronoUnit.MICROS);
    return last.accumulateAndGet(
        estimate,
        (before, now) ->
            now.isBefore(before) && Duration.between(now, before).compareTo(CORRECTION) < 0
                ? before
                : now);
  }

  /** Moves the time of executions forward; for tests. */
  public synchronized void advance(Duration by) {
    if (by.isNegative()) {
      throw new IllegalArgumentException("time moves forward only, not by " + by);
    }
    offset = offset.plus(by);
  }

  /** The offset to add to {@code clock_timestamp()} in statements, in microseconds. */
  public long offsetMicros() {
    return offset.toNanos() / 1000;
  }
}
