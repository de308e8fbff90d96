package dev.reprise.debugger.history;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One uninterrupted recording.
 *
 * @param base what the base copy saw
 * @param baseLsn where the changes begin
 * @param recorded everything that was committed before it is there
 * @param endedAt null while it is recorded
 * @param endReason likewise
 * @param retention where what was before is deleted: for how long executions were kept; null where this is all there was
 */
public record Epoch(
    int epoch,
    Snapshot base,
    Lsn baseLsn,
    Lsn recorded,
    String systemIdentifier,
    int timeline,
    String serverVersion,
    String database,
    Instant beganAt,
    @Nullable Instant endedAt,
    @Nullable String endReason,
    @Nullable String retention) {
  /** Why there is nothing before it, for the end of a message. */
  public String whyNotEarlier() {
    return retention == null
        ? "the recording began then"
        : "what was before is deleted, because executions are kept for " + retention
            + " (the setting retention)";
  }
}
