package dev.reprise.runtime.store;

import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A schedule as the database holds it.
 *
 * @param name that of the function
 * @param version the deployment whose function runs; null where executions are not pinned
 * @param missed {@code SKIP}, {@code ONCE} or {@code ALL}
 * @param overlap {@code ALLOW} or {@code SKIP}
 * @param takesTime whether the function has a parameter for the nominal time
 * @param timeout within which its executions must end; null for no limit
 * @param nextAt the nominal time that comes next
 * @param pausedAt since when it is paused; null where it is not
 * @param lastAt the nominal time of the last run; null before the first
 * @param lastExecution the internal id of the last run
 * @param lastId the public id of the last run
 * @param deployed whether its function is active in a deployment or on a living node
 */
public record ScheduleRow( // tidy: a row has as many columns as it has
    String name,
    @Nullable String version,
    String cron,
    String zone,
    String missed,
    String overlap,
    boolean takesTime,
    @Nullable Duration timeout,
    Instant nextAt,
    @Nullable Instant pausedAt,
    @Nullable Instant lastAt,
    @Nullable UUID lastExecution,
    @Nullable String lastId,
    boolean deployed) {}
