package dev.reprise.runtime.record;

/** What is to be known of a schema beside its statements; queries for JSON objects or texts, one a row. */
final class SchemaFacts {
  /** Columns of pg_database have other names in other versions of the server. */
  static final String DATABASE = """
      select jsonb_build_object(
        'encoding', pg_encoding_to_char(d.encoding),
        'provider', case coalesce(to_jsonb(d) ->> 'datlocprovider', 'c')
          when 'i' then 'icu' when 'b' then 'builtin' else 'libc' end,
        'collation', d.datcollate, 'ctype', d.datctype,
        'locale', coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale'))::text
      from pg_catalog.pg_database d
      where d.datname = current_database()
      """;

  static final String SETTINGS = """
      select setting
      from pg_catalog.pg_db_role_setting s
      join pg_catalog.pg_database d on d.oid = s.setdatabase
      cross join lateral unnest(s.setconfig) as setting
      where d.datname = current_database() and s.setrole = 0
      order by setting collate "C"
      """;

  static final String EXTENSIONS = """
      select jsonb_build_object('name', e.extname, 'version', e.extversion, 'schema', n.nspname)::text
      from pg_catalog.pg_extension e
      join pg_catalog.pg_namespace n on n.oid = e.extnamespace
      order by e.extname
      """;

  /** Those that come with the operating system or with ICU: they cannot be made, they are there or not. */
  static final String COLLATIONS = SchemaParts.APPLICATION + """
      select distinct l.collname::text collate "C"
      from relation c
      join pg_catalog.pg_attribute a on a.attrelid = c.oid
      join pg_catalog.pg_collation l on l.oid = a.attcollation
      where l.collnamespace = 'pg_catalog'::regnamespace and not a.attisdropped
        and l.collname not in ('default', 'C', 'POSIX')
      order by 1
      """;

  static final String TABLES = SchemaParts.APPLICATION + """
      select jsonb_build_object('oid', c.oid::bigint, 'schema', c.nspname, 'name', c.relname, 'columns', (
        select coalesce(jsonb_agg(jsonb_build_object(
            'name', a.attname, 'number', a.attnum, 'type', format_type(a.atttypid, a.atttypmod),
            'missing', case when a.atthasmissing then (a.attmissingval::text::text[])[1] end,
            'filled', case when (a.atthasdef or a.attidentity <> '') and not a.atthasmissing then true end)
          order by a.attnum), '[]')
        from pg_catalog.pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''))::text
      from relation c
      where c.relkind = 'r'
      order by c.nspname, c.relname
      """;

  static final String OMITTED = SchemaParts.APPLICATION + """
      select what from (
        select 'foreign table ' || c.name from relation c where c.relkind = 'f'
        union all
        select format('operator %I.%s(%s, %s)', n.nspname, o.oprname,
          format_type(o.oprleft, null), format_type(o.oprright, null))
        from pg_catalog.pg_operator o join space n on n.oid = o.oprnamespace
        where not exists (
          select from member m where m.classid = 'pg_operator'::regclass and m.objid = o.oid)
        union all
        select format('operator class %I.%I', n.nspname, o.opcname)
        from pg_catalog.pg_opclass o join space n on n.oid = o.opcnamespace
        where not exists (
          select from member m where m.classid = 'pg_opclass'::regclass and m.objid = o.oid)
        union all
        select format('cast (%s as %s)', format_type(k.castsource, null), format_type(k.casttarget, null))
        from pg_catalog.pg_cast k
        where k.oid >= 16384 and not exists (
          select from pg_catalog.pg_depend d
          where d.classid = 'pg_cast'::regclass and d.objid = k.oid and d.deptype in ('e', 'i'))
        union all
        select format('text search configuration %I.%I', n.nspname, t.cfgname)
        from pg_catalog.pg_ts_config t join space n on n.oid = t.cfgnamespace
        where not exists (
          select from member m where m.classid = 'pg_ts_config'::regclass and m.objid = t.oid)
        union all
        select format('aggregate %I.%I(%s)', n.nspname, p.proname, pg_get_function_identity_arguments(p.oid))
        from pg_catalog.pg_proc p
        join space n on n.oid = p.pronamespace
        join pg_catalog.pg_aggregate a on a.aggfnoid = p.oid
        where not (a.aggkind = 'n' and a.aggmtransfn = 0 and a.aggserialfn = 0) and not exists (
          select from member m where m.classid = 'pg_proc'::regclass and m.objid = p.oid)
        union all
        select format('type %I.%I', n.nspname, t.typname)
        from pg_catalog.pg_type t
        join space n on n.oid = t.typnamespace
        left join pg_catalog.pg_range r on r.rngtypid = t.oid
        where ((t.typtype = 'b' and t.typelem = 0) or r.rngcanonical <> 0) and not exists (
          select from member m where m.classid = 'pg_type'::regclass and m.objid = t.oid)
        union all
        select format('event trigger %I', e.evtname) from pg_catalog.pg_event_trigger e
      ) things (what)
      order by what collate "C"
      """;

  private SchemaFacts() {}
}
