package dev.reprise.debugger.history;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The application's schema from about a position on.
 *
 * @param seen where it was found to be so, a second or so after it became so
 * @param seenAt when
 * @param snapshot whoever sees all that it sees, sees this schema or a later one; null where that is not recorded
 * @param madeBy the transactions that made it of the one before: whoever sees all of them, sees it; empty where that left no
 *     trace, null where it is not recorded
 * @param ddl JSON as {@link dev.reprise.runtime.record.SchemaReader} writes it
 */
public record SchemaVersion(
    Lsn seen,
    Instant seenAt,
    @Nullable Snapshot snapshot,
    @Nullable List<Long> madeBy,
    String ddl) {
  /** Copies the list. */
  public SchemaVersion {
    madeBy = madeBy == null ? null : List.copyOf(madeBy);
  }

  /** Whether it is known who made it. */
  public boolean hasMakers() {
    return madeBy != null && !madeBy.isEmpty();
  }

  /** Those who made it, as far as they are known. */
  public List<Long> makers() {
    return madeBy == null ? List.of() : madeBy;
  }
}
