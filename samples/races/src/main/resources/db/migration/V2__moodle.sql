-- The forums of Moodle, as far as MDL-59854 is about them.
--
-- forum               a place for discussions.
-- forum_subscription  who is told of new posts. Nothing keeps somebody from being in it twice.

create schema moodle;

create table moodle.forum (
  id bigint primary key
);

create table moodle.forum_subscription (
  id bigint generated always as identity primary key,
  user_id bigint not null,
  forum bigint not null references moodle.forum
);
