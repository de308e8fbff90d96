create schema purchasing;

create table purchasing.orders (
  id text primary key,
  requester text not null,
  approver text not null,
  item text not null,
  amount bigint not null check (amount > 0),
  status text not null default 'open' check (status in ('open', 'approved', 'refused', 'expired')),
  decided_by text
);
create index orders_open on purchasing.orders (approver) where status = 'open';
