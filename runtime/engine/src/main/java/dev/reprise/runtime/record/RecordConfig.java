package dev.reprise.runtime.record;

import java.time.Duration;
import java.util.Optional;

/**
 * Whether and how a node records changes.
 *
 * @param mode whether
 * @param maxRetainedBytes how much of its log the server may keep for the recorder; beyond it the recording ends rather
 *     than that the disk fills up
 * @param retention how long executions stay in the log; of the history, what none of them needs is deleted. Empty where
 *     all is kept
 */
public record RecordConfig(Mode mode, long maxRetainedBytes, Optional<Duration> retention) {
  /** 10 GiB. */
  public static final long DEFAULT_MAX_RETAINED_BYTES = 10L << 30;

  /** Records nothing: the default where Reprise is embedded in an application. */
  public static final RecordConfig OFF = new RecordConfig(Mode.OFF, DEFAULT_MAX_RETAINED_BYTES);

  /** Records where the database allows it: the default of a server. */
  public static final RecordConfig AUTO = new RecordConfig(Mode.AUTO, DEFAULT_MAX_RETAINED_BYTES);

  /** Whether to record. */
  public enum Mode {
    /** Never. */
    OFF,
    /** A node does not start where the database forbids it. */
    ON,
    /** Where the database forbids it, everything else works, and health says what to grant. */
    AUTO
  }

  /** One that keeps the whole history. */
  public RecordConfig(Mode mode, long maxRetainedBytes) {
    this(mode, maxRetainedBytes, Optional.empty());
  }

  public RecordConfig {
    if (maxRetainedBytes < 1) {
      throw new IllegalArgumentException(
          "the retained log is at least 1 byte, not " + maxRetainedBytes);
    }
  }
}
