package dev.reprise.debugger.retro;

import dev.reprise.debugger.retro.Table.ForeignKey;
import dev.reprise.debugger.retro.Table.Index;
import dev.reprise.runtime.postgres.Binder;
import dev.reprise.runtime.postgres.Jdbc;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The tables of a scratch database, their indexes and foreign keys. Immutable. */
final class Tables {
  private static final String OWN = """
      n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'reprise_replay', 'reprise_rebuild')
      """;

  private static final String TABLES = """
      select c.oid::bigint, n.nspname || '.' || c.relname, format('%I.%I', n.nspname, c.relname),
             rn.nspname || '.' || r.relname, c.relkind = 'p',
             exists (select from pg_trigger t where t.tgrelid = c.oid and t.tgname = '!reprise_replay_capture'),
             array(select a.attname::text from pg_attribute a
                    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped order by a.attnum),
             array(select case when l.collisdeterministic is false then ''
                               when b.typname in ('int2', 'int4', 'int8') then 'integer'
                               when b.typname in ('text', 'varchar') then 'text'
                               when b.typname in ('uuid', 'bool', 'date', 'time', 'timestamp', 'timestamptz', 'bytea', 'bpchar',
                                                  'oid', 'name') then b.typname::text
                               when b.typtype = 'e' then 'enum ' || b.oid
                               else '' end
                     from pg_attribute a join pg_type t on t.oid = a.atttypid
                     join pg_type b on b.oid = coalesce(nullif(t.typbasetype, 0), t.oid)
                     left join pg_collation l on l.oid = a.attcollation
                    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped order by a.attnum)
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        join pg_class r on r.oid = coalesce(pg_partition_root(c.oid), c.oid)
        join pg_namespace rn on rn.oid = r.relnamespace
       where c.relkind in ('r', 'p') and c.relpersistence <> 't' and\s""" + OWN;

  private static final String INDEXES = """
      select i.indrelid::bigint, i.indexrelid::bigint, x.relname, i.indisprimary, i.indisunique, i.indisexclusion,
             coalesce((to_jsonb(i) ->> 'indnullsnotdistinct')::boolean, false),
             i.indexprs is not null, i.indpred is not null, i.indnkeyatts,
             exists (select from unnest(i.indcollation::oid[]) u(c) join pg_collation l on l.oid = u.c
                      where not l.collisdeterministic),
             array(select a.attname::text from unnest(i.indkey::int2[]) with ordinality as k(number, place)
                     join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.number order by k.place)
        from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
        join pg_class x on x.oid = i.indexrelid
       where c.relkind in ('r', 'p') and c.relpersistence <> 't' and\s""" + OWN;

  private static final String FOREIGN_KEYS = """
      select f.conrelid::bigint, f.confrelid::bigint,
             array(select a.attname::text from unnest(f.conkey) with ordinality as k(number, place)
                     join pg_attribute a on a.attrelid = f.conrelid and a.attnum = k.number order by k.place),
             array(select a.attname::text from unnest(f.confkey) with ordinality as k(number, place)
                     join pg_attribute a on a.attrelid = f.confrelid and a.attnum = k.number order by k.place)
        from pg_constraint f where f.contype = 'f'
      """;

  private final Map<Long, Table> byOid = new HashMap<>();
  private final Map<String, Table> byName = new HashMap<>();
  private final Map<Long, Access> gaps = new HashMap<>();
  private final List<ForeignKey> foreignKeys = new ArrayList<>();

  private Tables() {}

  static Tables read(Connection connection) throws SQLException {
    var all = new Tables();
    var primary = new HashMap<Long, List<String>>();
    var indexes = new HashMap<Long, List<Found>>();
    for (var found : Jdbc.query(connection, INDEXES, Binder.NOTHING, Found::of)) {
      indexes.computeIfAbsent(found.table(), oid -> new ArrayList<>()).add(found);
      if (found.isPrimary()) {
        primary.put(found.table(), found.keyColumns());
      }
    }
    for (var table :
        Jdbc.query(connection, TABLES, Binder.NOTHING, row -> table(row, primary, indexes))) {
      all.byOid.put(table.oid(), table);
      all.byName.put(table.name(), table);
      table
          .indexes()
          .forEach(index -> all.gaps.put(index.oid(), Access.gaps(table.label(), index.name())));
    }
    for (var key : Jdbc.query(
        connection,
        FOREIGN_KEYS,
        Binder.NOTHING,
        row -> Optional.ofNullable(all.foreignKey(row)))) {
      key.ifPresent(all.foreignKeys::add);
    }
    return all;
  }

  /** An index as the catalog has it; the columns without those that expressions use. */
  private record Found(
      long table,
      long oid,
      String name,
      boolean isPrimary,
      boolean isUnique,
      boolean isExclusion,
      boolean nulls,
      boolean hasExpressions,
      boolean hasCondition,
      boolean isLoose,
      List<String> columns,
      List<String> keyColumns) {

    static Found of(ResultSet row) throws SQLException {
      var columns = strings(row, 12);
      return new Found(
          row.getLong(1),
          row.getLong(2),
          row.getString(3),
          row.getBoolean(4),
          row.getBoolean(5),
          row.getBoolean(6),
          row.getBoolean(7),
          row.getBoolean(8),
          row.getBoolean(9),
          row.getBoolean(11),
          columns,
          columns.subList(0, Math.min(columns.size(), row.getInt(10))));
    }

    Index in(Map<String, String> families) {
      boolean tells = !hasExpressions && !isLoose && isTold(keyColumns, families);
      return new Index(
          oid,
          name,
          hasExpressions || hasCondition ? List.copyOf(families.keySet()) : columns,
          isUnique && !isPrimary && tells ? keyColumns : List.of(),
          isExclusion || isUnique && !tells,
          nulls);
    }
  }

  private static boolean isTold(List<String> columns, Map<String, String> families) {
    return columns.stream()
        .noneMatch(column -> families.getOrDefault(column, "").isEmpty());
  }

  private static List<String> strings(ResultSet row, int column) throws SQLException {
    return List.of((String[]) row.getArray(column).getArray());
  }

  private static Table table(
      ResultSet row, Map<Long, List<String>> primary, Map<Long, List<Found>> indexes)
      throws SQLException {
    var names = strings(row, 7);
    var families = strings(row, 8);
    var columns = new LinkedHashMap<String, String>();
    for (int i = 0; i < names.size(); i++) {
      columns.put(names.get(i), families.get(i));
    }
    var key = primary.getOrDefault(row.getLong(1), List.of());
    return new Table(
        row.getLong(1),
        row.getString(2),
        row.getString(3),
        row.getString(4),
        row.getBoolean(5),
        row.getBoolean(6),
        columns,
        isTold(key, columns) ? key : List.of(),
        indexes.getOrDefault(row.getLong(1), List.of()).stream()
            .map(found -> found.in(columns))
            .toList());
  }

  private @Nullable ForeignKey foreignKey(ResultSet row) throws SQLException {
    var referring = byOid.get(row.getLong(1));
    var referred = byOid.get(row.getLong(2));
    return referring == null || referred == null
        ? null
        : new ForeignKey(referring, strings(row, 3), referred, strings(row, 4));
  }

  @Nullable
  Table byOid(long oid) {
    return byOid.get(oid);
  }

  /** By {@code schema.table}. */
  @Nullable
  Table byName(String name) {
    return byName.get(name);
  }

  /** What a lock on an index stands for; null where it is none of these. */
  @Nullable
  Access gapsOf(long index) {
    return gaps.get(index);
  }

  /** The foreign keys of a table. */
  List<ForeignKey> references(Table table) {
    return foreignKeys.stream()
        .filter(key -> key.referring().oid() == table.oid())
        .toList();
  }

  /** The foreign keys to a table, or to the partitioned table that it belongs to. */
  List<ForeignKey> referencesTo(Table table) {
    return foreignKeys.stream()
        .filter(key -> key.referred().label().equals(table.label()))
        .toList();
  }

  /** All of them. */
  Set<Access> everything() {
    return byOid.values().stream()
        .map(table -> Access.table(table.label()))
        .collect(Collectors.toUnmodifiableSet());
  }
}
