local conn = db.connect(URL)
conn:execute("create table c (n int, s text)")
print(conn:copy_in("copy c from stdin", "1\tone\n2\ttwo\n")) --> =2
local i = 2
print(conn:copy_in("copy c from stdin with (format csv)", function()
  i = i + 1
  if i <= 1002 then return i .. ',"a, b"\n' end
end)) --> =1000
print(conn:copy_out("copy (select * from c where n < 4 order by n) to stdout")) --> =1	one
--> =2	two
--> =3	a, b
--> =
local pieces = 0
print(conn:copy_out("copy c to stdout", function(data) pieces = pieces + #data end), pieces > 5000) --> =nil true
print(pcall(conn.copy_in, conn, "copy c from stdin", "x\n")) --> ~invalid input syntax for type integer|missing data
print(pcall(conn.copy_in, conn, "copy c from stdin", function() error("no more", 0) end)) --> =false no more
print(pcall(conn.copy_in, conn, "copy c from stdin", function() return {} end)) --> ~gave a table
print(pcall(conn.copy_in, conn, "copy nowhere from stdin", "x")) --> ~nowhere
print(pcall(conn.copy_out, conn, "copy c to stdout", function() error("enough", 0) end)) --> =false enough
print(conn:query_one("select count(*) as n from c").n) --> =1002
conn:tx(function(tx) tx:copy_in("copy c from stdin", "9\tx\n") end)
print(conn:query_one("select count(*) as n from c").n) --> =1003

local got = {}
conn:listen("Jobs", function(payload, channel)
  got[#got + 1] = channel .. "=" .. payload
  return #got < 2
end, {on_listen = function()
  conn:execute([[notify "Jobs", 'a']])
  conn:query("select pg_notify('Jobs', ?)", {"b"})
end})
print(table.concat(got, " ")) --> =Jobs=a Jobs=b
-- The server ends the connection of the listener: it comes back.
local heard, times = nil, 0
conn:listen("x", function(payload) heard = payload return false end, {on_listen = function()
  times = times + 1
  if times == 1 then
    conn:query("select pg_terminate_backend(pid) from pg_stat_activity where query like 'LISTEN%' and pid <> pg_backend_pid()")
  else
    conn:query("select pg_notify('x', 'again')")
  end
end})
print(heard, times) --> =again 2
print(pcall(conn.listen, conn, "x", function() end, {on_listen = function() error("bad", 0) end})) --> =false bad
