package dev.reprise.runtime.record;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A message of the output plugin {@code pgoutput}, protocol version 1. Positions are byte offsets into the log. */
sealed interface StreamMessage {
  /** A transaction, whose changes follow up to its {@link Commit}. */
  record Begin(long commitLsn, int lowerTransactionId) implements StreamMessage {}

  /** Its end; {@code commitLsn} is where its commit record begins, {@code endLsn} is behind it. */
  record Commit(long commitLsn, long endLsn, Instant committedAt) implements StreamMessage {}

  /** What the rows of a table look like from now on. */
  record Relation(long oid, String schema, String table, boolean full, List<Column> columns)
      implements StreamMessage {}

  /** A column with a stored value. */
  record Column(String name, long type, int modifier, boolean key) {}

  /** The name of a type that is not built in. */
  record Type(long oid, String schema, String name) implements StreamMessage {}

  /** A row was inserted, updated or deleted. */
  record Row(
      ChangeKind kind,
      long oid,
      @Nullable Tuple before,
      @Nullable Tuple after) implements StreamMessage {}

  /** Tables were emptied. */
  record Truncate(List<Long> oids) implements StreamMessage {}

  /** Somebody wrote a message into the log. */
  record Note(String prefix) implements StreamMessage {}

  /** Something that does not matter here. */
  record Other(char tag) implements StreamMessage {}

  /**
   * The values of a row.
   *
   * @param values in the order of the columns; null for SQL's null and for what was not sent
   * @param unchanged the indexes, from 0, of large values that were not sent because they did not change
   */
  record Tuple(List<@Nullable String> values, List<Integer> unchanged) {}
}
