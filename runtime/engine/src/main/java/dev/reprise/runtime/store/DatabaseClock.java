package dev.reprise.runtime.store;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * The database's time as this node estimates it between two statements, plus the offset that only tests set. Instants
 * have microseconds, as PostgreSQL has. Thread-safe.
 */
public final class DatabaseClock {
  private volatile Duration difference = Duration.ZERO;
  private volatile Duration offset = Duration.ZERO;

  /** Notes what the database said, without the offset. */
  public void observe(Instant database) {
    difference = Duration.between(Instant.now(), database);
  }

  /** The time by which executions live. */
  public Instant now() {
    return Instant.now().plus(difference).plus(offset).truncatedTo(ChronoUnit.MICROS);
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
