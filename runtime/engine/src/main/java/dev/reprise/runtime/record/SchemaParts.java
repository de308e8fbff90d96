package dev.reprise.runtime.record;

import java.util.List;

/** The kinds of things in a schema, each with the query that tells how to make them. */
final class SchemaParts {
  /** For the fill of materialized views: when everything else is there. */
  static final int REFRESH = SchemaStatement.AFTER_ROWS + 9;

  /**
   * "space" has the schemas of the application, "relation" what is in them. Members of extensions come with those.
   */
  static final String APPLICATION = """
      with space as (
        select n.oid, n.nspname from pg_catalog.pg_namespace n
        where n.nspname !~ '^pg_'
          and n.nspname not in (
            'information_schema', 'reprise', 'reprise_history', 'reprise_rebuild', 'reprise_replay')
      ), member as (
        select d.classid, d.objid from pg_catalog.pg_depend d where d.deptype = 'e'
      ), relation as (
        select c.*, n.nspname, format('%I.%I', n.nspname, c.relname) as name
        from pg_catalog.pg_class c
        join space n on n.oid = c.relnamespace
        where c.relpersistence <> 't'
          and c.relname !~ '^flyway_schema_history'
          and not exists (
            select from member m where m.classid = 'pg_class'::regclass and m.objid = c.oid)
      )
      """;

  private static final String SCHEMAS = """
      select 'pg_namespace'::regclass::oid::bigint, n.oid::bigint, format('schema %I', n.nspname),
        format('create schema if not exists %I', n.nspname)
      from space n
      where not exists (
        select from member m where m.classid = 'pg_namespace'::regclass and m.objid = n.oid)
      """;

  private static final String EXTENSIONS = """
      select 'pg_extension'::regclass::oid::bigint, e.oid::bigint, format('extension %I', e.extname),
        format('create extension if not exists %I schema %I', e.extname, n.nspname)
      from pg_catalog.pg_extension e
      join pg_catalog.pg_namespace n on n.oid = e.extnamespace
      """;

  private static final String TABLES = """
      select 'pg_class'::regclass::oid::bigint, c.oid::bigint, 'table ' || c.name,
        format('create %stable %s (', case c.relpersistence when 'u' then 'unlogged ' else '' end, c.name)
          || coalesce(columns.sql, '') || ')'
          || coalesce(' inherits (' || parents.names || ')', '')
          || coalesce(' partition by ' || pg_get_partkeydef(c.oid), '')
          || coalesce(' with (' || array_to_string(c.reloptions, ', ') || ')', '')
      from relation c
      cross join lateral (
        select string_agg(
          format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod))
            || case when l.oid is null then '' else format(' collate %I.%I', ln.nspname, l.collname) end
            || case
              when a.attgenerated = 's' then format(' generated always as (%s) stored', pg_get_expr(d.adbin, d.adrelid))
              when a.attgenerated <> '' then format(' generated always as (%s) virtual', pg_get_expr(d.adbin, d.adrelid))
              when i.sql is not null and not c.relispartition then i.sql
              else '' end
            || case when a.attnotnull and not exists (
              select from pg_catalog.pg_constraint k
              where k.conrelid = c.oid and k.contype = 'n' and k.conkey[1] = a.attnum and not k.convalidated)
              then ' not null' else '' end,
          ', ' order by a.attnum) as sql
        from pg_catalog.pg_attribute a
        join pg_catalog.pg_type t on t.oid = a.atttypid
        left join pg_catalog.pg_collation l on l.oid = a.attcollation and a.attcollation <> t.typcollation
        left join pg_catalog.pg_namespace ln on ln.oid = l.collnamespace
        left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
        left join lateral (
          select format(
            ' generated %s as identity (sequence name %I.%I start with %s increment by %s minvalue %s maxvalue %s'
              || ' cache %s%s)',
            case a.attidentity when 'a' then 'always' else 'by default' end, sn.nspname, sc.relname,
            s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache,
            case when s.seqcycle then ' cycle' else '' end) as sql
          from pg_catalog.pg_depend e
          join pg_catalog.pg_sequence s on s.seqrelid = e.objid
          join pg_catalog.pg_class sc on sc.oid = s.seqrelid
          join pg_catalog.pg_namespace sn on sn.oid = sc.relnamespace
          where e.classid = 'pg_class'::regclass and e.refclassid = 'pg_class'::regclass and e.deptype = 'i'
            and e.refobjid = a.attrelid and e.refobjsubid = a.attnum
          limit 1
        ) i on a.attidentity <> ''
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
          and (a.attislocal or c.relispartition)
      ) columns
      cross join lateral (
        select string_agg(format('%I.%I', pn.nspname, p.relname), ', ' order by h.inhseqno) as names
        from pg_catalog.pg_inherits h
        join pg_catalog.pg_class p on p.oid = h.inhparent
        join pg_catalog.pg_namespace pn on pn.oid = p.relnamespace
        where h.inhrelid = c.oid and not c.relispartition
      ) parents
      where c.relkind in ('r', 'p')
      """;

  private static final String PARTITIONS = """
      select 'pg_class'::regclass::oid::bigint, c.oid::bigint, 'partition ' || c.name,
        format('alter table only %I.%I attach partition %s %s',
          pn.nspname, p.relname, c.name, pg_get_expr(c.relpartbound, c.oid))
      from relation c
      join pg_catalog.pg_inherits h on h.inhrelid = c.oid
      join pg_catalog.pg_class p on p.oid = h.inhparent
      join pg_catalog.pg_namespace pn on pn.oid = p.relnamespace
      where c.relkind in ('r', 'p') and c.relispartition
      """;

  private static final String DEFAULTS = """
      select 'pg_attrdef'::regclass::oid::bigint, d.oid::bigint, format('default %s.%I', c.name, a.attname),
        format('alter table only %s alter column %I set default %s',
          c.name, a.attname, pg_get_expr(d.adbin, d.adrelid))
      from relation c
      join pg_catalog.pg_attrdef d on d.adrelid = c.oid
      join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum = d.adnum
      where c.relkind in ('r', 'p', 'v') and a.attgenerated = ''
      """;

  private static final String SEQUENCES = """
      select 'pg_class'::regclass::oid::bigint, c.oid::bigint, 'sequence ' || c.name,
        format('create sequence %s as %s start with %s increment by %s minvalue %s maxvalue %s cache %s%s',
          c.name, format_type(s.seqtypid, null), s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache,
          case when s.seqcycle then ' cycle' else '' end)
      from relation c
      join pg_catalog.pg_sequence s on s.seqrelid = c.oid
      where not exists (
        select from pg_catalog.pg_depend d
        where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'i')
      """;

  private static final String OWNED_SEQUENCES = """
      select 'pg_class'::regclass::oid::bigint, c.oid::bigint, 'sequence ' || c.name,
        format('alter sequence %s owned by %s.%I', c.name, t.name, a.attname)
      from relation c
      join pg_catalog.pg_depend d on d.classid = 'pg_class'::regclass and d.objid = c.oid
        and d.refclassid = 'pg_class'::regclass and d.deptype = 'a'
      join relation t on t.oid = d.refobjid
      join pg_catalog.pg_attribute a on a.attrelid = t.oid and a.attnum = d.refobjsubid
      where c.relkind = 'S'
      """;

  private static final String VIEWS = """
      select 'pg_class'::regclass::oid::bigint, c.oid::bigint, 'view ' || c.name,
        format('create view %s%s as %s', c.name,
          coalesce(' with (' || array_to_string(c.reloptions, ', ') || ')', ''),
          rtrim(pg_get_viewdef(c.oid), ';'))
      from relation c
      where c.relkind = 'v'
      """;

  private static final String MATERIALIZED_VIEWS = """
      select 'pg_class'::regclass::oid::bigint, c.oid::bigint, 'materialized view ' || c.name,
        format('create materialized view %s%s as %s with no data', c.name,
          coalesce(' with (' || array_to_string(c.reloptions, ', ') || ')', ''),
          rtrim(pg_get_viewdef(c.oid), ';'))
      from relation c
      where c.relkind = 'm'
      """;

  private static final String REFRESHES = """
      select 'pg_class'::regclass::oid::bigint, c.oid::bigint, 'rows of materialized view ' || c.name,
        'refresh materialized view ' || c.name
      from relation c
      where c.relkind = 'm' and c.relispopulated
      """;

  private static final String CHECKS = """
      select 'pg_constraint'::regclass::oid::bigint, k.oid::bigint, format('check %s.%I', c.name, k.conname),
        format('alter table %s add constraint %I %s', c.name, k.conname, pg_get_constraintdef(k.oid))
      from relation c
      join pg_catalog.pg_constraint k on k.conrelid = c.oid
      where c.relkind in ('r', 'p') and k.contype = 'c' and k.coninhcount = 0
      """;

  private static final String KEYS = """
      select 'pg_constraint'::regclass::oid::bigint, k.oid::bigint, format('key %s.%I', c.name, k.conname),
        format('alter table only %s add constraint %I %s', c.name, k.conname, pg_get_constraintdef(k.oid))
      from relation c
      join pg_catalog.pg_constraint k on k.conrelid = c.oid
      where c.relkind in ('r', 'p') and k.contype in ('p', 'u', 'x')
      """;

  private static final String INDEXES = """
      select 'pg_class'::regclass::oid::bigint, c.oid::bigint, 'index ' || c.name, pg_get_indexdef(c.oid)
      from relation c
      join pg_catalog.pg_index i on i.indexrelid = c.oid
      join relation t on t.oid = i.indrelid
      where (i.indisvalid or c.relkind = 'I')
        and not exists (select from pg_catalog.pg_constraint k
          where k.conindid = c.oid and k.contype in ('p', 'u', 'x'))
      """;

  private static final String INDEX_PARTITIONS = """
      select (case when k.oid is null then 'pg_class'::regclass else 'pg_constraint'::regclass end)::oid::bigint,
        coalesce(k.oid, c.oid)::bigint, 'index partition ' || c.name,
        format('alter index %s attach partition %s', p.name, c.name)
      from relation c
      join pg_catalog.pg_index i on i.indexrelid = c.oid
      join pg_catalog.pg_inherits h on h.inhrelid = c.oid
      join relation p on p.oid = h.inhparent
      left join pg_catalog.pg_constraint k on k.conindid = c.oid and k.contype in ('p', 'u', 'x')
      where c.relkind in ('i', 'I')
      """;

  private static final String FOREIGN_KEYS = """
      select 'pg_constraint'::regclass::oid::bigint, k.oid::bigint, format('foreign key %s.%I', c.name, k.conname),
        format('alter table %s add constraint %I %s', c.name, k.conname, pg_get_constraintdef(k.oid))
      from relation c
      join pg_catalog.pg_constraint k on k.conrelid = c.oid
      where c.relkind in ('r', 'p') and k.contype = 'f' and k.conparentid = 0
      """;

  private static final String RULES = """
      select 'pg_rewrite'::regclass::oid::bigint, r.oid::bigint, format('rule %s.%I', c.name, r.rulename),
        rtrim(pg_get_ruledef(r.oid), ';')
      from relation c
      join pg_catalog.pg_rewrite r on r.ev_class = c.oid
      where r.rulename <> '_RETURN'
      """;

  private static final String RULE_STATES = """
      select 'pg_rewrite'::regclass::oid::bigint, r.oid::bigint, format('rule %s.%I', c.name, r.rulename),
        format('alter table %s %s rule %I', c.name,
          case r.ev_enabled when 'D' then 'disable' when 'R' then 'enable replica' else 'enable always' end,
          r.rulename)
      from relation c
      join pg_catalog.pg_rewrite r on r.ev_class = c.oid
      where r.rulename <> '_RETURN' and r.ev_enabled <> 'O'
      """;

  private static final String TRIGGERS = """
      select 'pg_trigger'::regclass::oid::bigint, t.oid::bigint, format('trigger %s.%I', c.name, t.tgname),
        pg_get_triggerdef(t.oid)
      from relation c
      join pg_catalog.pg_trigger t on t.tgrelid = c.oid
      where not t.tgisinternal and t.tgparentid = 0
      """;

  private static final String TRIGGER_STATES = """
      select 'pg_trigger'::regclass::oid::bigint, t.oid::bigint, format('trigger %s.%I', c.name, t.tgname),
        format('alter table %s %s trigger %I', c.name,
          case t.tgenabled when 'D' then 'disable' when 'R' then 'enable replica' else 'enable always' end,
          t.tgname)
      from relation c
      join pg_catalog.pg_trigger t on t.tgrelid = c.oid
      where not t.tgisinternal and t.tgenabled <> 'O' and t.tgparentid = 0
      """;

  static final List<SchemaPart> ALL = List.of(
      part(0, 0, SCHEMAS),
      part(1, 0, EXTENSIONS),
      part(2, 0, SchemaTypes.COLLATIONS),
      part(3, 0, SchemaTypes.ENUMS),
      part(4, 0, SchemaTypes.DOMAINS),
      part(4, 0, SchemaTypes.COMPOSITES),
      part(4, 0, SchemaTypes.RANGES),
      part(5, 0, SchemaTypes.FUNCTIONS),
      part(6, 0, SchemaTypes.AGGREGATES),
      part(7, 0, SEQUENCES),
      part(8, 0, TABLES),
      part(9, 1, PARTITIONS),
      part(10, 1, OWNED_SEQUENCES),
      part(11, 0, DEFAULTS),
      part(12, 0, VIEWS),
      part(12, 0, MATERIALIZED_VIEWS),
      part(SchemaStatement.AFTER_ROWS, 0, CHECKS),
      part(SchemaStatement.AFTER_ROWS, 0, SchemaTypes.LATE_DOMAIN_CHECKS),
      part(SchemaStatement.AFTER_ROWS + 1, 0, KEYS),
      part(SchemaStatement.AFTER_ROWS + 2, 0, INDEXES),
      part(SchemaStatement.AFTER_ROWS + 3, 1, INDEX_PARTITIONS),
      part(SchemaStatement.AFTER_ROWS + 4, 0, FOREIGN_KEYS),
      part(SchemaStatement.AFTER_ROWS + 5, 0, RULES),
      part(SchemaStatement.AFTER_ROWS + 6, 0, TRIGGERS),
      part(SchemaStatement.AFTER_ROWS + 7, 1, RULE_STATES),
      part(SchemaStatement.AFTER_ROWS + 7, 1, TRIGGER_STATES),
      part(REFRESH, 1, REFRESHES));

  private SchemaParts() {}

  private static SchemaPart part(int rank, int step, String query) {
    return new SchemaPart(rank, step, APPLICATION + query);
  }
}
