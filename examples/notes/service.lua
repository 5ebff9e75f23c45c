#!/usr/bin/env -S assay run
-- A web service that keeps notes in a database:
--
--   assay examples/notes/service.lua                                    in notes.db, with SQLite
--   DATABASE_URL=postgres://app@db/notes assay examples/notes/service.lua
--
--   curl -X PUT -d 'buy milk' localhost:8080/notes/shopping
--   curl localhost:8080/notes

local folder = arg[0]:match("^(.*)/") or "."
local conn = db.connect(env.get("DATABASE_URL", "sqlite://notes.db"), {retry = {attempts = 10}})
conn:migrate(folder .. "/migrations")

local function find(name)
  return conn:query_one("select name, text, changes from notes where name = ?", {name})
end

local routes = {
  GET = {
    ["/notes"] = function()
      return {json = conn:query("select name, changes from notes order by name")}
    end,
    ["/notes/{name}"] = function(req)
      local note = find(req.params.name)
      if not note then return {status = 404, json = {error = "no such note"}} end
      return {json = note}
    end,
  },
  PUT = {
    ["/notes/{name}"] = function(req)
      -- Two requests may want to make the same note: the one that comes second is run again, and changes it.
      local retried = {attempts = 10, initial = 0.01, on = function(e)
        return e.code == "db.serialization" or e.code == "db.constraint"
      end}
      conn:tx(function(tx)
        local done = tx:execute("update notes set text = ?, changes = changes + 1 where name = ?", {req.body, req.params.name})
        if done.rows_affected == 0 then
          tx:execute("insert into notes (name, text, changes) values (?, ?, 0)", {req.params.name, req.body})
        end
      end, {retry = retried})
      return {json = find(req.params.name)}
    end,
  },
  DELETE = {
    ["/notes/{name}"] = function(req)
      local done = conn:execute("delete from notes where name = ?", {req.params.name})
      return {status = done.rows_affected > 0 and 204 or 404}
    end,
  },
}

http.serve(tonumber(env.get("PORT", "8080")), routes, {
  health = true,
  on_listen = function(port) log.info("listening", {port = port}) end,
})
