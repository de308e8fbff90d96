-- Forks, executions that take their nodes down, and lists by state.
--
-- executions.recoveries  how often the execution went on after the death of the node that ran it, since it last fell asleep or
--                        was resumed; null for never. An execution that takes down its node again and again is parked.
-- executions.ancestry    of a fork: which executions its first operations were copied from, and up to which position, as JSON.
--                        Copied operations have no transaction id and no snapshot: the transaction is the original's.

alter table reprise.executions
  add column recoveries integer,
  add column ancestry text;

-- Lists by state. Neither what succeeds at once nor what is running is in it: a call that ends in its first commit, and a
-- workflow that runs through, write to it not once. The running ones are found by their owners.
create index executions_by_status on reprise.executions (status, execution) where status not in ('RUNNING', 'SUCCEEDED');

-- Lists by time: the primary key begins with it, but for children, which have the time of their oldest ancestor there. A
-- summary of each range of pages, which an insert seldom changes.
create index executions_children_created on reprise.executions using brin (created_at) where parent is not null;
