local conn = db.connect(URL)
conn:exec_script([[
  create table v (id int, bool boolean, tiny tinyint(4), small smallint, int_ int, big bigint, ubig bigint unsigned, num decimal(40, 7),
    float_ float, double_ double, char_ char(3), text_ text, bytes blob, bin varbinary(20), date_ date, time_ time(1), datetime_ datetime(2),
    timestamp_ timestamp(2) null, year_ year, json_ json, enum_ enum('sad', 'ok'), set_ set('a', 'b'), bit_ bit(64), bit1 bit(1));
  DELIMITER //
  create procedure twice(n int) begin select n * 2 as n; end//
  DELIMITER ;
]])
local values = {
  bool = true, tiny = -128, small = -32768, int_ = 2147483647, big = int64("-9223372036854775808"), ubig = "18446744073709551615",
  num = "123456789012345678901234567890.1234500", float_ = 1.25, double_ = 0.1, char_ = "abc", text_ = "ä\n\\ ' \"",
  bytes = "\0\1\255\\x", bin = "\255\0", date_ = "2024-02-29", time_ = "23:59:59.5", datetime_ = "2024-02-29T01:02:03.25Z",
  timestamp_ = "2024-02-29T01:02:03.25Z", year_ = 2024, json_ = '{"a": 1}', enum_ = "ok", set_ = "a,b", bit_ = 5, bit1 = 1,
}
for name, value in pairs(values) do
  local stored = value
  if name == "datetime_" or name == "timestamp_" then stored = value:gsub("Z$", "") end
  conn:execute("insert into v (id, " .. name .. ") values (1, ?)", {stored})
  -- Prepared, and not.
  assert.eq(conn:query_one("select " .. name .. " as v from v where id = ?", {1}).v, value, name)
  assert.eq(conn:query_one("select " .. name .. " as v from v where id = 1").v, value, name)
  conn:execute("delete from v")
  conn:execute("insert into v (id, " .. name .. ") values (1, :v)", {v = db.null})
  assert.is_nil(conn:query_one("select " .. name .. " as v from v").v, name)
  conn:execute("delete from v")
end
conn:execute("insert into v (id, json_) values (1, ?)", {{a = {1, "x"}}})
print(conn:query_one("select json_ from v").json_) --> ={"a":[1,"x"]}
print(conn:query("call twice(21)")[1].n) --> =42
print(conn:query_one("select count(*) as c, sum(1) as s, avg(2) as a, 1 = 1 as t from v").s) --> =1
print(conn:query_one("select cast(0.1 as float) as f").f) --> =0.1
-- A local file is sent when the policy lets the script read it, and the server cannot ask for another.
conn:execute("create table l (n int, s varchar(10))")
print(conn:execute("load data local infile 'testdata/mariadb/rows.txt' into table l").rows_affected) --> =2
print(conn:query_one("select s from l where n = 2").s) --> =two
print(pcall(conn.execute, conn, "load data local infile '/none' into table l")) --> ~open /none: no such file
local _, e = pcall(conn.execute, conn, "insert into l values ('x', 'y')")
print(e) --> ~Incorrect integer value: .*error 1366, SQLSTATE 22007
print(select(2, pcall(conn.execute, conn, "insert into v (datetime_) values (?)", {"2024-01-01T00:00:00Z"}))) --> ~Incorrect datetime value
