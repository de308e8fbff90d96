package dev.reprise.debugger.report;

import java.util.List;
import java.util.Optional;

/**
 * A table of the application. Immutable.
 *
 * @param label {@code schema.table}
 * @param sql its name as it stands in SQL
 * @param partitioned whether its rows are in partitions
 * @param key the names of the columns of its primary key, in the key's order; empty for none
 * @param triggers the names of its own triggers that fire
 */
record TableShape(
    String label,
    String sql,
    boolean partitioned,
    List<Column> columns,
    List<String> key,
    List<String> triggers) {

  /**
   * A column.
   *
   * @param sql its name as it stands in SQL
   * @param type as it stands in a cast
   * @param kind how its values are written and compared
   * @param generated whether it is computed from others
   * @param identity whether it is an identity column, or draws from a sequence by default
   * @param always whether it is an identity column whose values cannot be changed
   * @param drawn whether its default gives other values at every run
   */
  record Column( // tidy: what the catalog tells of a column
      String name,
      String sql,
      String type,
      Kind kind,
      boolean generated,
      boolean identity,
      boolean always,
      boolean drawn) {}

  /** How values of a type are written and compared. */
  enum Kind {
    /** A bare number. */
    NUMBER,
    /** True or false. */
    BOOLEAN,
    /** A string, without a cast. */
    TEXT,
    /** A string that is cast. */
    CAST,
    /** A string that is cast, of a type that has no equality for sure: compared by its text. */
    BY_TEXT
  }

  /** The column of that name. */
  Optional<Column> column(String name) {
    return columns.stream().filter(column -> column.name().equals(name)).findFirst();
  }

  /** Where to select from so that every row comes once. */
  String from() {
    return partitioned ? sql : "only " + sql;
  }
}
