local conn = db.connect(URL)
conn:exec_script([[
  create type mood as enum ('sad', 'ok');
  create table v (id int, bool boolean, small smallint, int integer, big bigint, num numeric, real real, double double precision,
    text text, char char(3), bytea bytea, date date, time time, timestamp timestamp, timestamptz timestamptz, interval interval,
    uuid uuid, json json, jsonb jsonb, ints int[], texts text[], bools bool[], nums numeric[], bytes bytea[], stamps timestamptz[],
    enum mood, inet inet, range int4range)]])
conn:execute("set timezone = 'UTC'")
local values = {
  bool = true, small = -32768, int = 2147483647, big = int64("9223372036854775807"), num = "123456789012345678901234567890.1234500",
  real = 1.5, double = 0.1, text = "ä\n\\ '", char = "a  ", bytea = "\0\1\255\\x", date = "2024-02-29", time = "23:59:59.5",
  timestamp = "2024-02-29T01:02:03.25Z", timestamptz = "2024-02-29T01:02:03.25Z", interval = "1 day 02:03:04",
  uuid = "01234567-89ab-cdef-0123-456789abcdef", json = '{"a": 1}', jsonb = '{"a": [1, null]}', enum = "ok", inet = "10.0.0.1/8",
  range = "[1,5)",
}
-- Every value comes back as it was stored, by a parameter of its own and by a name.
for name, value in pairs(values) do
  conn:execute("insert into v (id, " .. name .. ") values (1, ?)", {value})
  local got = conn:query_one("select " .. name .. " as v from v where id = 1").v
  assert.eq(got, value, name)
  conn:execute("delete from v")
  conn:execute("insert into v (id, " .. name .. ") values (1, :value)", {value = value})
  assert.eq(conn:query_one("select " .. name .. " as v from v where " .. (name == "json" and "id = $1" or name .. " = $1"),
    {name == "json" and 1 or value}).v, value, name)
  conn:execute("delete from v")
  conn:execute("insert into v (id, " .. name .. ") values (1, ?)", {db.null})
  assert.is_nil(conn:query_one("select " .. name .. " as v from v").v, name)
  conn:execute("delete from v")
end
local arrays = {
  ints = {1, -2, 3}, texts = {"a", 'b"c', "d\\e", "f,g", "{}", "NULL", ""}, bools = {true, false}, nums = {"1.50", "2"},
  stamps = {"2024-02-29T01:02:03Z"}, bytes = {"\0\255"},
}
for name, value in pairs(arrays) do
  if name ~= "bytes" then conn:execute("insert into v (id, " .. name .. ") values (1, ?)", {value})
  else conn:execute([[insert into v (id, bytes) values (1, '{"\\x00ff"}')]]) end
  assert.eq(conn:query_one("select " .. name .. " as v from v where id = 1").v, value, name)
  conn:execute("delete from v")
end
print(json.encode(conn:query_one("select '{{1,2},{3,NULL}}'::int[] as a, '{}'::text[] as e, '[0:1]={5,6}'::int[] as b")))
--> ={"a":[[1,2],[3,null]],"b":[5,6],"e":[]}
print(conn:query_one("select array[9007199254740993] as a").a[1]) --> =9007199254740993
conn:execute("insert into v (jsonb, ints, texts) values (:j, :i, :t)", {j = {a = {1, "x"}}, i = {}, t = json.array({})})
print(conn:query_one("select jsonb from v").jsonb, #conn:query_one("select ints from v").ints) --> ={"a": [1, "x"]} 0
conn:execute("update v set jsonb = ?", {{1, 2}})
print(conn:query_one("select jsonb from v").jsonb) --> =[1, 2]
print(conn:query_one("select 'NaN'::float8 as n, 'infinity'::timestamptz as i, '-Infinity'::float8 as m").n ~= 0) --> =true
print(conn:query_one("select 'infinity'::timestamptz as i").i) --> =infinity
conn:execute("set timezone = 'Asia/Kathmandu'")
print(conn:query_one("select '2024-01-01T00:00:00Z'::timestamptz as t").t)
--> ~^2024-01-01T0[05]:[04][05]:00(Z|\+05:45)$
print(conn:query_one("select count(*) as c, sum(1) as s, sum(1.5) as n, avg(2) as a").n) --> =1.5
print(conn:query_one("select id from v where jsonb ?? '1' or jsonb @> ?", {"[1]"}).id) --> =nil
print(conn:query_one("select ('{1,2,3}'::int[])[2:3] as s, ?::text as t", {"x"}).s[1]) --> =2
print(conn:query_one("select jsonb ? 'a' as has from v").has) --> =false
print(select(2, pcall(conn.execute, conn, "insert into v (text) values (?)", {"a\0b"}))) --> ~zero byte
local _, e = pcall(conn.execute, conn, "insert into v (int) values (?)", {"x"})
print(e) --> ~invalid input syntax for type integer: "x" \(SQLSTATE 22P02\)
conn:execute("create table u (n int constraint once unique)")
conn:execute("insert into u values (1)")
_, e = pcall(conn.execute, conn, "insert into u values (1)")
print(e) --> ~violates unique constraint "once": Key \(n\)=\(1\) already exists. \(SQLSTATE 23505\)
-- A transaction whose failure was swallowed does not pretend to be committed.
print(pcall(conn.tx, conn, function(tx) pcall(tx.query, tx, "select 1/0") end)) --> ~was rolled back
print(select(2, pcall(conn.tx, conn, function(tx) tx:each("select 1", nil, function() tx:query("select 2") end) end)).code) --> =db.busy
