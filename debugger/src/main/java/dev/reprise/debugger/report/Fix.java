package dev.reprise.debugger.report;

import dev.reprise.debugger.report.StateDifference.Row;
import dev.reprise.debugger.report.TableShape.Column;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One row to be brought from its old values to its new ones. Immutable. */
record Fix(TableShape table, Row row) {
  /** What it takes. */
  enum Kind {
    INSERT,
    UPDATE,
    DELETE
  }

  Kind kind() {
    return row.before() == null ? Kind.INSERT : row.after() == null ? Kind.DELETE : Kind.UPDATE;
  }

  /** The columns that a statement can say something about and whose values differ; all of a row to insert or delete. */
  List<Column> columns() {
    return row.columns().stream()
        .map(name -> table.column(name).orElseThrow())
        .filter(column -> !column.generated())
        .toList();
  }

  /** For people: the table and the key. */
  String label() {
    var key = new ArrayList<String>();
    row.key().forEach((column, value) -> key.add(column + "=" + value));
    return table.label() + " (" + String.join(", ", key) + ")";
  }

  /** The old values of columns; null where the row is not there, or one of them is null. */
  @Nullable
  List<String> old(List<String> columns) {
    return tuple(row.before(), columns);
  }

  /** The same of its new values. */
  @Nullable
  List<String> fresh(List<String> columns) {
    return tuple(row.after(), columns);
  }

  private static @Nullable List<String> tuple(
      @Nullable Map<String, @Nullable String> values, List<String> columns) {
    if (values == null || columns.stream().anyMatch(column -> values.get(column) == null)) {
      return null;
    }
    return columns.stream()
        .map(column -> Objects.requireNonNull(values.get(column)))
        .toList();
  }
}
