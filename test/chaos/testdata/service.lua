-- Keeps names: what it has answered 201 for is never lost. service.lua DATABASE PORT
local conn = db.connect("sqlite://" .. arg[1])
conn:execute("pragma synchronous = full")
conn:execute("create table if not exists names (name text primary key) strict")

http.serve(tonumber(arg[2]), {
  POST = {["/names/{name}"] = function(req)
    conn:execute("insert into names (name) values (?)", {req.params.name})
    return {status = 201, json = {name = req.params.name}}
  end},
  GET = {["/names"] = function() return {json = conn:query("select name from names order by name")} end},
}, {host = "127.0.0.1", on_listen = print})
