create function first_table_size() returns bigint language sql begin atomic
  select count(*) from first_table;
end;

create table second_table (id int primary key references first_table);
