-- Writes the history by triggers. A change carries the negative id of its transaction for its epoch until that has committed.
alter table reprise_history.changes alter commit_lsn set default '0/0';
alter table reprise_history.schemas add column if not exists seen_snapshot pg_snapshot;
create sequence reprise_history.ordinals;

create function reprise_history.values_of(columns text[], row_of record) returns text[] language plpgsql as $$
declare
  found text[];
begin
  if cardinality(columns) = 0 then
    return '{}';
  end if;
  execute (select 'select array[' || string_agg(format('($1).%I::text', name), ', ') || ']' from unnest(columns) name)
    into found using row_of;
  return found;
end $$;

create function reprise_history.capture() returns trigger language plpgsql as $$
declare
  r reprise_history.relations;
  before text[];
  after text[];
  not_sent integer[];
  sent text[];
begin
  select * into strict r from reprise_history.relations where oid = tg_relid order by relation desc limit 1;
  if tg_op in ('UPDATE', 'DELETE') then
    before := reprise_history.values_of(r.columns, old);
    sent := before;
    if not r.identity_full then
      select array_agg(case when r.columns[i] = any (r.key_columns) then before[i] end order by i)
        into sent from generate_subscripts(r.columns, 1) i;
    end if;
  end if;
  if tg_op in ('INSERT', 'UPDATE') then
    after := reprise_history.values_of(r.columns, new);
  end if;
  if tg_op = 'UPDATE' then
    if not r.identity_full and not exists (
        select from generate_subscripts(r.columns, 1) i
        where r.columns[i] = any (r.key_columns) and before[i] is distinct from after[i]) then
      sent := null;
    end if;
    -- As the server does with values that lie in the TOAST table.
    select array_agg(i - 1) into not_sent from generate_subscripts(r.columns, 1) i
      where length(after[i]) > 500 and before[i] = after[i];
    for i in 1 .. coalesce(cardinality(not_sent), 0) loop
      after[not_sent[i] + 1] := null;
    end loop;
  end if;
  insert into reprise_history.changes (epoch, ordinal, relation, kind, old_values, new_values, unchanged)
  values (-(pg_current_xact_id()::text::int), nextval('reprise_history.ordinals'), r.relation, tg_op, sent, after, not_sent);
  return null;
end $$;

create function reprise_history.add_relation(of regclass, at pg_lsn) returns integer language plpgsql
  set search_path = pg_catalog as $$
declare
  added integer;
begin
  insert into reprise_history.relations (epoch, oid, table_schema, table_name, from_lsn, columns, types, column_numbers,
    key_columns, identity_full)
  select 1, c.oid, n.nspname, c.relname, at, a.names, a.types, a.numbers,
    coalesce(case when c.relreplident = 'd' then k.names end, a.names), c.relreplident = 'f' or k.names is null
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  cross join lateral (
    select coalesce(array_agg(attname::text order by attnum), '{}') as names,
      coalesce(array_agg(format_type(atttypid, atttypmod) order by attnum), '{}') as types,
      coalesce(array_agg(attnum::int order by attnum), '{}') as numbers
    from pg_attribute where attrelid = c.oid and attnum > 0 and not attisdropped and attgenerated = '') a
  cross join lateral (
    select array_agg(attname::text order by attnum) as names
    from pg_index i join pg_attribute t on t.attrelid = c.oid and t.attnum = any (i.indkey)
    where i.indrelid = c.oid and i.indisprimary) k
  where c.oid = of
  returning relation into added;
  return added;
end $$;

create function reprise_history.copy_table(of regclass, at pg_lsn) returns void language plpgsql as $$
declare
  added integer := reprise_history.add_relation(of, at);
begin
  update reprise_history.relations set base_snapshot = pg_current_snapshot() where relation = added;
  execute format('insert into reprise_history.base_rows select %s, reprise_history.values_of(%L, t) from only %s t',
    added, (select columns from reprise_history.relations where relation = added), of);
  if not exists (select from pg_trigger where tgrelid = of and tgname = 'capture_rows') then
    execute format('create trigger capture_rows after insert or update or delete on %s for each row
      execute function reprise_history.capture()', of);
    execute format('create trigger capture_truncate after truncate on %s for each statement
      execute function reprise_history.capture()', of);
  end if;
end $$;
