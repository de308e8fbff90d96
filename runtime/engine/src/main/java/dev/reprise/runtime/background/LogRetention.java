package dev.reprise.runtime.background;

import dev.reprise.runtime.store.ExpiredExecutions;
import java.time.Duration;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes from the log what is kept no longer: every few minutes from the oldest execution on, in small transactions with
 * pauses between them. On every node; the database lets one at a time. For one thread.
 */
public final class LogRetention implements Loop.Work {
  /** Between two passes. */
  static final Duration PAUSE = Duration.ofMinutes(5);

  private static final Logger LOG = LoggerFactory.getLogger(LogRetention.class);
  private static final Duration BETWEEN_PARTS = Duration.ofMillis(100);
  private static final int MOST_FAMILIES = 500;

  private final ExpiredExecutions expired;
  private UUID after = ExpiredExecutions.FIRST;
  private int families = MOST_FAMILIES;
  private long deleted;

  /** Of that log. */
  public LogRetention(ExpiredExecutions expired) {
    this.expired = expired;
  }

  @Override
  public Duration round(boolean poked) {
    ExpiredExecutions.Part part;
    try {
      part = expired.delete(after, families);
    } catch (RuntimeException e) {
      // families may be so large that the database does not answer in time
      families = Math.max(1, families / 4);
      throw e;
    }
    deleted += part.deleted();
    if (part.last() != null) {
      after = part.last();
      return BETWEEN_PARTS;
    }
    if (deleted > 0) {
      LOG.info("{} executions were deleted: they had ended before the retention", deleted);
    }
    after = ExpiredExecutions.FIRST;
    families = MOST_FAMILIES;
    deleted = 0;
    return PAUSE;
  }
}
