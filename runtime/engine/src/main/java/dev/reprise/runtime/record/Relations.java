package dev.reprise.runtime.record;

import dev.reprise.runtime.postgres.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The rows of {@code relations} of one epoch, mirrored here. Never commits; after the rollback of an insert the mirror
 * has to be read again. For one thread.
 */
final class Relations {
  private final Connection connection;
  private final int epoch;
  private final Map<Long, List<Known>> byOid = new HashMap<>();

  private Relations(Connection connection, int epoch) {
    this.connection = connection;
    this.epoch = epoch;
  }

  /**
   * A row: a table in one shape.
   *
   * @param based where a copy of its rows was taken in it
   * @param stored {@link CatalogTable#stored} at the copy; null where that is not known
   */
  private record Known(
      int id, TableShape shape, boolean based, @Nullable String stored) {}

  /** Reads what there is. */
  static Relations load(Connection connection, int epoch) throws SQLException {
    var relations = new Relations(connection, epoch);
    relations.reload();
    return relations;
  }

  /** Reads it again, after a rollback. */
  void reload() throws SQLException {
    byOid.clear();
    var sql = """
        select relation, oid::bigint as oid, table_schema, table_name, columns, types, column_numbers, key_columns,
               identity_full, base_snapshot is not null as based, stored::text
          from reprise_history.relations where epoch = ? order by from_lsn, relation
        """;
    Jdbc.query(
            connection,
            sql,
            statement -> statement.setInt(1, epoch),
            row -> new Known(
                row.getInt("relation"),
                new TableShape(
                    row.getLong("oid"),
                    row.getString("table_schema"),
                    row.getString("table_name"),
                    Catalog.texts(row, "columns"),
                    Catalog.texts(row, "types"),
                    Catalog.numbers(row, "column_numbers"),
                    Catalog.texts(row, "key_columns"),
                    row.getBoolean("identity_full")),
                row.getBoolean("based"),
                row.getString("stored")))
        .forEach(this::add);
  }

  /** The row of a table in that shape, as far as the stream tells it; made where there is none. */
  int streamed(TableShape shape, long fromLsn) throws SQLException {
    var known = of(shape.oid());
    for (int i = known.size() - 1; i >= 0; i--) {
      if (known.get(i).shape().looksLike(shape)) {
        return known.get(i).id();
      }
    }
    return insert(shape, fromLsn);
  }

  /** The row of a table as the catalog has it; made where the latest is another. */
  int current(TableShape shape, long fromLsn) throws SQLException {
    var known = of(shape.oid());
    if (!known.isEmpty() && known.get(known.size() - 1).shape().equals(shape)) {
      return known.get(known.size() - 1).id();
    }
    return insert(shape, fromLsn);
  }

  /** The shape in which the rows of a table were copied last. */
  Optional<TableShape> copied(long oid) {
    return of(oid).stream().filter(Known::based).map(Known::shape).reduce((older, newer) -> newer);
  }

  /** The row in which the rows of a table were copied last. */
  OptionalInt lastCopy(long oid) {
    return of(oid).stream().filter(Known::based).mapToInt(Known::id).max();
  }

  /** What the copied texts of a table depended on when they were copied last; null where that is not known. */
  @Nullable
  String storedThen(long oid) {
    @Nullable String stored = null;
    for (Known known : of(oid)) {
      if (known.based()) {
        stored = known.stored();
      }
    }
    return stored;
  }

  /** Notes that the rows of the current transaction's snapshot are being copied. */
  void based(int id, CatalogTable table) throws SQLException {
    Jdbc.update(
        connection,
        "update reprise_history.relations set stored = ?::jsonb, base_snapshot = "
            + HistoryStore.SNAPSHOT + " where relation = ?",
        statement -> {
          statement.setString(1, table.stored());
          statement.setInt(2, id);
        });
    of(table.shape().oid())
        .replaceAll(
            known -> known.id() == id ? new Known(id, known.shape(), true, table.stored()) : known);
  }

  /** A row of its own for a copy: the rows of an older copy are not mixed with it. */
  int insert(TableShape shape, long fromLsn) throws SQLException {
    var sql = """
        insert into reprise_history.relations
               (epoch, oid, table_schema, table_name, from_lsn, columns, types, column_numbers, key_columns,
                identity_full)
        values (?, ?::bigint::oid, ?, ?, ?::pg_lsn, ?, ?, ?, ?, ?)
        returning relation
        """;
    int id = Jdbc.queryOne(
            connection,
            sql,
            statement -> {
              statement.setInt(1, epoch);
              statement.setLong(2, shape.oid());
              statement.setString(3, shape.schema());
              statement.setString(4, shape.table());
              statement.setString(5, Lsn.text(fromLsn));
              statement.setArray(
                  6, connection.createArrayOf("text", shape.columns().toArray()));
              statement.setArray(
                  7, connection.createArrayOf("text", shape.types().toArray()));
              statement.setArray(
                  8, connection.createArrayOf("int4", shape.numbers().toArray()));
              statement.setArray(9, connection.createArrayOf("text", shape.key().toArray()));
              statement.setBoolean(10, shape.full());
            },
            row -> row.getInt(1))
        .orElseThrow();
    add(new Known(id, shape, false, null));
    return id;
  }

  private List<Known> of(long oid) {
    return byOid.computeIfAbsent(oid, unused -> new ArrayList<>());
  }

  private void add(Known known) {
    of(known.shape().oid()).add(known);
  }
}
