-- The shop.
--
-- item        what is sold. stock is what can still be reserved: a checkout takes from it, its undoing gives back.
-- orders      one row per execution of Checkout.checkout; the id is that of the execution. An order begins as 'created' and
--             ends as 'ready' (to fulfil; then it has a payment) or 'cancelled' (a payment it had is refunded).
-- order_line  what was ordered, at the price of that moment.
--
-- All amounts are in cents.

create schema shop;

create table shop.item (
  item text primary key,
  price bigint not null check (price > 0),
  stock integer not null check (stock >= 0)
);

create table shop.orders (
  id text primary key,
  customer text not null,
  status text not null default 'created' check (status in ('created', 'ready', 'cancelled')),
  total bigint not null check (total > 0),
  payment text,
  created_at timestamptz not null default now(),
  check (status <> 'ready' or payment is not null)
);

create table shop.order_line (
  order_id text not null references shop.orders,
  line integer not null,
  item text not null references shop.item,
  quantity integer not null check (quantity > 0),
  price bigint not null check (price > 0),
  primary key (order_id, line)
);

insert into shop.item (item, price, stock) values
  ('pen', 250, 100),
  ('book', 1999, 20),
  ('lamp', 4900, 5),
  ('desk', 34900, 1);
