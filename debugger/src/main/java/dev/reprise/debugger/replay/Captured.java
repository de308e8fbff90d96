package dev.reprise.debugger.replay;

import dev.reprise.debugger.history.Change;
import dev.reprise.debugger.history.Change.Kind;
import dev.reprise.runtime.postgres.Binder;
import dev.reprise.runtime.postgres.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A change of a row, by the names of its columns: as it was made in the scratch database, or as it is recorded.
 *
 * @param table {@code schema.table}
 * @param before the row before; of a recorded change maybe only its key; null where it is not known or there was none
 * @param after the row afterwards; of a recorded change without what is not recorded; null where there is none
 */
public record Captured(
    String table,
    Kind kind,
    @Nullable Map<String, @Nullable String> before,
    @Nullable Map<String, @Nullable String> after) {

  /**
   * What the running transaction of the connection did; it is forgotten by this. The session is a {@linkplain
   * Instruments#prepare prepared} one.
   */
  public static List<Captured> take(Connection connection, Instruments instruments)
      throws SQLException {
    var found = behind(connection, instruments, 0);
    Jdbc.update(connection, "delete from pg_temp.reprise_captured", Binder.NOTHING);
    Jdbc.update(connection, "delete from pg_temp.reprise_expected", Binder.NOTHING);
    return List.copyOf(found.values());
  }

  /** What it did after the change of a number, by rising numbers; nothing is forgotten by this. */
  static SortedMap<Long, Captured> behind(
      Connection connection, Instruments instruments, long number) throws SQLException {
    var found = new TreeMap<Long, Captured>();
    var unused = Jdbc.query(
        connection,
        "select ordinal, relation, kind, old_row, new_row from pg_temp.reprise_captured where ordinal > ?",
        statement -> statement.setLong(1, number),
        row -> {
          var table = instruments.table(row.getLong(2));
          if (table != null) {
            var change = new Captured(
                table.label(),
                Kind.valueOf(row.getString(3)),
                named(table, row.getString(4)),
                named(table, row.getString(5)));
            found.put(row.getLong(1), change);
          }
          return true;
        });
    return found;
  }

  private static @Nullable Map<String, @Nullable String> named(
      TableColumns table, @Nullable String row) {
    if (row == null) {
      return null;
    }
    var values = RowText.parse(row);
    var named = new LinkedHashMap<String, @Nullable String>();
    for (int i = 0; i < table.columns().size(); i++) {
      named.put(table.columns().get(i), i < values.size() ? values.get(i) : null);
    }
    return named;
  }

  /** For people, one line: what an update changed, else the row. */
  public String text() {
    if (kind != Kind.UPDATE || before == null || after == null) {
      return kind + " " + table + " " + (after == null ? before == null ? "" : before : after);
    }
    var row = new LinkedHashMap<String, @Nullable String>();
    after.forEach((column, value) -> row.put(
        column,
        java.util.Objects.equals(value, before.get(column))
            ? value
            : before.get(column) + " -> " + value));
    return kind + " " + table + " " + row;
  }

  /** As the history has it. */
  public static Captured of(Change change) {
    var relation = change.relation();
    return new Captured(
        relation.schema() + "." + relation.name(),
        change.kind(),
        named(change, change.before(), false),
        named(change, change.after(), true));
  }

  private static @Nullable Map<String, @Nullable String> named(
      Change change, @Nullable String @Nullable [] values, boolean isAfter) {
    if (values == null) {
      return null;
    }
    var relation = change.relation();
    boolean onlyKey = !isAfter && !relation.full();
    var named = new LinkedHashMap<String, @Nullable String>();
    for (int i = 0; i < relation.columns().size(); i++) {
      var column = relation.columns().get(i);
      int index = i;
      boolean unchanged =
          isAfter && Arrays.stream(change.unchanged()).anyMatch(left -> left == index);
      if (!unchanged && !(onlyKey && !relation.key().contains(column))) {
        named.put(column, values[i]);
      }
    }
    return named;
  }

  /** Puts the recorded inserts of the transaction where the defaults find them; in a prepared session. */
  public static void expect(Connection connection, Instruments instruments, List<Change> recorded)
      throws SQLException {
    var ordinals = new HashMap<Long, Integer>();
    for (var change : recorded) {
      var after = of(change).after();
      var table =
          instruments.table(change.relation().schema() + "." + change.relation().name());
      if (change.kind() != Kind.INSERT || after == null || table == null) {
        continue;
      }
      var root = instruments.rootOf(table);
      int ordinal = ordinals.merge(root.oid(), 1, Integer::sum) - 1;
      Jdbc.update(
          connection,
          "insert into pg_temp.reprise_expected values (?::oid, ?, reprise_replay.text_of(?, ?::oid::regclass), ?)",
          statement -> {
            statement.setLong(1, root.oid());
            statement.setInt(2, ordinal);
            statement.setString(
                3, RowText.of(table.columns().stream().map(after::get).toList()));
            statement.setLong(4, table.oid());
            statement.setArray(
                5,
                connection.createArrayOf(
                    "text", root.columns().stream().map(after::get).toArray()));
          });
    }
  }
}
