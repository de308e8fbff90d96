package dev.reprise.debugger.rebuild;

import dev.reprise.runtime.postgres.Binder;
import dev.reprise.runtime.postgres.Jdbc;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/** Sets sequences behind the values that the columns have which they feed; where they stood is not recorded. */
final class Sequences {
  /** A sequence feeds the column that owns it, and those whose default uses it. */
  private static final String FED_COLUMNS = """
      with recursive base (type, root) as (
        select oid, oid from pg_type where typtype <> 'd'
        union all
        select d.oid, b.root from pg_type d join base b on b.type = d.typbasetype where d.typtype = 'd'
      )
      select distinct format('%I.%I', sn.nspname, s.relname), format('%I.%I', tn.nspname, t.relname),
        format('%I', a.attname), q.seqincrement > 0, q.seqmin, q.seqmax
      from pg_sequence q
      join pg_class s on s.oid = q.seqrelid
      join pg_namespace sn on sn.oid = s.relnamespace
      join (
        select objid as sequence, refobjid as relation, refobjsubid::int as number from pg_depend
        where classid = 'pg_class'::regclass and refclassid = 'pg_class'::regclass and deptype in ('a', 'i')
          and refobjsubid > 0
        union
        select e.refobjid, d.adrelid, d.adnum from pg_attrdef d
        join pg_depend e on e.classid = 'pg_attrdef'::regclass and e.objid = d.oid
          and e.refclassid = 'pg_class'::regclass
        union
        -- the default of a domain
        select e.refobjid, u.attrelid, u.attnum from pg_depend e join pg_attribute u on u.atttypid = e.objid
        where e.classid = 'pg_type'::regclass and e.refclassid = 'pg_class'::regclass
          and u.attnum > 0 and not u.attisdropped
      ) feeds on feeds.sequence = q.seqrelid
      join pg_class t on t.oid = feeds.relation and t.relkind in ('r', 'p')
      join pg_namespace tn on tn.oid = t.relnamespace
      join pg_attribute a on a.attrelid = t.oid and a.attnum = feeds.number
      join base on base.type = a.atttypid
      where base.root in ('int2'::regtype, 'int4'::regtype, 'int8'::regtype, 'numeric'::regtype)
      order by 1, 2, 3
      """;

  private static final String CURRENT = """
      select setval(%1$s, m.value)::text
      from pg_sequence q, %5$s s, (
        -- somebody may have put in what no sequence gives
        select trunc(%2$s(%3$s)::numeric)::bigint as value from %4$s where %3$s between %6$d and %7$d) m
      where q.seqrelid = %1$s and m.value is not null
        and (not s.is_called or case when q.seqincrement > 0 then m.value > s.last_value else m.value < s.last_value end)
        and (s.is_called or case when q.seqincrement > 0 then m.value >= s.last_value else m.value <= s.last_value end)
      """;

  private record Fed(
      String sequence, String table, String column, boolean ascending, long least, long most) {}

  private Sequences() {}

  static void advance(Connection connection) throws SQLException {
    List<Fed> columns = Jdbc.query(
        connection,
        FED_COLUMNS,
        Binder.NOTHING,
        row -> new Fed(
            row.getString(1),
            row.getString(2),
            row.getString(3),
            row.getBoolean(4),
            row.getLong(5),
            row.getLong(6)));
    for (Fed fed : columns) {
      String regclass = "'" + fed.sequence().replace("'", "''") + "'::regclass";
      String sql = CURRENT.formatted(
          regclass,
          fed.ascending() ? "max" : "min",
          fed.column(),
          fed.table(),
          fed.sequence(),
          fed.least(),
          fed.most());
      Jdbc.query(connection, sql, Binder.NOTHING, row -> row.getString(1));
    }
  }
}
