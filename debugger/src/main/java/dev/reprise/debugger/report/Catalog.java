package dev.reprise.debugger.report;

import dev.reprise.debugger.report.TableShape.Column;
import dev.reprise.debugger.report.TableShape.Kind;
import dev.reprise.runtime.postgres.Binder;
import dev.reprise.runtime.postgres.Jdbc;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The tables of the application in a database: those of its own schemas, a partitioned one as a whole. Immutable.
 *
 * @param tables by their labels, in their order
 */
record Catalog(
    Map<String, TableShape> tables, List<ForeignKey> foreignKeys, List<UniqueKey> uniqueKeys) {

  /**
   * A foreign key.
   *
   * @param table the label of the table that refers
   * @param parent the label of the table referred to
   * @param follows whether rows that refer are changed or deleted along with the row they refer to
   */
  record ForeignKey(
      String table,
      List<String> columns,
      String parent,
      List<String> referenced,
      boolean follows) {}

  /** Columns of a table whose values are unique together, beside its primary key. */
  record UniqueKey(String table, List<String> columns) {}

  private static final String OF_APPLICATION = """
      c.relkind in ('r', 'p') and c.relpersistence <> 't' and not c.relispartition
        and n.nspname !~ '^(pg_|reprise$|reprise_)' and n.nspname <> 'information_schema'
      """;

  private static final String COLUMNS = """
      with recursive based as (
        select t.oid as type, t.oid as base from pg_type t where t.typtype <> 'd'
        union all
        select t.oid, b.base from pg_type t join based b on t.typbasetype = b.type where t.typtype = 'd')
      select n.nspname || '.' || c.relname, quote_ident(n.nspname) || '.' || quote_ident(c.relname), c.relkind = 'p',
             a.attname, quote_ident(a.attname), format_type(a.atttypid, a.atttypmod),
             case when b.typnamespace <> 'pg_catalog'::regnamespace then case b.typtype when 'e' then 'CAST' else 'BY_TEXT' end
                  when b.typname in ('int2', 'int4', 'int8', 'numeric') then 'NUMBER'
                  when b.typname = 'bool' then 'BOOLEAN'
                  when b.typname in ('text', 'varchar', 'bpchar') and a.atttypid = b.oid then 'TEXT'
                  when b.typcategory in ('N', 'S', 'D', 'T', 'I') or b.typname in ('uuid', 'bytea', 'jsonb') then 'CAST'
                  else 'BY_TEXT' end,
             a.attgenerated <> '', a.attidentity <> '', a.attidentity = 'a', pg_get_expr(d.adbin, d.adrelid)
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        left join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
        left join based on based.type = a.atttypid
        left join pg_type b on b.oid = based.base
       where %s
       order by n.nspname collate "C", c.relname collate "C", a.attnum
      """.formatted(OF_APPLICATION);

  private static final String KEYS = """
      select n.nspname || '.' || c.relname, i.indisprimary,
             array(select a.attname::text from unnest(i.indkey::int2[]) with ordinality k(attnum, place)
                     join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum
                    where k.place <= i.indnkeyatts order by k.place)
        from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
       where %s and i.indisunique and i.indisvalid and i.indpred is null and i.indexprs is null
       order by i.indexrelid
      """.formatted(OF_APPLICATION);

  private static final String FOREIGN_KEYS = """
      select n.nspname || '.' || c.relname,
             array(select a.attname::text from unnest(k.conkey) with ordinality u(attnum, place)
                     join pg_attribute a on a.attrelid = k.conrelid and a.attnum = u.attnum order by u.place),
             m.nspname || '.' || p.relname,
             array(select a.attname::text from unnest(k.confkey) with ordinality u(attnum, place)
                     join pg_attribute a on a.attrelid = k.confrelid and a.attnum = u.attnum order by u.place),
             k.confdeltype in ('c', 'n', 'd') or k.confupdtype in ('c', 'n', 'd')
        from pg_constraint k
        join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
        join pg_class p on p.oid = k.confrelid join pg_namespace m on m.oid = p.relnamespace
       where k.contype = 'f' and not p.relispartition and %s
       order by k.oid
      """.formatted(OF_APPLICATION);

  private static final String TRIGGERS = """
      select n.nspname || '.' || c.relname, t.tgname
        from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
        join pg_proc p on p.oid = t.tgfoid join pg_namespace m on m.oid = p.pronamespace
       where not t.tgisinternal and t.tgenabled in ('O', 'A') and m.nspname !~ '^reprise_' and %s
       order by t.tgname
      """.formatted(OF_APPLICATION);

  /** Reads it, within a {@link Reading#qualified}. */
  static Catalog read(Connection connection) throws SQLException {
    var keys = new HashMap<String, List<String>>();
    var unique = new ArrayList<UniqueKey>();
    for (var key : Jdbc.query(
        connection,
        KEYS,
        Binder.NOTHING,
        row -> Map.entry(row.getBoolean(2), new UniqueKey(row.getString(1), names(row, 3))))) {
      if (key.getKey()) {
        keys.put(key.getValue().table(), key.getValue().columns());
      } else {
        unique.add(key.getValue());
      }
    }
    var triggers = new HashMap<String, List<String>>();
    for (var trigger : Jdbc.query(
        connection,
        TRIGGERS,
        Binder.NOTHING,
        row -> Map.entry(row.getString(1), row.getString(2)))) {
      triggers
          .computeIfAbsent(trigger.getKey(), table -> new ArrayList<>())
          .add(trigger.getValue());
    }
    var foreign = Jdbc.query(
        connection,
        FOREIGN_KEYS,
        Binder.NOTHING,
        row -> new ForeignKey(
            row.getString(1), names(row, 2), row.getString(3), names(row, 4), row.getBoolean(5)));
    return new Catalog(tables(connection, keys, triggers), foreign, unique);
  }

  private static Map<String, TableShape> tables(
      Connection connection, Map<String, List<String>> keys, Map<String, List<String>> triggers)
      throws SQLException {
    var defaults = Defaults.read(connection);
    var tables = new LinkedHashMap<String, TableShape>();
    var unused = Jdbc.query(connection, COLUMNS, Binder.NOTHING, row -> {
      var label = row.getString(1);
      var table = tables.get(label);
      if (table == null) {
        table = new TableShape(
            label,
            row.getString(2),
            row.getBoolean(3),
            new ArrayList<>(),
            keys.getOrDefault(label, List.of()),
            triggers.getOrDefault(label, List.of()));
        tables.put(label, table);
      }
      if (row.getString(4) != null) {
        table.columns().add(column(row, defaults));
      }
      return label;
    });
    return tables;
  }

  private static Column column(ResultSet row, Defaults defaults) throws SQLException {
    var expression = row.getString(11);
    boolean generated = row.getBoolean(8);
    boolean identity = row.getBoolean(9);
    return new Column(
        row.getString(4),
        row.getString(5),
        row.getString(6),
        Kind.valueOf(row.getString(7)),
        generated,
        identity || !generated && Defaults.isSequence(expression),
        row.getBoolean(10),
        identity || !generated && defaults.isDrawn(expression));
  }

  private static List<String> names(ResultSet row, int column) throws SQLException {
    return List.of((String[]) row.getArray(column).getArray());
  }

  /** {@code schema.table.column} of every column whose values are drawn, or refer to such values. */
  Set<String> drawnColumns() {
    var drawn = new HashSet<String>();
    for (var table : tables.values()) {
      for (var column : table.columns()) {
        if (column.drawn()) {
          drawn.add(table.label() + "." + column.name());
        }
      }
    }
    boolean more = true;
    while (more) {
      more = false;
      for (var key : foreignKeys) {
        for (int i = 0; i < key.columns().size(); i++) {
          if (drawn.contains(key.parent() + "." + key.referenced().get(i))) {
            more |= drawn.add(key.table() + "." + key.columns().get(i));
          }
        }
      }
    }
    return drawn;
  }
}
