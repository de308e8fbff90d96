package dev.reprise.runtime.record;

/** Queries for types and functions; see {@link SchemaParts}. */
final class SchemaTypes {
  /** Columns of pg_collation have other names in other versions of the server. */
  static final String COLLATIONS = """
      select 'pg_collation'::regclass::oid::bigint, l.oid::bigint, format('collation %I.%I', n.nspname, l.collname),
        format('create collation %I.%I (%s)', n.nspname, l.collname, concat_ws(', ',
          case l.collprovider when 'i' then 'provider = icu' when 'b' then 'provider = builtin'
            else 'provider = libc' end,
          coalesce('locale = ' || quote_literal(
            coalesce(to_jsonb(l) ->> 'colllocale', to_jsonb(l) ->> 'colliculocale',
              case when l.collprovider <> 'c' then l.collcollate end)), null),
          case when l.collprovider = 'c' then format('lc_collate = %L, lc_ctype = %L', l.collcollate, l.collctype) end,
          case when not l.collisdeterministic then 'deterministic = false' end,
          'rules = ' || quote_literal(to_jsonb(l) ->> 'collicurules')))
      from pg_catalog.pg_collation l
      join space n on n.oid = l.collnamespace
      where not exists (
        select from member m where m.classid = 'pg_collation'::regclass and m.objid = l.oid)
      """;

  static final String ENUMS = """
      select 'pg_type'::regclass::oid::bigint, t.oid::bigint, format('type %I.%I', n.nspname, t.typname),
        format('create type %I.%I as enum (%s)', n.nspname, t.typname,
          (select string_agg(quote_literal(e.enumlabel), ', ' order by e.enumsortorder)
          from pg_catalog.pg_enum e where e.enumtypid = t.oid))
      from pg_catalog.pg_type t
      join space n on n.oid = t.typnamespace
      where t.typtype = 'e' and not exists (
        select from member m where m.classid = 'pg_type'::regclass and m.objid = t.oid)
      """;

  static final String DOMAINS = """
      select 'pg_type'::regclass::oid::bigint, t.oid::bigint, format('domain %I.%I', n.nspname, t.typname),
        format('create domain %I.%I as %s', n.nspname, t.typname, format_type(t.typbasetype, t.typtypmod))
          || case when l.oid is null then '' else format(' collate %I.%I', ln.nspname, l.collname) end
          || coalesce(' default ' || pg_get_expr(t.typdefaultbin, 0), '')
          || case when t.typnotnull then ' not null' else '' end
          || coalesce((select string_agg(format(' constraint %I %s', k.conname, pg_get_constraintdef(k.oid)), ''
            order by k.conname) from pg_catalog.pg_constraint k
            where k.contypid = t.oid and k.contype = 'c' and k.convalidated), '')
      from pg_catalog.pg_type t
      join space n on n.oid = t.typnamespace
      join pg_catalog.pg_type b on b.oid = t.typbasetype
      left join pg_catalog.pg_collation l on l.oid = t.typcollation and t.typcollation <> b.typcollation
      left join pg_catalog.pg_namespace ln on ln.oid = l.collnamespace
      where t.typtype = 'd' and not exists (
        select from member m where m.classid = 'pg_type'::regclass and m.objid = t.oid)
      """;

  /** What older values need not keep. */
  static final String LATE_DOMAIN_CHECKS = """
      select 'pg_constraint'::regclass::oid::bigint, k.oid::bigint,
        format('check of domain %I.%I %I', n.nspname, t.typname, k.conname),
        format('alter domain %I.%I add constraint %I %s', n.nspname, t.typname, k.conname, pg_get_constraintdef(k.oid))
      from pg_catalog.pg_constraint k
      join pg_catalog.pg_type t on t.oid = k.contypid
      join space n on n.oid = t.typnamespace
      where k.contype = 'c' and not k.convalidated and not exists (
        select from member m where m.classid = 'pg_type'::regclass and m.objid = t.oid)
      """;

  static final String COMPOSITES = """
      select 'pg_class'::regclass::oid::bigint, c.oid::bigint, 'type ' || c.name,
        format('create type %s as (%s)', c.name, (
          select string_agg(format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod))
            || case when l.oid is null then '' else format(' collate %I.%I', ln.nspname, l.collname) end,
            ', ' order by a.attnum)
          from pg_catalog.pg_attribute a
          join pg_catalog.pg_type t on t.oid = a.atttypid
          left join pg_catalog.pg_collation l on l.oid = a.attcollation and a.attcollation <> t.typcollation
          left join pg_catalog.pg_namespace ln on ln.oid = l.collnamespace
          where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped))
      from relation c
      where c.relkind = 'c' and not exists (
        select from member m where m.classid = 'pg_type'::regclass and m.objid = c.reltype)
      """;

  static final String RANGES = """
      select 'pg_type'::regclass::oid::bigint, t.oid::bigint, format('type %I.%I', n.nspname, t.typname),
        format('create type %I.%I as range (%s)', n.nspname, t.typname, concat_ws(', ',
          'subtype = ' || format_type(r.rngsubtype, null),
          format('subtype_opclass = %I.%I', opn.nspname, op.opcname),
          case when r.rngcollation <> 0 and r.rngcollation <> s.typcollation
            then format('collation = %s', r.rngcollation::regcollation) end,
          case when r.rngsubdiff <> 0 then 'subtype_diff = ' || r.rngsubdiff::regproc end,
          'multirange_type_name = ' || (to_jsonb(r) ->> 'rngmultitypid')::oid::regtype))
      from pg_catalog.pg_type t
      join space n on n.oid = t.typnamespace
      join pg_catalog.pg_range r on r.rngtypid = t.oid
      join pg_catalog.pg_type s on s.oid = r.rngsubtype
      join pg_catalog.pg_opclass op on op.oid = r.rngsubopc
      join pg_catalog.pg_namespace opn on opn.oid = op.opcnamespace
      where t.typtype = 'r' and r.rngcanonical = 0 and not exists (
        select from member m where m.classid = 'pg_type'::regclass and m.objid = t.oid)
      """;

  static final String FUNCTIONS = """
      select 'pg_proc'::regclass::oid::bigint, p.oid::bigint,
        format('%s %I.%I(%s)', case p.prokind when 'p' then 'procedure' else 'function' end,
          n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)),
        rtrim(pg_get_functiondef(p.oid), E'\\n')
      from pg_catalog.pg_proc p
      join space n on n.oid = p.pronamespace
      join pg_catalog.pg_language g on g.oid = p.prolang
      where p.prokind <> 'a' and g.lanname <> 'internal' and not exists (
        select from member m where m.classid = 'pg_proc'::regclass and m.objid = p.oid)
        and not exists (
          select from pg_catalog.pg_depend d
          where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'i')
      """;

  static final String AGGREGATES = """
      select 'pg_proc'::regclass::oid::bigint, p.oid::bigint,
        format('aggregate %I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid)),
        format('create aggregate %I.%I(%s) (%s)', n.nspname, p.proname,
          coalesce(nullif(pg_get_function_arguments(p.oid), ''), '*'),
          concat_ws(', ',
            'sfunc = ' || a.aggtransfn::regproc,
            'stype = ' || format_type(a.aggtranstype, null),
            case when a.aggfinalfn <> 0 then 'finalfunc = ' || a.aggfinalfn::regproc end,
            case when a.aggcombinefn <> 0 then 'combinefunc = ' || a.aggcombinefn::regproc end,
            'initcond = ' || quote_literal(a.agginitval),
            case p.proparallel when 's' then 'parallel = safe' when 'r' then 'parallel = restricted' end))
      from pg_catalog.pg_proc p
      join space n on n.oid = p.pronamespace
      join pg_catalog.pg_aggregate a on a.aggfnoid = p.oid
      where a.aggkind = 'n' and a.aggmtransfn = 0 and a.aggserialfn = 0 and not exists (
        select from member m where m.classid = 'pg_proc'::regclass and m.objid = p.oid)
      """;

  private SchemaTypes() {}
}
