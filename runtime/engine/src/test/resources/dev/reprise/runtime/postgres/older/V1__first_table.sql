-- A comment with ${no} placeholder and a quote '
create table first_table (id int primary key);
