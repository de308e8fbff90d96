package dev.reprise.debugger.retro;

import dev.reprise.debugger.history.Change.Kind;
import dev.reprise.debugger.replay.Captured;
import dev.reprise.debugger.retro.Table.ForeignKey;
import dev.reprise.debugger.retro.Table.Index;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What changes of rows write, and what the server reads for them on its own: rows with the same unique value, rows that are
 * referred to and that refer. For one thread.
 */
final class ChangeEffects {
  private final Tables tables;
  private final Set<Access> reads = new HashSet<>();
  private final Set<Access> writes = new HashSet<>();

  ChangeEffects(Tables tables) {
    this.tables = tables;
  }

  Footprint footprint() {
    return new Footprint(reads, writes);
  }

  void add(Captured change) {
    var table = tables.byName(change.table());
    var before = change.before();
    var after = change.after();
    if (table == null) {
      writes.add(Access.table(change.table()));
    } else if (change.kind() == Kind.TRUNCATE || before == null && after == null) {
      writes.add(Access.table(table.label()));
    } else {
      var changed = before == null || after == null
          ? table.columns().keySet()
          : changedColumns(table, before, after);
      addRow(table, before, changed, false);
      addRow(table, after, changed, true);
      if (before != null) {
        reads.add(table.row(before));
        readReferring(table, changed);
      }
      for (var index : table.indexes()) {
        if (index.columns().stream().anyMatch(changed::contains)) {
          writes.add(Access.entries(table.label(), index.name()));
        }
      }
    }
  }

  /** A row was to be inserted, and may have been skipped. */
  void addAttempt(Table table, Map<String, @Nullable String> row) {
    reads.add(table.row(row));
    table.indexes().forEach(index -> readEqual(table, index, row));
  }

  private static Set<String> changedColumns(
      Table table, Map<String, @Nullable String> before, Map<String, @Nullable String> after) {
    var changed = new HashSet<String>();
    for (var column : table.columns().keySet()) {
      if (!before.containsKey(column)
          || !after.containsKey(column)
          || !Objects.equals(before.get(column), after.get(column))) {
        changed.add(column);
      }
    }
    return changed;
  }

  private void addRow(
      Table table,
      @Nullable Map<String, @Nullable String> row,
      Set<String> changed,
      boolean isAfter) {
    if (row == null) {
      return;
    }
    writes.add(table.row(row));
    for (var index : table.indexes()) {
      if (index.columns().stream().anyMatch(changed::contains)) {
        var value = index.value(row);
        if (value != null) {
          writes.add(new Access(table.label(), value));
        }
        if (isAfter) {
          readEqual(table, index, row);
        }
      }
    }
    if (isAfter) {
      for (var key : tables.references(table)) {
        if (key.from().stream().anyMatch(changed::contains)) {
          readReferred(key, row);
        }
      }
    }
  }

  private void readEqual(Table table, Index index, Map<String, @Nullable String> row) {
    var value = index.value(row);
    if (value != null) {
      reads.add(new Access(table.label(), value));
    }
    if (index.refuses()) {
      reads.add(Access.gaps(table.label(), index.name()));
    }
  }

  private void readReferred(ForeignKey key, Map<String, @Nullable String> row) {
    if (key.from().stream().anyMatch(column -> row.get(column) == null)) {
      return;
    }
    var referred = key.referred();
    var unique = uniqueValue(key, row);
    if (unique != null) {
      reads.add(new Access(referred.label(), unique));
      return;
    }
    var values = new ArrayList<@Nullable String>();
    for (var column : referred.key()) {
      int place = key.to().indexOf(column);
      if (place >= 0 && isOfOneFamily(key, place)) {
        values.add(row.get(key.from().get(place)));
      }
    }
    boolean byKey =
        values.size() == key.to().size() && values.size() == referred.key().size();
    reads.add(byKey ? referred.row(values) : Access.table(referred.label()));
  }

  /** The value that is referred to, where that is no primary key; null where it cannot be told. */
  private static @Nullable String uniqueValue(ForeignKey key, Map<String, @Nullable String> row) {
    var referred = key.referred();
    var wanted = new HashMap<String, @Nullable String>();
    for (int i = 0; i < key.to().size(); i++) {
      if (!isOfOneFamily(key, i)) {
        return null;
      }
      wanted.put(key.to().get(i), row.get(key.from().get(i)));
    }
    return referred.label().equals(referred.name()) && !referred.isPartitioned()
        ? referred.indexes().stream()
            .filter(index ->
                !index.unique().isEmpty() && wanted.keySet().equals(Set.copyOf(index.unique())))
            .map(index -> index.value(wanted))
            .filter(Objects::nonNull)
            .findFirst()
            .orElse(null)
        : null;
  }

  private static boolean isOfOneFamily(ForeignKey key, int place) {
    var from = key.referring().columns().getOrDefault(key.from().get(place), "");
    return !from.isEmpty() && from.equals(key.referred().columns().get(key.to().get(place)));
  }

  private void readReferring(Table table, Set<String> changed) {
    for (var key : tables.referencesTo(table)) {
      if (key.to().stream().anyMatch(changed::contains)) {
        reads.add(Access.table(key.referring().label()));
      }
    }
  }

  /** A statement was to write a table, and was undone: what it found cannot be told. */
  void addLost(Table table) {
    reads.add(Access.table(table.label()));
    var neighbours = new ArrayList<Table>();
    tables.references(table).forEach(key -> neighbours.add(key.referred()));
    tables.referencesTo(table).forEach(key -> neighbours.add(key.referring()));
    neighbours.forEach(neighbour -> reads.add(Access.table(neighbour.label())));
  }

  void read(Set<Access> found) {
    reads.addAll(found);
  }

  void write(Access found) {
    writes.add(found);
  }
}
