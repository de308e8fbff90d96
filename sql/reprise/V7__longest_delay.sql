-- reprise.start bounds its delay as the other ways to start an execution do.

create or replace function reprise.start(
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
  elsif start.delay > interval '36600 days' then
    raise exception 'the delay % is longer than 36,600 days', start.delay using errcode = 'invalid_parameter_value',
      hint = 'A delay is an interval of at most 36,600 days.';
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
