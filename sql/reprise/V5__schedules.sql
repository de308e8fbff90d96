-- When workflows are started by the clock, and which deployments were active when.
--
-- schedules    One row per function with @Scheduled, named after it. "next_at" is the nominal time that comes next; it is
--              advanced by compare-and-set in the transaction that inserts the executions of the times behind it, so that of all
--              nodes one starts each. "version" is the deployment whose function runs; null where executions are not pinned. A
--              row of a function that is not deployed any more stays, is shown so, and starts nothing.
-- activations  What new calls went to, since when: all versions that were active after a change. One that was taken back by a
--              rollback is kept, with the time, and not gone back to.

create table reprise.schedules (
  name text collate "C" primary key,
  version text collate "C",
  cron text not null,
  zone text not null,
  missed text not null check (missed in ('SKIP', 'ONCE', 'ALL')),
  overlap text not null check (overlap in ('ALLOW', 'SKIP')),
  takes_time boolean not null,
  timeout interval,
  next_at timestamptz not null,
  paused_at timestamptz,
  last_at timestamptz,
  last_execution uuid,
  last_id text collate "C",
  declared_at timestamptz not null
);

create table reprise.activations (
  activation bigint generated always as identity primary key,
  activated_at timestamptz not null,
  taken_back_at timestamptz,
  versions text[] not null
);

-- What was active before there was a record of it, to go back to.
insert into reprise.activations (activated_at, versions)
select max(activated_at), array_agg(version order by activated_at, version)
  from reprise.deployments where activated_at is not null
having count(*) > 0;

-- Which deployments are still needed: of all unfinished executions only these are in no other index.
create index executions_parked on reprise.executions (version) where status = 'PARKED';
