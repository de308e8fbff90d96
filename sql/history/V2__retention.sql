-- Retention of the change history. Every table is copied again from time to time, so that what is older can be deleted.
--
-- checkpoints        The rounds of such copies. "began_snapshot" and "began_lsn" are from before the first copy: what it
--                    sees, all copies of the round see. The copies are the relations above "after_relation". When all are
--                    made, "base_snapshot", "base_lsn" and "completed_at" are set: whoever sees all that base_snapshot
--                    sees finds every table in its copy of this round, or in a later one.
-- epochs.retention   Where the beginning of an epoch is deleted: for how long executions were kept then. Its base_snapshot,
--                    base_lsn and began_at are then those of the checkpoint that it begins with now: its oldest. What
--                    began_snapshot of that one sees is needed no more.
-- relations          A copy that is needed no more loses its base_snapshot; its rows are deleted after that. So rows of a
--                    relation without base_snapshot, and all that belongs to an epoch below the lowest, are on their way out.

create table reprise_history.checkpoints (
  epoch integer not null,
  began_lsn pg_lsn not null,
  began_snapshot pg_snapshot not null,
  began_at timestamptz not null,
  after_relation integer not null,
  base_snapshot pg_snapshot,
  base_lsn pg_lsn,
  completed_at timestamptz,
  primary key (epoch, began_lsn)
);

alter table reprise_history.epochs add column retention text;

-- As before, but of the copies of a table only the oldest is shown: the others repeat what the changes tell.
create or replace view reprise_history.row_versions as
  select r.epoch, r.table_schema, r.table_name, null::pg_lsn as commit_lsn, 0 as ordinal, e.began_at as committed_at,
         null::xid8 as transaction_id, 'BASE' as kind, null::jsonb as old_row,
         jsonb_object(r.columns, b.values) as new_row,
         null::text as execution, null::text as position, null::text as function
    from reprise_history.base_rows b
    join reprise_history.relations r using (relation)
    join reprise_history.epochs e using (epoch)
   where r.base_snapshot is not null
     and not exists (select from reprise_history.relations o
                      where o.epoch = r.epoch and o.oid = r.oid and o.relation < r.relation
                        and o.base_snapshot is not null)
  union all
  select c.epoch, r.table_schema, r.table_name, c.commit_lsn, c.ordinal, t.committed_at, t.transaction_id, c.kind,
         jsonb_object(r.columns, c.old_values), jsonb_object(r.columns, c.new_values),
         x.id, o.position, o.function
    from reprise_history.changes c
    join reprise_history.transactions t using (epoch, commit_lsn)
    join reprise_history.relations r on r.relation = c.relation
    left join reprise.operations o on o.transaction_id = t.transaction_id
    left join reprise.executions x on x.execution = o.execution;
