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
    @Nullable String endReason) {}
