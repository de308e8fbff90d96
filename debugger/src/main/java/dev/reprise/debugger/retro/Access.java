package dev.reprise.debugger.retro;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A part of the database that a transaction read or wrote.
 *
 * @param table {@code schema.table}; of a partition the table that it belongs to
 * @param key of a row the text of its primary key as a row of texts, {@code (7,pen)}, or of a value in another unique index,
 *     {@code pen_name=(blue)}; of gaps and entries the name of the index; null for the whole table
 */
public record Access(String table, @Nullable String key, Kind kind) {

  /** What of a table it is. */
  public enum Kind {
    /** All of it. */
    TABLE,
    /** A row, or a value that is unique. */
    ROW,
    /** Read: that an index has no other entries where it was searched. Which part of it that was is not told. */
    GAPS,
    /** Written: entries of an index that came or went. */
    ENTRIES
  }

  /** Says that only a whole table has no key. */
  public Access {
    if ((key == null) != (kind == Kind.TABLE)) {
      throw new IllegalArgumentException("a key goes with anything but a whole table");
    }
  }

  /** A row, or the whole table where there is no key. */
  public Access(String table, @Nullable String key) {
    this(table, key, key == null ? Kind.TABLE : Kind.ROW);
  }

  /** The whole of a table. */
  public static Access table(String table) {
    return new Access(table, null);
  }

  /** What is not in an index. */
  public static Access gaps(String table, String index) {
    return new Access(table, index, Kind.GAPS);
  }

  /** Some entries of an index, whichever. */
  public static Access entries(String table, String index) {
    return new Access(table, index, Kind.ENTRIES);
  }

  /** Whether the two have something in common: the same row, or an index's gaps and entries. Symmetric. */
  public boolean meets(Access other) {
    if (!table.equals(other.table)) {
      return false;
    }
    if (kind == Kind.TABLE || other.kind == Kind.TABLE) {
      return true;
    }
    return Objects.equals(key, other.key)
        && switch (kind) {
          case ROW -> other.kind == Kind.ROW;
          case GAPS -> other.kind == Kind.ENTRIES;
          case ENTRIES -> other.kind == Kind.GAPS;
          case TABLE -> true;
        };
  }
}
