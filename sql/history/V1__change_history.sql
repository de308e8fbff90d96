-- The change history: every committed change of the rows of the application's tables, taken from PostgreSQL's own log by
-- a logical replication slot, on top of a copy of the rows as they were when the recording began.
--
-- epochs        One uninterrupted recording: one slot, one base copy. It ends when the slot is lost, when the server is
--               restored from a backup, or when the recording lags too far; then another begins. "recorded_lsn" moves in
--               the commit that holds the rows: every transaction whose commit record begins before it is here, and none
--               that begins at it or behind. To make it move now, commit
--               pg_logical_emit_message(true, 'reprise_history', '') and wait until it has reached the value that
--               pg_current_wal_insert_lsn() had before that.
-- relations     A table as it was from a point on; a new row when its name, columns or key change. "columns" are those with
--               stored values: generated ones are not among them. "column_numbers" (pg_attribute.attnum) survive a
--               renaming and are never used again: they tell a renamed column from one dropped and one added.
-- base_rows     The rows of a table as "relations.base_snapshot" saw them. Most tables have the snapshot of the epoch. One
--               that was created or first recorded later, or got a column with values that no change tells (a default,
--               another type), has a copy of its own, taken after it was published. The state of a table at snapshot S is
--               that of its latest base whose base_snapshot sees nothing that S does not see, plus the changes, in the
--               order of (commit_lsn, ordinal), of the transactions that S sees and that base_snapshot does not see.
--               Where no base is that old, the table is not known at S.
-- schemas       The application's schema as DDL, each time that it was found changed, which is about a second after it did.
-- transactions  The committed transactions that changed recorded tables. "transaction_id" is what pg_current_xact_id() gave.
-- changes       Their changes. Values are texts as the types' output functions give them, in the order of
--               relations.columns, with DateStyle ISO, TimeZone UTC, IntervalStyle postgres, extra_float_digits 3,
--               bytea_output hex and an empty search path. "old_values" of an update is the whole old row where the
--               replica identity is full, the key where the key changed, else null; of a delete the row or its key. What
--               was not sent is null. "unchanged" are indexes, from 0, of new_values that the server did not send because
--               a large value did not change; the value is that of the row before.
-- unrecorded    Tables of the application that are not recorded, why, and what to do.
--
-- Nothing here refers to the schema reprise; both may lie in different databases.

create table reprise_history.epochs (
  epoch integer primary key,
  slot text not null,
  system_identifier text not null,
  timeline integer not null,
  server_version text not null,
  database text not null,
  base_snapshot pg_snapshot not null,
  base_lsn pg_lsn not null,
  recorded_lsn pg_lsn not null,
  began_at timestamptz not null,
  ended_at timestamptz,
  end_reason text,
  state text not null check (state in ('COPYING', 'RECORDING', 'ENDED'))
);

create table reprise_history.relations (
  relation integer generated always as identity primary key,
  epoch integer not null,
  oid oid not null,
  table_schema text not null,
  table_name text not null,
  from_lsn pg_lsn not null,
  columns text[] not null,
  types text[] not null,
  column_numbers integer[] not null,
  key_columns text[] not null,
  identity_full boolean not null,
  base_snapshot pg_snapshot
);
create index on reprise_history.relations (epoch, oid);

create table reprise_history.schemas (
  epoch integer not null,
  seen_lsn pg_lsn not null,
  seen_at timestamptz not null,
  seen_snapshot pg_snapshot not null default pg_current_snapshot(),
  ddl jsonb not null,
  primary key (epoch, seen_lsn)
);

create table reprise_history.base_rows (
  relation integer not null,
  values text[] not null
);
create index on reprise_history.base_rows (relation);

create table reprise_history.transactions (
  epoch integer not null,
  commit_lsn pg_lsn not null,
  transaction_id xid8 not null,
  committed_at timestamptz not null,
  changes integer not null,
  primary key (epoch, commit_lsn)
);
create index on reprise_history.transactions (transaction_id);

create table reprise_history.changes (
  epoch integer not null,
  commit_lsn pg_lsn not null,
  ordinal integer not null,
  relation integer not null,
  kind text not null check (kind in ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE')),
  old_values text[],
  new_values text[],
  unchanged integer[],
  primary key (epoch, commit_lsn, ordinal)
);
create index on reprise_history.changes (relation);

create table reprise_history.unrecorded (
  epoch integer not null,
  table_schema text not null,
  table_name text not null,
  reason text not null,
  remedy text not null,
  primary key (epoch, table_schema, table_name)
);

-- For people: every recorded version of every row, and the call that wrote it. What a recording found has the kind BASE and no
-- transaction; what no function wrote has no execution. A value that was not sent is null here (see "changes.unchanged").
create view reprise_history.row_versions as
  select r.epoch, r.table_schema, r.table_name, null::pg_lsn as commit_lsn, 0 as ordinal, e.began_at as committed_at,
         null::xid8 as transaction_id, 'BASE' as kind, null::jsonb as old_row,
         jsonb_object(r.columns, b.values) as new_row,
         null::text as execution, null::text as position, null::text as function
    from reprise_history.base_rows b
    join reprise_history.relations r using (relation)
    join reprise_history.epochs e using (epoch)
  union all
  select c.epoch, r.table_schema, r.table_name, c.commit_lsn, c.ordinal, t.committed_at, t.transaction_id, c.kind,
         jsonb_object(r.columns, c.old_values), jsonb_object(r.columns, c.new_values),
         x.id, o.position, o.function
    from reprise_history.changes c
    join reprise_history.transactions t using (epoch, commit_lsn)
    join reprise_history.relations r on r.relation = c.relation
    left join reprise.operations o on o.transaction_id = t.transaction_id
    left join reprise.executions x on x.execution = o.execution;
