package dev.reprise.debugger.report;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The rows to correct as they are in today's database, read within a {@link Reading#qualified}. */
final class RowsToday {
  private static final int PORTION = 500;

  private final Connection connection;
  private final Map<String, TableShape> tables;

  RowsToday(Connection connection) throws SQLException {
    this.connection = connection;
    this.tables = Catalog.read(connection).tables();
  }

  /** Why rows of the table cannot be found there any more; empty where they can. */
  Optional<String> unfit(TableShape table, List<String> columns) {
    var today = tables.get(table.label());
    if (today == null) {
      return Optional.of("today's database has no such table");
    }
    if (!today.key().equals(table.key())) {
      return Optional.of("its primary key is another one today");
    }
    var missing =
        columns.stream().filter(column -> today.column(column).isEmpty()).toList();
    return missing.isEmpty()
        ? Optional.empty()
        : Optional.of("today's database has no column " + String.join(", ", missing) + " there");
  }

  /** The current rows of a table's fixes; those that are not there are left out. */
  IdentityHashMap<Fix, Map<String, @Nullable String>> of(
      TableShape table, List<Fix> fixes, List<String> columns) throws SQLException {
    var rows = new IdentityHashMap<Fix, Map<String, @Nullable String>>();
    for (int from = 0; from < fixes.size(); from += PORTION) {
      var portion = fixes.subList(from, Math.min(fixes.size(), from + PORTION));
      try (var statement = connection.createStatement()) {
        statement.setEscapeProcessing(false);
        try (var found = statement.executeQuery(query(table, portion, columns))) {
          while (found.next()) {
            var values = new LinkedHashMap<String, @Nullable String>();
            for (int i = 0; i < columns.size(); i++) {
              values.put(columns.get(i), found.getString(i + 2));
            }
            rows.put(portion.get(found.getInt(1)), values);
          }
        }
      }
    }
    return rows;
  }

  private static String query(TableShape table, List<Fix> fixes, List<String> columns) {
    var keys =
        table.key().stream().map(name -> table.column(name).orElseThrow()).toList();
    var wanted = new ArrayList<String>();
    for (var fix : fixes) {
      wanted.add("(" + wanted.size() + ", "
          + keys.stream()
              .map(column ->
                  "cast(" + Sql.literal(String.valueOf(fix.row().key().get(column.name()))) + " as "
                      + column.type() + ")")
              .collect(Collectors.joining(", "))
          + ")");
    }
    return "select wanted.\"place\", %s from %s t join (values %s) as wanted (\"place\", %s) on %s"
        .formatted(
            columns.stream()
                .map(column -> "t." + table.column(column).orElseThrow().sql() + "::text")
                .collect(Collectors.joining(", ")),
            table.from(),
            String.join(", ", wanted),
            IntStream.range(0, keys.size())
                .mapToObj(i -> "k" + i)
                .collect(Collectors.joining(", ")),
            IntStream.range(0, keys.size())
                .mapToObj(i -> "t.%s = wanted.k%d".formatted(keys.get(i).sql(), i))
                .collect(Collectors.joining(" and ")));
  }

  /** In what a row is not as the original run left it; empty where it is. */
  static Optional<String> changedSince(Fix fix, @Nullable Map<String, @Nullable String> today) {
    var old = fix.row().before();
    if (old == null) {
      return today == null ? Optional.empty() : Optional.of("is there already: " + today);
    }
    if (today == null) {
      return Optional.of("is not there any more");
    }
    var changed = new ArrayList<String>();
    for (var column : fix.columns()) {
      var expected = old.get(column.name());
      var value = today.get(column.name());
      if (!Objects.equals(expected, value)) {
        changed.add("%s is %s now, expected %s".formatted(column.name(), value, expected));
      }
    }
    return changed.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", changed));
  }

  /** Whether it is what the correction would make of it. */
  static boolean isDone(Fix fix, @Nullable Map<String, @Nullable String> today) {
    var fresh = fix.row().after();
    if (fresh == null || today == null) {
      return fresh == null && today == null;
    }
    return fix.columns().stream()
        .allMatch(column -> Objects.equals(fresh.get(column.name()), today.get(column.name())));
  }

  /** The columns that the database has to have. */
  static List<String> columns(List<Fix> fixes) {
    return fixes.stream()
        .flatMap(fix -> Optional.ofNullable(fix.row().before())
            .or(() -> Optional.ofNullable(fix.row().after()))
            .orElse(Collections.emptyMap())
            .keySet()
            .stream())
        .distinct()
        .toList();
  }
}
