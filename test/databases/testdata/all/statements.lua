local conn = db.connect(URL, {retry = {attempts = 5, initial = 0.2}})
local id = ({postgres = "serial primary key", mariadb = "int auto_increment primary key", sqlite = "integer primary key"})[DB]
conn:exec_script([[
  -- a comment; with a semicolon
  create table parent (id int primary key);
  create table t (id ]] .. id .. [[, name varchar(50) not null unique, n bigint, f double precision, d decimal(20, 5), ok boolean,
    parent int references parent(id), constraint positive check (n > 0));
  /* one more; */ insert into t (name, n) values ('it''s; "so" ? $1 :x', 1);
]])

-- Placeholders.
print(conn:query_one("select name from t where n = ? and '?' = '?'", {1}).name) --> =it's; "so" ? $1 :x
print(conn:query_one("select n from t where n = $1 or n = $1", {1}).n) --> =1
print(conn:query_one("select n from t where n = :n and name <> ':n' -- :x", {n = 1}).n) --> =1
print(#conn:query("select n from t where n in ($2, $1)", {1, 2})) --> =1
print(select(2, pcall(conn.query, conn, "select n from t where n = ?", {1, 2}))) --> ~placeholders for 1 values, but params has 2
print(select(2, pcall(conn.query, conn, "select n from t where n = :m", {n = 1}))) --> ~no value for :m

-- What a statement did.
local r = conn:execute("insert into t (name, n, f, d, ok) values (?, ?, ?, ?, ?)",
  {"b", int64("9007199254740993"), 0.1, "123.45000", true})
print(r.rows_affected, DB == "postgres" or r.last_insert_id == 2) --> =1 true
print(conn:execute("update t set f = 2 where name = 'b'").rows_affected) --> =1
print(conn:execute("update t set f = 2 where name = 'b'").rows_affected) --> =1
print(conn:execute("delete from t where name = 'none'").rows_affected) --> =0

-- Types.
local b = conn:query_one("select * from t where name = 'b'")
print(b.n == int64("9007199254740993"), b.n) --> =true 9007199254740993
print(b.f, b.ok, b.parent) --> =2 true nil
print(DB == "sqlite" or b.d == "123.45000") --> =true
print(json.encode(conn:query("select name, n from t where n = 1"))) --> =[{"n":1,"name":"it's; \"so\" ? $1 :x"}]
print(table.concat(conn:query("select name, n, name from t where 1 = 0").columns, " ")) --> =name n name_2
print(conn:query_one("select n from t where 1 = 0")) --> =nil
print(conn:query_one("select count(*) as c from t where parent is null").c) --> =2
conn:execute("update t set f = ? where name = ?", {db.null, "b"})
print(conn:query_one("select f from t where name = 'b'").f) --> =nil
local text = "zeile\n\tß € 𝄞 \\ ' \" % _ ;"
conn:execute("insert into t (name, n) values (?, 5)", {text})
print(conn:query_one("select name from t where n = 5").name == text) --> =true
print(conn:query_one("select n from t where name = ?", {text}).n) --> =5

-- Errors.
local function code(...) local ok, e = pcall(...) assert(not ok) return e.code end
print(code(conn.execute, conn, "insert into t (name) values ('b')")) --> =db.constraint
print(code(conn.execute, conn, "insert into t (name) values (null)")) --> =db.constraint
print(code(conn.execute, conn, "insert into t (name, n) values ('neg', -1)")) --> =db.constraint
print(code(conn.execute, conn, "insert into t (name, parent) values ('p', 99)")) --> =db.constraint
print(code(conn.execute, conn, "insrt into t")) --> =db.syntax
print(code(conn.query, conn, "select * from nowhere")) --> =db.syntax
print(code(conn.query, conn, "select nothing from t")) --> =db.syntax
print(code(conn.exec_script, conn, "select 1;\nselect * from nowhere;")) --> =db.syntax
print(select(2, pcall(conn.exec_script, conn, "select 1;\nselect * from nowhere;"))) --> ~statement 2, line 2: .*nowhere
print(select(2, pcall(conn.execute, conn, "commit"))) --> ~not begun or ended by a statement

-- Transactions.
local function count(c) return c:query_one("select count(*) as n from t").n end
print(count(conn)) --> =3
print(conn:tx(function(tx)
  tx:execute("insert into t (name) values ('tx')")
  return count(tx), count(conn), "third"
end)) --> =4 3 third
print(pcall(conn.tx, conn, function(tx) tx:execute("delete from t") error("undo", 0) end)) --> =false undo
print(count(conn)) --> =4
conn:tx(function(tx)
  tx:execute("insert into t (name) values ('outer')")
  pcall(tx.tx, tx, function(inner) inner:execute("insert into t (name) values ('inner')") error("x") end)
  print(count(tx)) --> =5
  tx:tx(function(inner) inner:execute("insert into t (name) values ('inner')") end)
end)
print(count(conn)) --> =6
for _, level in ipairs{"read uncommitted", "read committed", "repeatable read", "serializable"} do
  conn:tx(function(tx) count(tx) end, {isolation = level})
end
print(code(conn.tx, conn, function(tx) tx:execute("select * from nowhere") end)) --> =db.syntax
print(conn:tx(function(tx) return count(tx) end, {read_only = true})) --> =6
local kept
conn:tx(function(tx) kept = tx end)
print(code(kept.query, kept, "select 1")) --> =db.closed
print(pcall(conn.exec_script, conn, "begin; delete from t;")) --> ~did not end it: it was rolled back
print(count(conn)) --> =6
conn:exec_script("begin; insert into t (name) values ('script'); commit;")
print(count(conn)) --> =7

-- Streaming.
local names = 0
conn:each("select name from t where name <> ?", {"b"}, function(row)
  names = names + 1
  assert.eq(count(conn), 7)
  return names < 3
end)
print(names) --> =3
print(pcall(conn.each, conn, "select 1 as n", nil, function(row) error("stop " .. row.n, 0) end)) --> =false stop 1
print(code(conn.each, conn, "select * from nowhere", nil, print)) --> =db.syntax

-- Tables are JSON.
conn:execute("create table doc (data " .. (DB == "postgres" and "jsonb" or "text") .. ")")
conn:execute("insert into doc values (?)", {{a = {1, 2}, b = "x"}})
print(json.parse(conn:query_one("select data from doc").data).a[2]) --> =2

print(code(conn.execute, conn, "delete from doc; delete from doc")) --> =db.syntax

conn:close()
print(code(conn.query, conn, "select 1")) --> =db.closed
