package dev.reprise.runtime.record;

import dev.reprise.runtime.postgres.Jdbc;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The present rows of a table as the history of the latest epoch has them: the latest base and what came after. */
final class RecordedTable {
  private record Base(int relation, String snapshot, long oid) {}

  private final Connection connection;
  private final List<List<@Nullable String>> rows = new ArrayList<>();

  private RecordedTable(Connection connection) {
    this.connection = connection;
  }

  /** The rows, each as its values, sorted. */
  static List<String> rows(RecordedDatabase database, String table) {
    try (var connection = database.connect()) {
      var state = new RecordedTable(connection);
      state.rebuild(table);
      return state.rows.stream().map(String::valueOf).sorted().toList();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private void rebuild(String table) throws SQLException {
    var base = Jdbc.query(
            connection,
            """
            select relation, base_snapshot, oid::bigint from reprise_history.relations
             where epoch = (select max(epoch) from reprise_history.epochs) and base_snapshot is not null
               and format('%I.%I', table_schema, table_name) = ?
             order by from_lsn desc, relation desc limit 1
            """,
            statement -> statement.setString(1, table),
            row -> new Base(row.getInt(1), row.getString(2), row.getLong(3)))
        .get(0);
    rows.addAll(Jdbc.query(
        connection,
        "select values from reprise_history.base_rows where relation = ?",
        statement -> statement.setInt(1, base.relation()),
        row -> values(row, "values")));
    var changes = Jdbc.query(
        connection,
        """
        select c.kind, c.old_values, c.new_values, c.unchanged, r.columns, r.key_columns
          from reprise_history.changes c
          join reprise_history.transactions t using (epoch, commit_lsn)
          join reprise_history.relations r using (epoch, relation)
         where r.oid = ?::bigint::oid and c.epoch = (select max(epoch) from reprise_history.epochs)
           and not pg_visible_in_snapshot(t.transaction_id, ?::pg_snapshot)
         order by c.commit_lsn, c.ordinal
        """,
        statement -> {
          statement.setLong(1, base.oid());
          statement.setString(2, base.snapshot());
        },
        RecordedTable::change);
    changes.forEach(this::apply);
  }

  private record Change(
      String kind,
      @Nullable List<@Nullable String> before,
      @Nullable List<@Nullable String> after,
      List<Integer> unchanged,
      List<Integer> key) {}

  private static Change change(ResultSet row) throws SQLException {
    var columns = Catalog.texts(row, "columns");
    return new Change(
        row.getString("kind"),
        row.getArray("old_values") == null ? null : values(row, "old_values"),
        row.getArray("new_values") == null ? null : values(row, "new_values"),
        row.getArray("unchanged") == null ? List.of() : Catalog.numbers(row, "unchanged"),
        Catalog.texts(row, "key_columns").stream().map(columns::indexOf).toList());
  }

  private static List<@Nullable String> values(ResultSet row, String column) throws SQLException {
    return Arrays.asList((String[]) row.getArray(column).getArray());
  }

  private void apply(Change change) {
    if (change.kind().equals("TRUNCATE")) {
      rows.clear();
      return;
    }
    var after = change.after();
    List<@Nullable String> old = List.of();
    if (!change.kind().equals("INSERT")) {
      old = remove(
          Objects.requireNonNull(change.before() == null ? after : change.before()), change.key());
    }
    if (after != null) {
      var fresh = new ArrayList<@Nullable String>(after);
      for (int index : change.unchanged()) {
        fresh.set(index, old.get(index));
      }
      rows.add(fresh);
    }
  }

  private List<@Nullable String> remove(List<@Nullable String> like, List<Integer> key) {
    for (int i = 0; i < rows.size(); i++) {
      var row = rows.get(i);
      if (key.stream().allMatch(k -> Objects.equals(row.get(k), like.get(k)))) {
        return rows.remove(i);
      }
    }
    throw new AssertionError("no row like " + like + " in " + rows);
  }
}
