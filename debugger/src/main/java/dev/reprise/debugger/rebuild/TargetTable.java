package dev.reprise.debugger.rebuild;

import dev.reprise.debugger.history.Relation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A table of the scratch database that takes recorded rows.
 *
 * @param oid of its original; 0 where that is not known
 * @param columns those with stored values
 */
record TargetTable(long oid, String schema, String name, List<TargetColumn> columns) {
  /**
   * A column.
   *
   * @param number of the original's column; 0 where that is not known
   * @param inPrimaryKey of a key that holds at any time: one that is deferrable does not tell a row
   * @param missing what rows have that are older than the column; null for SQL null
   */
  record TargetColumn(
      String name,
      int number,
      String type,
      boolean notNull,
      boolean alwaysIdentity,
      boolean inPrimaryKey,
      @Nullable String missing) {}

  /** For statements. */
  String sqlName() {
    return quoted(schema) + "." + quoted(name);
  }

  String qualifiedName() {
    return schema + "." + name;
  }

  /** Where the values of a recorded column go; null where the table does not have it (any more, or yet). */
  @Nullable
  TargetColumn columnOf(Relation relation, int index) {
    int number = relation.numbers().get(index);
    boolean byNumber = number > 0 && oid == relation.oid();
    for (TargetColumn column : columns) {
      boolean same = byNumber
          ? column.number() == number
          : column.name().equals(relation.columns().get(index));
      if (same) {
        return column;
      }
    }
    return null;
  }

  List<TargetColumn> primaryKey() {
    return columns.stream().filter(TargetColumn::inPrimaryKey).toList();
  }

  static String quoted(String name) {
    return "\"" + name.replace("\"", "\"\"") + "\"";
  }
}
