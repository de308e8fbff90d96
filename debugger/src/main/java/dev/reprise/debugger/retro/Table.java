package dev.reprise.debugger.retro;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A table as footprints need it. Immutable.
 *
 * @param name {@code schema.table}
 * @param sqlName the same, quoted
 * @param label the name of the partitioned table it belongs to; else its own
 * @param isPartitioned whether its rows are in partitions
 * @param watched whether its changes are captured row by row
 * @param columns in order, with their families: values of one family are equal if and only if their texts are; empty where a
 *     type has equal values with different texts, as {@code numeric}
 * @param key columns of the primary key; empty where there is none, or one whose texts do not tell
 */
record Table(
    long oid,
    String name,
    String sqlName,
    String label,
    boolean isPartitioned,
    boolean watched,
    Map<String, String> columns,
    List<String> key,
    List<Index> indexes) {

  /**
   * An index.
   *
   * @param columns that an entry depends on; all of the table's where there are expressions or a condition
   * @param unique the columns of which two rows may not have the same texts; empty where it is not unique, where texts do not
   *     tell, and where the rows' keys tell
   * @param refuses whether a row may be refused because of others that {@code unique} does not tell
   * @param nulls whether nulls are equal there
   */
  record Index(
      long oid,
      String name,
      List<String> columns,
      List<String> unique,
      boolean refuses,
      boolean nulls) {
    Index {
      columns = List.copyOf(columns);
      unique = List.copyOf(unique);
    }

    /** The value of a row; null where none can be equal to it. */
    @Nullable
    String value(Map<String, @Nullable String> row) {
      boolean hasNull = unique.stream().anyMatch(column -> row.get(column) == null);
      return unique.isEmpty() || hasNull && !nulls
          ? null
          : name + "=" + text(unique.stream().map(row::get).toList());
    }
  }

  /**
   * A foreign key.
   *
   * @param from the columns of the table that refers
   * @param to those of the other, in the same order
   */
  record ForeignKey(Table referring, List<String> from, Table referred, List<String> to) {
    ForeignKey {
      from = List.copyOf(from);
      to = List.copyOf(to);
    }
  }

  Table {
    key = List.copyOf(key);
    indexes = List.copyOf(indexes);
  }

  /** A row of it; the whole table where that cannot be told. */
  Access row(Map<String, @Nullable String> row) {
    var values = new ArrayList<@Nullable String>();
    for (var column : key) {
      values.add(row.get(column));
    }
    return row(values);
  }

  /** The row with these texts of the key. */
  Access row(List<@Nullable String> values) {
    return values.isEmpty() || values.contains(null)
        ? Access.table(label)
        : new Access(label, text(values));
  }

  /** Values as a row of texts. */
  static String text(List<? extends @Nullable String> values) {
    var text = new StringBuilder();
    for (var value : values) {
      text.append(text.isEmpty() ? '(' : ',');
      if (value != null) {
        text.append(
            value.isEmpty() || value.chars().anyMatch(c -> "(),\"\\ ".indexOf(c) >= 0)
                ? '"' + value.replace("\\", "\\\\").replace("\"", "\"\"") + '"'
                : value);
      }
    }
    return text.append(')').toString();
  }
}
