-- What executions tell each other and the outside, and executions that go on as new ones.
--
-- messages   What was sent to an execution and accepted, in the order of acceptance: "sequence" is taken from the count of
--            signals of the receiver's row, under its lock, so there is neither a global sequence nor a gap that fills later.
--            A consumed message names the operation that has it ("consumer", "receipt"), whose output is the message; the
--            text itself is not kept twice. "sender" is the idempotency key of a message from outside, "content" a hash that
--            tells a repetition from another message of the same key.
-- events     What an execution published, in order; the latest of a key is its value.
--
-- Both are keyed by lineage, the internal id of the first incarnation of an execution: one that continues as new keeps its
-- mailbox and its events.
--
-- executions.told        how much was told to the outside, events and replies; events are numbered by it
-- executions.lineage     the first incarnation; null where this is it
-- executions.successor   the incarnation that goes on in its place; its id then ends in ~ and a number
-- executions.continued   how many incarnations were before it
-- executions.begun_with  hash of the arguments of the first incarnation; null where "input" has them
-- executions.receives    the topics that a waiting execution listens to: messages of others do not wake it

alter type reprise.operation_kind add value 'await';
alter type reprise.operation_kind add value 'receive';
alter type reprise.operation_kind add value 'send';
alter type reprise.operation_kind add value 'publish';
alter type reprise.operation_kind add value 'reply';
alter type reprise.operation_kind add value 'patch';
alter type reprise.operation_kind add value 'continue';

alter table reprise.executions
  add column told integer not null default 0,
  add column continued integer not null default 0,
  add column begun_with bigint,
  add column lineage uuid,
  add column successor uuid,
  add column receives text[];

create index executions_lineage on reprise.executions (lineage) where lineage is not null;

create table reprise.messages (
  lineage uuid not null,
  consumer uuid,
  accepted_at timestamptz not null,
  visible_at timestamptz,
  consumed_at timestamptz,
  replied_at timestamptz,
  content bigint not null,
  sequence integer not null,
  topic text collate "C" not null,
  sender text collate "C",
  receipt text collate "C",
  message text,
  reply text,
  refusal text,
  primary key (lineage, sequence)
);
create unique index messages_sender on reprise.messages (lineage, sender) where sender is not null;
create index messages_pending on reprise.messages (lineage, topic, sequence) where consumed_at is null;

create table reprise.events (
  lineage uuid not null,
  published_at timestamptz not null,
  sequence integer not null,
  key text collate "C" not null,
  value text not null,
  primary key (lineage, sequence)
);
create index events_of_key on reprise.events (lineage, key, sequence);
