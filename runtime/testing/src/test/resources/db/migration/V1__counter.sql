create table counter (name text primary key, value bigint not null);
