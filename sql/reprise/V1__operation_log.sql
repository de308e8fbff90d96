-- The operation log of Reprise. It lives in the application's own database, because a function's outcome is recorded in the
-- transaction that holds its business writes.
--
-- executions   One row per call from outside and per child workflow: what was called, with what, and how it ended.
--              "execution" is the internal id, a time-ordered UUID, one per incarnation; "id" is what callers use, the
--              idempotency key where they gave one. A row that waits or is due has no owner; a running one is owned by
--              a node. The outcome of a transaction function called directly stands in its operation, not here twice.
--              "signals" counts what was delivered from outside (an ended child, a cancellation): an execution goes to
--              sleep only if the count is the one it saw, so that no wake-up is lost.
-- operations   The log: one row per durable call of an execution, keyed by execution and position. Its primary key is what
--              makes a call happen once: the row is inserted by a plain INSERT in the transaction of the call.
--              No foreign key and no sequence: both tables can be distributed by execution.
-- nodes        The processes that run executions, and their heartbeats.
-- backends     The PostgreSQL backends of each node, to be terminated when the node is declared dead: a stopped process
--              would hold its row locks for ever.
-- deployments  The jars, immutable, named by the hash of their content.
--
-- Times are database time. JSON is kept as text: it comes back byte for byte, and jsonb would reorder it.

create type reprise.execution_status as enum (
  'PENDING', 'RUNNING', 'WAITING', 'PARKED', 'STRANDED', 'SUCCEEDED', 'FAILED', 'CANCELLED', 'TIMED_OUT');
create type reprise.function_kind as enum ('transaction', 'step', 'workflow');
create type reprise.operation_kind as enum ('transaction', 'step', 'workflow', 'start', 'sleep', 'closed');

create table reprise.executions (
  execution uuid not null,
  id text collate "C" not null,
  created_at timestamptz not null,
  started_at timestamptz,
  completed_at timestamptz,
  wake_at timestamptz,
  deadline timestamptz,
  cancel_requested_at timestamptz,
  owner uuid,
  parent uuid,
  attempts integer not null,
  signals integer not null default 0,
  kind reprise.function_kind not null,
  status reprise.execution_status not null,
  function text collate "C" not null,
  version text collate "C",
  parent_position text collate "C",
  principal text not null default '',
  input text not null,
  output text,
  error text,
  tags jsonb,
  traceparent text,
  primary key (execution),
  unique (id)
);
-- What is due, for the claim; what a node owns, for its housekeeping; the children, for cancellation. A call that ends in
-- its first commit is in none of them.
create index executions_due on reprise.executions (wake_at) where status in ('PENDING', 'WAITING');
create index executions_owned on reprise.executions (owner) where owner is not null;
create index executions_children on reprise.executions (parent) where parent is not null;

create table reprise.operations (
  execution uuid not null,
  started_at timestamptz,
  completed_at timestamptz not null,
  transaction_id xid8,
  arguments bigint not null,
  attempt integer not null,
  kind reprise.operation_kind not null,
  position text collate "C" not null,
  function text collate "C" not null,
  isolation text collate "C",
  snapshot pg_snapshot,
  output text,
  error text,
  primary key (execution, position)
);

create table reprise.nodes (
  node uuid primary key,
  name text not null,
  host text not null,
  pid bigint not null,
  process_started_at timestamptz not null,
  started_at timestamptz not null,
  heartbeat_at timestamptz not null,
  death_timeout interval not null,
  state text not null check (state in ('LIVE', 'DRAINING', 'DEAD'))
);

create table reprise.backends (
  node uuid not null,
  pid integer not null,
  backend_start timestamptz not null,
  primary key (node, pid, backend_start)
);

create table reprise.deployments (
  version text collate "C" primary key,
  name text not null,
  jar bytea not null,
  functions text[] not null,
  created_at timestamptz not null,
  activated_at timestamptz
);

-- For people: the log with its JSON as JSON and its operations in order.
create view reprise.execution_log as
  select e.id, e.function as execution_function, e.status, o.position, o.kind, o.function,
         o.output::json as output, o.error::json as error, o.attempt, o.transaction_id, o.snapshot, o.isolation,
         o.started_at, o.completed_at
    from reprise.executions e
    join reprise.operations o using (execution)
   order by e.created_at, e.id, string_to_array(o.position, '.')::int[];
