package dev.reprise.debugger.history;

import org.jspecify.annotations.Nullable;

/**
 * One change of one row, or a TRUNCATE. Values are texts in the order of the relation's columns; null is SQL null, or was
 * not sent. The arrays are not to be changed.
 *
 * @param before of an update: the whole old row where the relation is {@code full}, its key where that changed, else
 *     null; of a delete: the row or its key
 * @param after of an insert or update
 * @param unchanged indexes of {@code after} whose values were not sent because they are large and did not change
 */
@SuppressWarnings("ArrayRecordComponent") // there are millions of them
public record Change(
    Relation relation,
    Kind kind,
    @Nullable String @Nullable [] before,
    @Nullable String @Nullable [] after,
    int[] unchanged) {
  /** What happened to the row. */
  public enum Kind {
    INSERT,
    UPDATE,
    DELETE,
    TRUNCATE
  }

  /** Whether the value of a column was not sent because it did not change. */
  public boolean isUnchanged(int column) {
    for (int index : unchanged) {
      if (index == column) {
        return true;
      }
    }
    return false;
  }
}
