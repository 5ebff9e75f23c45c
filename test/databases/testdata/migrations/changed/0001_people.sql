create table people (id int)
