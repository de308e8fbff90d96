package dev.reprise.debugger.report;

import dev.reprise.debugger.report.StateDifference.Row;
import dev.reprise.debugger.report.StateDifference.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Rows as lines for people. */
public final class RowLines {
  private static final int WIDTH = 50;

  private RowLines() {}

  /**
   * In what two states differ: a line for each table, and below it one for each row, {@code +} for one that is only there
   * after, {@code -} for one that was only there before, {@code ~} for a changed one.
   *
   * @param most how many rows of a table are told
   */
  public static List<String> of(StateDifference difference, int most) {
    var lines = new ArrayList<String>();
    for (var table : difference.tables()) {
      lines.add(table.name() + ": " + Words.differ(table.total()));
      table.rows().stream().limit(most).forEach(row -> lines.add("  " + line(table, row)));
      if (table.total() > Math.min(most, table.rows().size())) {
        lines.add("  .. and " + (table.total() - Math.min(most, table.rows().size())) + " more");
      }
    }
    return lines;
  }

  /** A row, {@code id=1, stock=-1}. */
  public static String of(Map<String, @Nullable String> row) {
    return row.entrySet().stream()
        .map(column -> column.getKey() + "=" + Words.cut(column.getValue(), WIDTH))
        .collect(Collectors.joining(", "));
  }

  private static String line(Table table, Row row) {
    var key = table.key().isEmpty() ? "" : of(row.key()) + "  ";
    if (row.before() == null) {
      return "+ " + key + rest(table, Objects.requireNonNull(row.after()));
    }
    if (row.after() == null) {
      return "- " + key + rest(table, row.before());
    }
    var after = row.after();
    var before = row.before();
    return "~ " + key
        + row.columns().stream()
            .map(column -> "%s %s -> %s"
                .formatted(
                    column,
                    Words.cut(before.get(column), WIDTH),
                    Words.cut(after.get(column), WIDTH)))
            .collect(Collectors.joining(", "));
  }

  private static String rest(Table table, Map<String, @Nullable String> row) {
    return row.entrySet().stream()
        .filter(column -> !table.key().contains(column.getKey()))
        .map(column -> column.getKey() + "=" + Words.cut(column.getValue(), WIDTH))
        .collect(Collectors.joining(", "));
  }
}
