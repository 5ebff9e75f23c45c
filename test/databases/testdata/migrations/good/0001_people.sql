-- The first table.
create table people (id int primary key, name varchar(50) not null);
insert into people values (1, 'ada; the first'), (2, 'bob');
