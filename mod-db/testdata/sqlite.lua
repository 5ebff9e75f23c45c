local conn = db.connect("sqlite://" .. DIR .. "/a.db")
print(conn) --> ~^db.Conn: sqlite:///
print(conn:query_one("pragma journal_mode").journal_mode, conn:query_one("pragma synchronous").synchronous,
  conn:query_one("pragma foreign_keys").foreign_keys) --> =wal 2 1
conn:exec_script([[
  create table item (id integer primary key, name text not null unique, ok boolean, price decimal(10,2), data blob,
    at timestamp, day date, big bigint);
  create table sub (item int references item(id) on delete cascade);
  create trigger touch after insert on sub begin update item set ok = true where id = new.item; select 1; end;
  -- a comment; with a semicolon
  insert into item (name) values ('a;b');
]])
local r = db.execute(conn, "insert into item (name, ok, price, data, at, day, big) values (?, ?, ?, ?, ?, ?, ?)",
  {"x", true, 1.5, "\0\255bin", "2024-01-02 03:04:05", "2024-01-02", int64("9007199254740993")})
print(r.rows_affected, r.last_insert_id) --> =1 2
local row = conn:query_one("select * from item where name = $1", {"x"})
print(row.ok, row.price, row.data == "\0\255bin", row.at, row.day, row.big) --> =true 1.5 true 2024-01-02T03:04:05Z 2024-01-02 9007199254740993
print(row.big == int64("9007199254740993")) --> =true
local rows = conn:query("select id, name, id, ok as id_2 from item order by id")
print(#rows, table.concat(rows.columns, ","), rows[1].id_3, rows[1].ok) --> =2 id,name,id_3,id_2 1 nil
print(conn:query_one("select 1 where 1 = 0")) --> =nil
print(conn:query_one("select :a + :b + :a as n", {a = 1, b = 2}).n) --> =4
print(conn:query_one("select ? is null as n", {db.null}).n) --> =1
print(conn:query_one("select '?' || \"name\" as q from item where id = ? -- ?", {2}).q) --> =?x
print(pcall(conn.query, conn, "select ?", {}))
--> ~^false db.query: the statement has placeholders for 1 values, but params has 0
print(select(2, pcall(conn.execute, conn, "insert into item (name) values (?)", {"x"})).code) --> =db.constraint
print(select(2, pcall(conn.execute, conn, "insert into sub values (99)")).code) --> =db.constraint
print(select(2, pcall(conn.query, conn, "selec 1")).code) --> =db.syntax
print(select(2, pcall(conn.query, conn, "select * from nowhere"))) --> ~no such table: nowhere
print(select(2, pcall(conn.query, conn, "select :x", {y = 1}))) --> ~no value for :x
print(pcall(conn.execute, conn, "begin")) --> ~not begun or ended by a statement

local n = db.tx(conn, function(tx)
  tx:execute("insert into item (name) values ('t')")
  print(tx) --> ~^db.Conn: transaction in sqlite:
  pcall(tx.tx, tx, function(inner)
    inner:execute("insert into item (name) values ('u')")
    error("undo")
  end)
  return tx:query_one("select count(*) as n from item").n
end)
print(n) --> =3
local kept
print(pcall(db.tx, conn, function(tx) kept = tx; tx:execute("delete from item"); error("no", 0) end)) --> =false no
print(conn:query_one("select count(*) as n from item").n) --> =3
print(select(2, pcall(kept.query, kept, "select 1")).code) --> =db.closed
local seen = 0
conn:each("select * from item order by id", nil, function(row)
  seen = seen + 1
  conn:execute("update item set ok = false where id = ?", {row.id})
  return seen < 2
end)
print(seen) --> =2
print(pcall(conn.each, conn, "select 1 as n", nil, function(row) error("boom " .. row.n, 0) end)) --> =false boom 1

local ro = db.connect("sqlite://" .. DIR .. "/a.db?mode=ro")
print(ro:query_one("select count(*) as n from item").n) --> =3
print(pcall(ro.execute, ro, "delete from item")) --> ~readonly
print(pcall(db.connect, "sqlite://" .. DIR .. "/none/a.db")) --> ~connect to sqlite
print(pcall(db.connect, "sqlite://" .. DIR .. "/none.db?mode=rw")) --> ~connect to sqlite
print(pcall(db.connect, "sqlite://x.db?mod=ro")) --> ~unknown option mod
print(pcall(db.connect, "oracle://x")) --> ~no kind of database
print(json == nil)
--> =true
print(pcall(conn.query, conn, "select 1; drop table item")) --> ~several statements in one call
print(select(2, pcall(conn.execute, conn, "delete from item where id = 0; delete from item")).code) --> =db.syntax
print(conn:query_one("select ';' as s;").s) --> =;
conn:close()
print(select(2, pcall(conn.query, conn, "select 1")).code) --> =db.closed
conn:close()
