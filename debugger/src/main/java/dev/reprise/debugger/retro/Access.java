package dev.reprise.debugger.retro;

import org.jspecify.annotations.Nullable;

/**
 * A part of the database that a transaction read or wrote.
 *
 * @param table {@code schema.table}; of a partition the table that it belongs to
 * @param key the row, by the text of its primary key as a row of texts, {@code (7,pen)}; null for the whole table
 */
public record Access(String table, @Nullable String key) {
  /** The whole of a table. */
  public static Access table(String table) {
    return new Access(table, null);
  }

  /** Whether the two have something in common. */
  public boolean meets(Access other) {
    return table.equals(other.table) && (key == null || other.key == null || key.equals(other.key));
  }
}
