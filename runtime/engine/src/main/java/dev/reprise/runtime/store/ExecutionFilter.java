package dev.reprise.runtime.store;

import dev.reprise.ExecutionStatus;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which executions to list, the newest first. Null fields and empty sets do not restrict.
 *
 * @param statuses in one of these states
 * @param tags with all of these tags
 * @param from created at or after
 * @param to created before
 * @param limit how many at most, 1-1000
 * @param after the internal id of the last execution of the page before
 */
public record ExecutionFilter(
    @Nullable String function,
    Set<ExecutionStatus> statuses,
    Map<String, String> tags,
    @Nullable Instant from,
    @Nullable Instant to,
    int limit,
    @Nullable UUID after) {
  public ExecutionFilter {
    if (limit < 1 || limit > 1000) {
      throw new IllegalArgumentException("limit is between 1 and 1000, not " + limit);
    }
    statuses = Set.copyOf(statuses);
    tags = Map.copyOf(tags);
  }

  /** All that were created in a span of time. */
  public static ExecutionFilter created(Instant from, Instant to, int limit, @Nullable UUID after) {
    return new ExecutionFilter(null, Set.of(), Map.of(), from, to, limit, after);
  }
}
