-- no transaction
create table more (n int);
