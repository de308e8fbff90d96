package dev.reprise.debugger.report;

import dev.reprise.debugger.report.StateDifference.Row;
import dev.reprise.debugger.report.StateDifference.Table;
import dev.reprise.runtime.postgres.Binder;
import dev.reprise.runtime.postgres.Jdbc;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Compares the rows of a table. The servers spread the rows over buckets by a hash of their keys and sum up hashes of whole
 * rows; only rows of buckets that differ are fetched, some ten thousand at a time, and only their texts decide. Used once, by
 * one thread.
 */
final class TableComparison {
  private static final int BUCKETS = 1024;
  private static final long PORTION = 50_000;

  private final String label;
  private final List<String> columns;
  private final List<String> key;
  private final int kept;
  private final List<Row> rows = new ArrayList<>();
  private long total;

  TableComparison(String label, List<String> columns, List<String> key, int kept) {
    this.label = label;
    this.columns = columns;
    this.key = key;
    this.kept = kept;
  }

  /** What the rows of a bucket come to. */
  private record Sum(long count, String one, String other) {}

  /** Rows of one text, or the row of a key. */
  private static final class Found {
    final @Nullable String[] values;
    int count = 1;

    Found(@Nullable String[] values) {
      this.values = values;
    }
  }

  /** The rows that differ; empty for none. */
  Optional<Table> run(Connection before, TableShape one, Connection after, TableShape other)
      throws SQLException {
    var old = sums(before, one);
    var now = sums(after, other);
    var portion = new ArrayList<Integer>();
    long size = 0;
    for (int bucket = 0; bucket < BUCKETS; bucket++) {
      var was = old.get(bucket);
      var is = now.get(bucket);
      if (was == null ? is != null : !was.equals(is)) {
        portion.add(bucket);
        size += (was == null ? 0 : was.count()) + (is == null ? 0 : is.count());
        if (size >= PORTION) {
          compare(before, one, after, other, portion);
          portion.clear();
          size = 0;
        }
      }
    }
    if (!portion.isEmpty()) {
      compare(before, one, after, other, portion);
    }
    return total == 0
        ? Optional.empty()
        : Optional.of(new Table(label, key, StateDifference.sorted(rows), total));
  }

  private Map<Integer, Sum> sums(Connection connection, TableShape table) throws SQLException {
    var sums = new TreeMap<Integer, Sum>();
    var unused = Jdbc.query(
        connection,
        "select %s, count(*), %s from %s t group by 1"
            .formatted(bucket(table), hashSums(text(table, columns)), table.from()),
        Binder.NOTHING,
        row ->
            sums.put(row.getInt(1), new Sum(row.getLong(2), row.getString(3), row.getString(4))));
    return sums;
  }

  /** Two sums over hashes of a text that is the same for equal rows, in no order. */
  static String hashSums(String text) {
    return ("coalesce(sum(hashtextextended(%1$s collate \"C\", 0)::numeric), 0)::text,"
            + " coalesce(sum(hashtextextended(%1$s collate \"C\", 1)::numeric), 0)::text")
        .formatted(text);
  }

  private String bucket(TableShape table) {
    return "(hashtextextended(%s collate \"C\", 2) & %d)::integer"
        .formatted(text(table, key.isEmpty() ? columns : key), BUCKETS - 1);
  }

  private static String text(TableShape table, List<String> columns) {
    return "row(%s)::text".formatted(values(table, columns));
  }

  private static String values(TableShape table, List<String> columns) {
    return columns.stream()
        .map(column -> "t." + table.column(column).orElseThrow().sql() + "::text")
        .collect(Collectors.joining(", "));
  }

  private void compare(
      Connection before, TableShape one, Connection after, TableShape other, List<Integer> buckets)
      throws SQLException {
    var old = new HashMap<List<@Nullable String>, Found>();
    fetch(before, one, buckets, values -> {
      var found = old.putIfAbsent(match(values), new Found(values));
      if (found != null) {
        found.count++;
      }
    });
    fetch(after, other, buckets, values -> {
      var match = match(values);
      var found = old.get(match);
      if (found == null) {
        add(null, values);
      } else {
        if (!Arrays.equals(found.values, values)) {
          add(found.values, values);
        }
        if (--found.count == 0) {
          old.remove(match);
        }
      }
    });
    for (var found : old.values()) {
      for (int i = 0; i < found.count; i++) {
        add(found.values, null);
      }
    }
  }

  private interface Taker {
    void take(@Nullable String[] values);
  }

  private void fetch(Connection connection, TableShape table, List<Integer> buckets, Taker taker)
      throws SQLException {
    var all = columns.isEmpty() ? "" : values(table, columns);
    try (var statement = connection.prepareStatement(
        "select %s from %s t where %s = any(?)".formatted(all, table.from(), bucket(table)))) {
      statement.setArray(1, connection.createArrayOf("integer", buckets.toArray()));
      statement.setFetchSize(1000);
      try (ResultSet found = statement.executeQuery()) {
        while (found.next()) {
          var values = new @Nullable String[columns.size()];
          for (int i = 0; i < values.length; i++) {
            values[i] = found.getString(i + 1);
          }
          taker.take(values);
        }
      }
    }
  }

  private List<@Nullable String> match(@Nullable String[] values) {
    var match = new ArrayList<@Nullable String>();
    for (int i = 0; i < values.length; i++) {
      if (key.isEmpty() || key.contains(columns.get(i))) {
        match.add(values[i]);
      }
    }
    return match;
  }

  private void add(@Nullable String @Nullable [] before, @Nullable String @Nullable [] after) {
    total++;
    if (rows.size() < kept) {
      var old = named(before);
      var now = named(after);
      var some = old == null ? now : old;
      var itsKey = new LinkedHashMap<String, @Nullable String>();
      key.forEach(column -> itsKey.put(column, some == null ? null : some.get(column)));
      rows.add(new Row(itsKey, old, now));
    }
  }

  private @Nullable Map<String, @Nullable String> named(@Nullable String @Nullable [] values) {
    if (values == null) {
      return null;
    }
    var named = new LinkedHashMap<String, @Nullable String>();
    for (int i = 0; i < values.length; i++) {
      named.put(columns.get(i), values[i]);
    }
    return named;
  }
}
