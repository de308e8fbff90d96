-- Queues: executions that wait for their turn.
--
-- queues        One row per queue, with its limits; null stands for no limit. "declaration" is what the code says: a node that
--               starts with another one replaces the limits, so that what was changed at run time holds until then.
--               "turn" counts the dequeues that started something. Whoever dequeues locks the row and goes on only where "turn"
--               is the one that its statement saw: else what it counted is older than the lock.
--               "next_partition" is where the next look at the partitions begins, where there are very many.
-- queue_starts  How many were started when, of queues with a rate, for the length of its period.
--
-- executions.queue, partition, priority, deduplication   where it was put; null for an execution that is in no queue
-- executions.not_before   the end of its delay
-- executions.queued_at    its place in the line: set while it waits for its turn and afterwards. "wake_at" is null meanwhile, so
--                         that nobody finds it due. A delayed one enters the line when its delay is over.
--
-- With "started_at" an execution has its slot and keeps it until it ends, also while it sleeps or when its node dies; it is
-- claimed like any other then. A parked or stranded one gives the slot back and still holds up its partition.

create table reprise.queues (
  name text collate "C" primary key,
  concurrency integer check (concurrency >= 0),
  per_node integer check (per_node >= 0),
  rate integer check (rate > 0),
  period interval check (period > interval '0'),
  declaration text,
  turn bigint not null default 0,
  next_partition text collate "C",
  changed_at timestamptz not null,
  check ((rate is null) = (period is null))
) with (fillfactor = 50);

create table reprise.queue_starts (
  queue text collate "C" not null,
  at timestamptz not null,
  started bigint not null
);
create index queue_starts_at on reprise.queue_starts (queue, at);

alter table reprise.executions
  add column queued_at timestamptz,
  add column not_before timestamptz,
  add column priority integer,
  add column queue text collate "C",
  add column partition text collate "C",
  add column deduplication text collate "C";

-- The line; those whose delay is not over; who holds a slot or a partition; the keys of those that have not ended. An
-- execution that was put in no queue is in none of them.
create index executions_line on reprise.executions (queue, partition, priority desc, queued_at, execution)
  where queue is not null and queued_at is not null and started_at is null and status = 'PENDING';
create index executions_delayed on reprise.executions (wake_at)
  where queue is not null and started_at is null and status = 'PENDING';
create index executions_slots on reprise.executions (queue, partition, status)
  where queue is not null and completed_at is null and (started_at is not null or status = 'STRANDED');
create unique index executions_deduplicated on reprise.executions (queue, deduplication)
  where deduplication is not null and completed_at is null;
