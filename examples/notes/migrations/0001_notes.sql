create table notes (
  name varchar(100) primary key,
  text text not null,
  changes integer not null
);
