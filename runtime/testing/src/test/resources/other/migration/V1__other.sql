create table counter (name text primary key, value bigint not null); insert into counter values ('other', 7);
