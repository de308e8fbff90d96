package dev.reprise.debugger.trace;

import dev.reprise.runtime.postgres.Binder;
import dev.reprise.runtime.postgres.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The columns of a database, and which of them hold the same values: those of a foreign key and of the key it refers to,
 * and those of a partitioned table and of its parts.
 *
 * @param types of every column; that below it where it is a domain
 */
record TableLinks(Map<Column, String> types, List<Link> links) {
  /** A column. */
  record Column(String schema, String table, String name) implements Comparable<Column> {
    String qualifiedName() {
      return schema + "." + table + "." + name;
    }

    @Override
    public int compareTo(Column other) {
      return qualifiedName().compareTo(other.qualifiedName());
    }
  }

  /** Two columns with the same values. */
  record Link(Column one, Column other) {}

  private static final String COLUMNS = """
      with recursive based as (
        select c.oid as relation, a.attnum, a.atttypid as type, a.atttypmod as modifier
          from pg_catalog.pg_class c
          join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
         where c.relkind in ('r', 'p')
        union all
        select b.relation, b.attnum, t.typbasetype, t.typtypmod
          from based b join pg_catalog.pg_type t on t.oid = b.type where t.typtype = 'd')
      select n.nspname, c.relname, a.attname, format_type(b.type, b.modifier)
        from based b
        join pg_catalog.pg_type t on t.oid = b.type and t.typtype <> 'd'
        join pg_catalog.pg_class c on c.oid = b.relation
        join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        join pg_catalog.pg_attribute a on a.attrelid = b.relation and a.attnum = b.attnum
       where n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'reprise_rebuild')
       order by 1, 2, b.attnum
      """;

  private static final String LINKS = """
      select n.nspname, c.relname, a.attname, m.nspname, d.relname, b.attname
        from (
          select k.conrelid as one, unnest(k.conkey) as one_column, k.confrelid as other, unnest(k.confkey) as other_column
            from pg_catalog.pg_constraint k where k.contype = 'f'
          union all
          select i.inhrelid, a.attnum, i.inhparent, b.attnum
            from pg_catalog.pg_inherits i
            join pg_catalog.pg_attribute a on a.attrelid = i.inhrelid and a.attnum > 0 and not a.attisdropped
            join pg_catalog.pg_attribute b on b.attrelid = i.inhparent and b.attname = a.attname) l
        join pg_catalog.pg_class c on c.oid = l.one
        join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum = l.one_column
        join pg_catalog.pg_class d on d.oid = l.other
        join pg_catalog.pg_namespace m on m.oid = d.relnamespace
        join pg_catalog.pg_attribute b on b.attrelid = d.oid and b.attnum = l.other_column
      """;

  static TableLinks read(Connection connection) throws SQLException {
    Map<Column, String> types = new LinkedHashMap<>();
    Jdbc.query(connection, COLUMNS, Binder.NOTHING, row -> {
      var column = new Column(row.getString(1), row.getString(2), row.getString(3));
      return types.put(column, row.getString(4));
    });
    var links = Jdbc.query(
        connection,
        LINKS,
        Binder.NOTHING,
        row -> new Link(
            new Column(row.getString(1), row.getString(2), row.getString(3)),
            new Column(row.getString(4), row.getString(5), row.getString(6))));
    return new TableLinks(types, links);
  }

  /** With those of another state of the database. */
  TableLinks and(TableLinks other) {
    Map<Column, String> allTypes = new LinkedHashMap<>(types);
    other.types().forEach(allTypes::putIfAbsent);
    var allLinks = new LinkedHashSet<>(links);
    allLinks.addAll(other.links());
    return new TableLinks(allTypes, List.copyOf(allLinks));
  }

  /** These, and all that hold the same values. */
  Set<Column> linkedTo(Collection<Column> columns) {
    Set<Column> all = new TreeSet<>(columns);
    var open = new ArrayDeque<>(columns);
    while (!open.isEmpty()) {
      var column = open.poll();
      for (var link : links) {
        if (link.one().equals(column) && all.add(link.other())) {
          open.add(link.other());
        }
        if (link.other().equals(column) && all.add(link.one())) {
          open.add(link.one());
        }
      }
    }
    return all;
  }
}
