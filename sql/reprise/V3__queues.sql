-- Queues: executions that wait for their turn.
--
-- queues        One row per queue, with its limits; null stands for no limit. "declaration" is what the code says: a node that
--               starts with another one replaces the limits, so that what was changed at run time holds until then.
--               "turn" counts the dequeues that started something. Whoever dequeues locks the row and goes on only where "turn"
--               is the one that its statement saw: else what it counted is older than the lock.
--               "next_partition" is where the next look at the partitions begins, where there are very many.
-- queue_starts  How many were started when, of queues with a rate, for the length of its period.
-- functions     What nodes have told of the functions that they serve, so that "start" knows what it starts; "version" is empty
--               for an application without one. Rows stay; which of them new calls go to is seen in deployments and nodes.
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

create table reprise.functions (
  name text collate "C" not null,
  version text collate "C" not null,
  kind reprise.function_kind not null,
  timeout interval,
  announced_at timestamptz not null,
  primary key (name, version)
);

-- Starts an execution in the caller's transaction: it begins when that has committed, at the next beat of a node at the
-- latest. The same id gives the same execution; a living one of the deduplication key is given instead of a new one. What
-- fits the parameters is known when it runs: else the execution fails.
create function reprise.start(
  function text, arguments jsonb default '[]', id text default null, queue text default null,
  priority integer default 0, partition text default null, deduplicate text default null,
  delay interval default '0', tags jsonb default '{}')
returns text language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
#variable_conflict use_column
declare
  called record;
  other record;
  instant timestamptz := clock_timestamp();
  later timestamptz := case when start.delay > interval '0' then instant + start.delay end;
  random text := replace(gen_random_uuid()::text, '-', '');
  execution uuid := (lpad(to_hex((extract(epoch from instant) * 1000)::bigint), 12, '0') || '7' || substr(random, 14))::uuid;
  public_id text := coalesce(start.id, execution::text);
begin
  select f.version, f.kind, f.timeout into called
    from reprise.functions f
   where f.name = start.function
     and (f.version = ''
          or exists (select from reprise.deployments d where d.version = f.version and d.activated_at is not null)
          or exists (select from reprise.nodes n where n.version = f.version and n.state <> 'DEAD'))
   order by f.announced_at desc limit 1;
  if called is null then
    raise exception 'no function is named "%"', start.function using errcode = 'undefined_function',
      hint = 'A node that serves it must have run once; these are served: ' || coalesce(
        (select string_agg(name, ', ' order by name) from (select distinct f.name from reprise.functions f) f), 'none');
  elsif start.arguments is null or jsonb_typeof(start.arguments) <> 'array' then
    raise exception 'the arguments of "%" are not a JSON array', start.function using errcode = 'invalid_parameter_value',
      hint = 'Give them by position: ''["a", 1]''; ''[]'' for none.';
  elsif public_id !~ '^[A-Za-z0-9._:@=+-]{1,200}$' or public_id in ('.', '..') then
    raise exception 'the id "%" is invalid', public_id using errcode = 'invalid_parameter_value',
      hint = 'An id has 1-200 characters of [A-Za-z0-9._:@=+-] and is not "." or "..".';
  elsif start.delay is null or start.delay < interval '0' then
    raise exception 'the delay % is negative or null', start.delay using errcode = 'invalid_parameter_value',
      hint = 'A delay is an interval of zero or more.';
  elsif start.queue is null and (start.partition is not null or start.deduplicate is not null or start.priority <> 0) then
    raise exception 'a priority, partition or deduplication key needs a queue' using errcode = 'invalid_parameter_value',
      hint = 'Name a queue.';
  elsif start.queue is not null and not exists (select from reprise.queues q where q.name = start.queue) then
    raise exception 'there is no queue "%"', start.queue using errcode = 'undefined_object',
      hint = 'These are declared: ' || coalesce(
        (select string_agg(q.name, ', ' order by q.name) from reprise.queues q), 'none');
  elsif start.partition !~ '^[[:print:]]{1,200}$' or start.deduplicate !~ '^[[:print:]]{1,200}$' then
    raise exception 'a partition or deduplication key has 1-200 printable characters'
      using errcode = 'invalid_parameter_value';
  elsif start.tags is null or jsonb_typeof(start.tags) <> 'object' or exists (
          select from jsonb_each(start.tags) t
           where jsonb_typeof(t.value) <> 'string' or length(t.key) not between 1 and 100 or length(t.value #>> '{}') > 200) then
    raise exception 'the tags are not a JSON object of short texts' using errcode = 'invalid_parameter_value',
      hint = 'Give them as ''{"tenant": "7"}'': names of 1-100 characters, values of at most 200.';
  end if;
  loop
    insert into reprise.executions (
        execution, id, created_at, wake_at, queued_at, not_before, deadline, attempts, kind, status, function, version, input,
        tags, queue, priority, partition, deduplication)
      values (
        execution, public_id, instant, case when start.queue is null or later is not null then coalesce(later, instant) end,
        case when start.queue is not null and later is null then instant end, later, instant + called.timeout, 0, called.kind,
        'PENDING', start.function, nullif(called.version, ''), start.arguments::text, nullif(start.tags, '{}'), start.queue,
        case when start.queue is not null then coalesce(start.priority, 0) end, start.partition, start.deduplicate)
      on conflict do nothing;
    if found then
      return public_id;
    end if;
    select e.function, e.principal, e.input::jsonb = start.arguments as same into other
      from reprise.executions e where e.id = public_id;
    if other is not null then
      if other.same and other.function = start.function and other.principal = '' then
        return public_id;
      end if;
      raise exception 'the id "%" belongs to an execution of another function or with other arguments', public_id
        using errcode = 'unique_violation', hint = 'Use another id for another call.';
    end if;
    select e.id, e.function, e.principal into other
      from reprise.executions e
     where e.queue = start.queue and e.deduplication = start.deduplicate and e.completed_at is null;
    if other is not null then
      if other.function = start.function and other.principal = '' then
        return other.id;
      end if;
      raise exception 'the deduplication key "%" of the queue "%" belongs to an execution of %', start.deduplicate, start.queue,
        other.function using errcode = 'unique_violation', hint = 'Use another key for another function.';
    end if;
    -- the one that was in the way has just ended, or is being deleted
  end loop;
end
$$;
revoke execute on function reprise.start from public;
