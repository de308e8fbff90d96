package dev.reprise.debugger.rebuild;

import dev.reprise.debugger.history.Relation;
import dev.reprise.debugger.rebuild.TargetTable.TargetColumn;
import dev.reprise.runtime.postgres.Binder;
import dev.reprise.runtime.postgres.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The tables of a scratch database. It keeps itself, in {@code reprise_rebuild.columns}, which of production's tables and
 * columns each is, so that changes find their columns there whatever they were called when they were recorded.
 */
final class TargetTables {
  private static final String KEEP = """
      create schema reprise_rebuild;
      create table reprise_rebuild.columns (
        oid bigint not null, table_schema text not null, table_name text not null, column_name text not null,
        number integer not null, missing text)
      """;

  private static final String KEPT = """
      left join reprise_rebuild.columns s on s.table_schema = n.nspname and s.table_name = c.relname
        and s.column_name = a.attname
      """;

  private static final String NOT_KEPT = """
      left join (select null::bigint as oid, null::int as number, null::text as missing where false) s on true
      """;

  private static final String COLUMNS = """
      select coalesce(s.oid, 0), n.nspname, c.relname, a.attname, coalesce(s.number, 0),
        format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity = 'a',
        coalesce(a.attnum = any (i.indkey), false), s.missing, c.oid::bigint
      from pg_class c
      join pg_namespace n on n.oid = c.relnamespace
      join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
      left join pg_index i on i.indrelid = c.oid and i.indisprimary and i.indimmediate
      %s
      where c.relkind = 'r' and c.relpersistence <> 't' and n.nspname !~ '^pg_'
        and n.nspname not in ('information_schema', 'reprise', 'reprise_history', 'reprise_rebuild', 'reprise_replay')
      order by c.oid, a.attnum
      """;

  private final Map<Long, TargetTable> byOid = new HashMap<>();
  private final Map<String, TargetTable> byName = new HashMap<>();

  private TargetTables() {}

  static void keep(Connection connection, Collection<SourceSchema.Table> tables)
      throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(KEEP);
    }
    String sql = "insert into reprise_rebuild.columns values (?, ?, ?, ?, ?, ?)";
    try (var insert = connection.prepareStatement(sql)) {
      for (var table : tables) {
        for (var column : table.columns()) {
          insert.setLong(1, table.oid());
          insert.setString(2, table.schema());
          insert.setString(3, table.name());
          insert.setString(4, column.name());
          insert.setInt(5, column.number());
          insert.setString(6, column.missing());
          insert.addBatch();
        }
      }
      insert.executeBatch();
    }
  }

  private record Row(long here, long oid, String schema, String name, TargetColumn column) {}

  static TargetTables read(Connection connection) throws SQLException {
    boolean kept = Jdbc.query(
            connection,
            "select to_regclass('reprise_rebuild.columns') is not null",
            Binder.NOTHING,
            row -> row.getBoolean(1))
        .get(0);
    List<Row> rows = Jdbc.query(
        connection,
        COLUMNS.formatted(kept ? KEPT : NOT_KEPT),
        Binder.NOTHING,
        row -> new Row(
            row.getLong(11),
            row.getLong(1),
            row.getString(2),
            row.getString(3),
            new TargetColumn(
                row.getString(4),
                row.getInt(5),
                row.getString(6),
                row.getBoolean(7),
                row.getBoolean(8),
                row.getBoolean(9),
                row.getString(10))));
    var tables = new TargetTables();
    for (int begin = 0; begin < rows.size(); ) {
      Row first = rows.get(begin);
      var columns = new ArrayList<TargetColumn>();
      int end = begin;
      for (; end < rows.size() && rows.get(end).here() == first.here(); end++) {
        columns.add(rows.get(end).column());
      }
      tables.add(new TargetTable(first.oid(), first.schema(), first.name(), columns));
      begin = end;
    }
    return tables;
  }

  private void add(TargetTable table) {
    byName.put(table.qualifiedName(), table);
    if (table.oid() != 0) {
      byOid.put(table.oid(), table);
    }
  }

  @Nullable
  TargetTable of(Relation relation) {
    TargetTable same = byOid.get(relation.oid());
    if (same != null) {
      return same;
    }
    TargetTable named = byName.get(relation.qualifiedName());
    // One that is known to be another table only has its name.
    return named == null || named.oid() != 0 ? null : named;
  }
}
