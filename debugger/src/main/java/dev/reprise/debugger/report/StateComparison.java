package dev.reprise.debugger.report;

import dev.reprise.debugger.report.StateDifference.Table;
import dev.reprise.runtime.postgres.Binder;
import dev.reprise.runtime.postgres.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** One comparison of two databases: says which columns of which tables are compared. Used once, by one thread. */
final class StateComparison {
  private final Connection before;
  private final Connection after;
  private final int kept;
  private final Set<String> leftOut;
  private final List<String> oneSided = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  StateComparison(Connection before, Connection after, int kept, Set<String> leftOut) {
    this.before = before;
    this.after = after;
    this.kept = kept;
    this.leftOut = leftOut;
  }

  StateDifference run() throws SQLException {
    var old = Catalog.read(before).tables();
    var now = Catalog.read(after).tables();
    var differing = new ArrayList<Table>();
    for (var label : union(old, now)) {
      var one = old.get(label);
      var other = now.get(label);
      if (one != null && other != null) {
        compare(one, other).ifPresent(differing::add);
      } else if (one != null) {
        noteOneSided(before, one, "before the change");
      } else if (other != null) {
        noteOneSided(after, other, "after the change");
      }
    }
    return new StateDifference(differing, oneSided, notes);
  }

  private static Set<String> union(Map<String, TableShape> one, Map<String, TableShape> other) {
    var all = new TreeSet<>(one.keySet());
    all.addAll(other.keySet());
    return all;
  }

  private java.util.Optional<Table> compare(TableShape one, TableShape other) throws SQLException {
    var common = new ArrayList<String>();
    for (var column : one.columns()) {
      var there = other.column(column.name());
      if (there.isEmpty()) {
        notes.add("column " + one.label() + "." + column.name()
            + " is there only before the change: not compared");
      } else if (!leftOut.contains(one.label() + "." + column.name())) {
        common.add(column.name());
        if (!there.get().type().equals(column.type())) {
          notes.add("column %s.%s is %s before the change and %s after it: compared by text"
              .formatted(one.label(), column.name(), column.type(), there.get().type()));
        }
      }
    }
    for (var column : other.columns()) {
      if (one.column(column.name()).isEmpty()) {
        notes.add("column " + one.label() + "." + column.name()
            + " is there only after the change: not compared");
      }
    }
    var key = one.key();
    if (!key.equals(other.key())) {
      notes.add("the primary key of " + one.label()
          + " is another one after the change: its rows are compared as a whole");
      key = List.of();
    }
    if (!common.containsAll(key)) {
      key = List.of();
    }
    return new TableComparison(one.label(), common, key, kept).run(before, one, after, other);
  }

  private void noteOneSided(Connection connection, TableShape table, String when)
      throws SQLException {
    long rows = Jdbc.queryOne(
            connection,
            "select count(*) from " + table.from(),
            Binder.NOTHING,
            row -> row.getLong(1))
        .orElse(0L);
    oneSided.add(table.label());
    notes.add("table %s is there only %s, with %d %s: not compared"
        .formatted(table.label(), when, rows, rows == 1 ? "row" : "rows"));
  }
}
