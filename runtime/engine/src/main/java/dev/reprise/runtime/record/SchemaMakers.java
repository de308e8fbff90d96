package dev.reprise.runtime.record;

import dev.reprise.runtime.postgres.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Finds out which transactions made or changed objects of the application: their ids are in the rows of the catalogs. What was
 * dropped leaves no row. A row of a table tells nothing where the table's file is a new one: TRUNCATE writes it, too, and
 * what changes the columns is told by theirs. What the recorder itself does to publish a table is left out. Without state.
 */
final class SchemaMakers {
  /** An id in full is the one nearest to the next one that the server will give; see {@link TransactionIds}. */
  static final String IN_FULL = """
      ((pg_snapshot_xmax(pg_current_snapshot())::text::bigint
        + mod(%1$s::text::bigint - mod(pg_snapshot_xmax(pg_current_snapshot())::text::bigint, 4294967296)
              + 6442450944, 4294967296) - 2147483648)::text::xid8)""";

  private static final String MAKERS = """
      with space as (
        select oid, xmin from pg_namespace
         where nspname !~ '^pg_' and nspname not in ('information_schema', 'reprise', 'reprise_history')
      ), lasting as (
        select oid, xmin, relfilenode from pg_class
         where relnamespace in (select oid from space) and relpersistence <> 't'
           and relname !~ '^flyway_schema_history'
      ), kind as (
        select oid, xmin from pg_type where typtype <> 'b' and typnamespace in (select oid from space)
           and (typrelid = 0 or typrelid in (select oid from lasting))
      ), found (version) as (
        select xmin from space
        union all select xmin from lasting where relfilenode = 0 or relfilenode = oid
        union all select xmin from kind
        union all select xmin from pg_attribute where attrelid in (select oid from lasting)
        union all select xmin from pg_attrdef where adrelid in (select oid from lasting)
        union all select xmin from pg_index where indrelid in (select oid from lasting)
        union all select xmin from pg_inherits where inhrelid in (select oid from lasting)
        union all select xmin from pg_constraint where connamespace in (select oid from space)
           and (conrelid = 0 or conrelid in (select oid from lasting))
        union all select xmin from pg_proc where pronamespace in (select oid from space)
        union all select xmin from pg_trigger where tgrelid in (select oid from lasting)
        union all select xmin from pg_enum where enumtypid in (select oid from kind)
        union all select xmin from pg_rewrite where ev_class in (select oid from lasting)
        union all select xmin from pg_sequence where seqrelid in (select oid from lasting)
        union all select xmin from pg_extension
      ), maker (id) as (
        select %1$s from (select distinct version from found) f
         where version::text::bigint >= 3
           and version not in (select r.xmin from pg_publication_rel r
                                join pg_publication p on p.oid = r.prpubid and p.pubname = 'reprise_history')
      )
      select coalesce(array_agg(id::text order by id), '{}') from maker
       where not pg_visible_in_snapshot(id, ?::pg_snapshot) and pg_visible_in_snapshot(id, pg_current_snapshot())
      """.formatted(IN_FULL.formatted("version"));

  private SchemaMakers() {}

  /**
   * The ids of those whose effects the transaction of this connection sees and a snapshot did not; null where there is no such
   * snapshot.
   */
  static String @Nullable [] since(Connection connection, @Nullable String snapshot)
      throws SQLException {
    if (snapshot == null) {
      return null;
    }
    return Jdbc.query(connection, MAKERS, statement -> statement.setString(1, snapshot), row ->
            (String[]) row.getArray(1).getArray())
        .get(0);
  }
}
