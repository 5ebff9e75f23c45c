create table half (n int);

select * from nowhere;
