package dev.reprise.runtime.record;

import dev.reprise.runtime.postgres.Binder;
import dev.reprise.runtime.postgres.Jdbc;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/** Reads what tables the application has. Without state. */
final class Catalog {
  private Catalog() {}

  /**
   * The tables of the application: ordinary ones and leaves of partitioned ones, outside the system's schemas and
   * those of Reprise, neither temporary, nor part of an extension, nor a migration tool's own.
   */
  static List<CatalogTable> tables(Connection connection, String publication) throws SQLException {
    var sql = """
        select c.oid::bigint as oid, n.nspname, c.relname, format('%I.%I', n.nspname, c.relname) as qualified,
               c.relpersistence = 'p' as logged,
               pg_has_role(c.relowner, 'usage') as owned,
               row_security_active(c.oid) as filtered,
               c.relreplident = 'f' as whole,
               c.relreplident = 'f' or k.indkey is not null as identified,
               exists (select from pg_publication_rel r join pg_publication p on p.oid = r.prpubid
                        where p.pubname = ? and r.prrelid = c.oid) as published,
               current_setting('server_version_num')::integer >= 180000
                 and exists (select from pg_attribute g
                              where g.attrelid = c.oid and g.attgenerated <> '' and not g.attisdropped
                                and (c.relreplident = 'f' or k.indkey is null or g.attnum = any(k.indkey)))
                 as unfit,
               a.columns, a.types, a.numbers, a.keys, a.filled
          from pg_class c
          join pg_namespace n on n.oid = c.relnamespace
          left join lateral (
            select i.indkey from pg_index i
             where i.indrelid = c.oid and i.indisvalid and i.indimmediate
               and case c.relreplident when 'd' then i.indisprimary when 'i' then i.indisreplident else false end
             limit 1) k on true
         cross join lateral (
            select coalesce(array_agg(t.attname::text order by t.attnum), '{}') as columns,
                   coalesce(array_agg(format_type(t.atttypid, t.atttypmod) order by t.attnum), '{}') as types,
                   coalesce(array_agg(t.attnum::integer order by t.attnum), '{}') as numbers,
                   coalesce(array_agg(t.attname::text order by t.attnum)
                     filter (where c.relreplident = 'f' or t.attnum = any(k.indkey)), '{}') as keys,
                   coalesce(array_agg(t.attnum::integer order by t.attnum)
                     filter (where (t.atthasdef or t.attidentity <> '') and not t.atthasmissing), '{}') as filled
              from pg_attribute t
             where t.attrelid = c.oid and t.attnum > 0 and not t.attisdropped and t.attgenerated = '') a
         where c.relkind = 'r' and c.relpersistence <> 't'
           and n.nspname !~ '^pg_' and n.nspname not in ('information_schema', 'reprise', 'reprise_history')
           and c.relname !~ '^flyway_schema_history'
           and not exists (select from pg_depend d
                            where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
         order by n.nspname, c.relname
        """;
    return Jdbc.query(
        connection, sql, statement -> statement.setString(1, publication), Catalog::table);
  }

  private static CatalogTable table(ResultSet row) throws SQLException {
    return new CatalogTable(
        new TableShape(
            row.getLong("oid"),
            row.getString("nspname"),
            row.getString("relname"),
            texts(row, "columns"),
            texts(row, "types"),
            numbers(row, "numbers"),
            texts(row, "keys"),
            row.getBoolean("whole")),
        row.getString("qualified"),
        row.getBoolean("published"),
        row.getBoolean("identified"),
        row.getBoolean("unfit"),
        row.getBoolean("owned"),
        row.getBoolean("filtered"),
        row.getBoolean("logged"),
        numbers(row, "filled"));
  }

  /** An array of texts without nulls. */
  static List<String> texts(ResultSet row, String column) throws SQLException {
    return List.of((String[]) row.getArray(column).getArray());
  }

  /** An array of numbers without nulls. */
  static List<Integer> numbers(ResultSet row, String column) throws SQLException {
    return List.of((Integer[]) row.getArray(column).getArray());
  }

  /**
   * The application's schema at a glance.
   *
   * @param fingerprint something that changes with every change of it, and seldom else
   * @param snapshot what that look saw
   */
  record Glance(String fingerprint, String snapshot) {}

  /** Has a look. */
  static Glance glance(Connection connection) throws SQLException {
    var sql = """
        with lasting as (select oid, xmin, ctid from pg_class where relpersistence <> 't'),
        row (place, version) as (
          select 'c' || ctid, xmin from lasting
          union all
          select 'a' || ctid, xmin from pg_attribute where attrelid in (select oid from lasting)
          union all select 'i' || ctid, xmin from pg_index where indrelid in (select oid from lasting)
          union all select 't' || ctid, xmin from pg_type where typtype not in ('b', 'c')
          union all select 'n' || ctid, xmin from pg_namespace where nspname !~ '^pg_'
          union all select 'd' || ctid, xmin from pg_attrdef
          union all select 'k' || ctid, xmin from pg_constraint
          union all select 'f' || ctid, xmin from pg_proc
          union all select 'g' || ctid, xmin from pg_trigger
          union all select 'e' || ctid, xmin from pg_enum
          union all select 'r' || ctid, xmin from pg_rewrite
          union all select 's' || ctid, xmin from pg_sequence
          union all select 'x' || ctid, xmin from pg_extension
          union all select 'y' || ctid, xmin from pg_policy
          union all select 'p' || ctid, xmin from pg_publication_rel)
        select count(*) || ':' || sum(hashtextextended(place || version::text, 0)::numeric),
               pg_current_snapshot()::text
          from row
        """;
    return Jdbc.queryOne(
            connection,
            sql,
            Binder.NOTHING,
            row -> new Glance(String.valueOf(row.getString(1)), row.getString(2)))
        .orElseThrow();
  }
}
