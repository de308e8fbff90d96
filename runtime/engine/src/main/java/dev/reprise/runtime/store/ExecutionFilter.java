package dev.reprise.runtime.store;

import dev.reprise.ExecutionStatus;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which executions to list, the newest first. Null fields do not restrict.
 *
 * @param tagName with {@code tagValue}: executions with this tag
 * @param from created at or after
 * @param to created before
 * @param limit how many at most, 1-1000
 * @param after the internal id of the last execution of the page before
 */
public record ExecutionFilter(
    @Nullable String function,
    @Nullable ExecutionStatus status,
    @Nullable String tagName,
    @Nullable String tagValue,
    @Nullable Instant from,
    @Nullable Instant to,
    int limit,
    @Nullable UUID after) {
  public ExecutionFilter {
    if (limit < 1 || limit > 1000) {
      throw new IllegalArgumentException("limit is between 1 and 1000, not " + limit);
    }
    if ((tagName == null) != (tagValue == null)) {
      throw new IllegalArgumentException("a tag is given as name=value");
    }
  }
}
