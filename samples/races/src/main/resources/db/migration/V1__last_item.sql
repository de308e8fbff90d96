-- A shop that sells more than it has.
--
-- item  what is sold, and how many there are. Nothing keeps the stock from falling below zero.
-- sale  what was sold to whom.

create schema last_item;

create table last_item.item (
  name text primary key,
  stock integer not null
);

create table last_item.sale (
  id bigint generated always as identity primary key,
  item text not null references last_item.item,
  customer text not null
);
