package dev.reprise.runtime.record;

import dev.reprise.runtime.postgres.Binder;
import dev.reprise.runtime.postgres.Jdbc;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/** Reads what tables the application has. Without state. */
final class Catalog {
  /** Of each table the types that the application made and its columns use; see {@code relations.stored}. */
  private static final String TYPES = """
       cross join lateral (
          with recursive used (type) as (
            select t.atttypid from pg_attribute t
             where t.attrelid = c.oid and t.attnum > 0 and not t.attisdropped and t.atttypid >= 16384
            union
            select part.type from used u join pg_type o on o.oid = u.type
             cross join lateral (
               select o.typelem as type union all select o.typbasetype
               union all select r.rngsubtype from pg_range r where u.type in (r.rngtypid, r.rngmultitypid)
               union all select m.atttypid from pg_attribute m
                          where m.attrelid = o.typrelid and m.attnum > 0 and not m.attisdropped) part
             where part.type >= 16384)
          select coalesce(jsonb_object_agg(d.place, d.said), '{}') as types
            from used u
           cross join lateral (
             select 'label ' || e.oid, e.enumlabel::text from pg_enum e where e.enumtypid = u.type
             union all
             select 'type ' || u.type, string_agg(m.attnum || ' ' || m.atttypid, ',' order by m.attnum)
               from pg_type o join pg_attribute m on m.attrelid = o.typrelid
              where o.oid = u.type and m.attnum > 0 and not m.attisdropped
             having count(*) > 0) d (place, said)) y
      """;

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
                        where p.pubname = ? and r.prrelid = c.oid
                          and p.pubinsert and p.pubupdate and p.pubdelete and p.pubtruncate and not p.pubviaroot
                          and coalesce(to_jsonb(r) ->> 'prqual', to_jsonb(r) ->> 'prattrs') is null) as published,
               current_setting('server_version_num')::integer >= 180000
                 and exists (select from pg_attribute g
                              where g.attrelid = c.oid and g.attgenerated <> '' and not g.attisdropped
                                and (c.relreplident = 'f' or k.indkey is null or g.attnum = any(k.indkey)))
                 as unfit,
               a.columns, a.types, a.numbers, a.keys, a.filled,
               jsonb_build_object('file', c.relfilenode, 'columns', a.versions, 'types', y.types)::text as stored
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
                     filter (where (t.atthasdef or t.attidentity <> '') and not t.atthasmissing), '{}') as filled,
                   md5(string_agg(t.attnum || ' ' || t.xmin::text, ',' order by t.attnum)) as versions
              from pg_attribute t
             where t.attrelid = c.oid and t.attnum > 0 and not t.attisdropped and t.attgenerated = '') a
        """ + TYPES + """
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
        numbers(row, "filled"),
        row.getString("stored"));
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
   * @param fingerprint something that changes with every change of it, or of what we may do, and seldom else
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
          union all select 'p' || ctid, xmin from pg_publication_rel
          union all select 'u' || ctid, xmin from pg_publication
          union all select 'o' || ctid, xmin from pg_db_role_setting
          union all select 'l' || ctid, xmin from pg_collation
          union all select 'm' || ctid, xmin from pg_auth_members
          union all select 'b' || rolbypassrls || rolsuper, '0' from pg_roles where rolname = current_user)
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
