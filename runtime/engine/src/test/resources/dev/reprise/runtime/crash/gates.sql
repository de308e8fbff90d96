-- What the functions of the crash tests write, and the gates at which backends are stopped. A backend passes a gate by a
-- shared advisory lock; a test closes a gate by holding the exclusive one.

-- The user may be called reprise, and then that schema comes first.
set search_path = public;

create function gate(name text) returns void language plpgsql as $$
begin
  perform pg_advisory_xact_lock_shared(hashtextextended(name, 0));
end $$;

create table effect (
  label text not null,
  transaction_id xid8 not null default pg_current_xact_id()
);
create table account (name text primary key, balance bigint not null);
-- What steps do: written at once, outside of the transactions of Reprise.
create table outside (label text not null, idempotency_key text not null);

create function gate_of_function() returns trigger language plpgsql as $$
begin
  perform public.gate(tg_argv[0] || ' ' || new.function);
  return new;
end $$;
create trigger gate_log before insert on reprise.operations
  for each row execute function gate_of_function('log');
create constraint trigger gate_commit after insert on reprise.operations
  deferrable initially deferred for each row execute function gate_of_function('commit');
create trigger gate_end before update on reprise.executions
  for each row when (new.completed_at is not null) execute function gate_of_function('end');

create function gate_of_node() returns trigger language plpgsql as $$
begin
  perform public.gate('beat ' || new.pid);
  return new;
end $$;
create trigger gate_beat after update of heartbeat_at on reprise.nodes
  for each row execute function gate_of_node();
create trigger gate_release before update on reprise.executions
  for each row when (old.status = 'RUNNING' and new.status = 'PENDING') execute function gate_of_function('release');
