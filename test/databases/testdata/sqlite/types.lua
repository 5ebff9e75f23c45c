local conn = db.connect(URL)
conn:execute([[create table v (id int, bool boolean, int int, big bigint, num decimal(10, 2), real real, text text, bytes blob, date date,
  datetime datetime, timestamp timestamp, json json, any)]])
local values = {
  bool = true, int = -5, big = int64("-9223372036854775808"), num = 1.5, real = 0.1, text = "ä\n\\ '", bytes = "\0\1\255",
  date = "2024-02-29", datetime = "2024-02-29T01:02:03.25Z", timestamp = "2024-02-29T01:02:03+02:00", json = '{"a": 1}', any = "x",
}
for name, value in pairs(values) do
  conn:execute("insert into v (id, " .. name .. ") values (1, ?)", {value})
  assert.eq(conn:query_one("select " .. name .. " as v from v where id = ?", {1}).v, value, name)
  conn:execute("delete from v")
  conn:execute("insert into v (id, " .. name .. ") values (1, :v)", {v = db.null})
  assert.is_nil(conn:query_one("select " .. name .. " as v from v").v, name)
  conn:execute("delete from v")
end
conn:execute("insert into v (datetime, any) values (?, ?)", {"2024-02-29 01:02:03", {1, 2}})
local row = conn:query_one("select *, bool is null as n, count(*) as c, datetime || '' as raw from v")
print(row.datetime, row.raw, row.any, row.n, row.c) --> =2024-02-29T01:02:03Z 2024-02-29 01:02:03 [1,2] 1 1
print(conn:query_one("select typeof(?) as t", {"\0"}).t, conn:query_one("select typeof(?) as t", {"a"}).t) --> =blob text
print(conn:query("insert into v (id) values (7) returning id")[1].id) --> =7
