-- A bit of everything, for a long time. The argument is the file of a database that does not exist yet.
local conn = db.connect("sqlite://" .. arg[1])
conn:execute("create table notes (id integer primary key, text text not null)")

local page = "<ul>{% for n in numbers %}<li>{{ n }} of {{ name }}</li>{% endfor %}</ul>"

-- keep writes a note, forgets the one a thousand before it, and reads what was written.
local function keep(text)
  return conn:tx(function(tx)
    local id = tx:execute("insert into notes (text) values (?)", {text}).last_insert_id
    tx:execute("delete from notes where id <= ?", {id - 1000})
    return tx:query_one("select text, (select count(*) from notes) as notes from notes where id = ?", {id})
  end, {retry = {attempts = 10, initial = 0.01}})
end

http.serve(0, {
  GET = {
    ["/"] = function(req) return {json = {hello = "world", id = req.id}} end,
    ["/sleep"] = function() sleep(0.02) return {body = "ok"} end,
    ["/raise"] = function() error("as asked") end,
    ["/loop"] = function() while true do end end,
    ["/self"] = function() return {body = http.get("http://127.0.0.1:" .. _SERVER_PORT .. "/").body} end,
    ["/events"] = function() return {sse = function(send) for i = 1, 5 do send{data = tostring(i)} sleep(0.01) end end} end,
    ["/echo"] = function() return {ws = function(conn) while true do conn:send(conn:recv()) end end} end,
    ["/talk"] = function()
      local conn = ws.connect("ws://127.0.0.1:" .. _SERVER_PORT .. "/echo")
      conn:send("hello")
      local text = conn:recv(5)
      conn:close()
      return {body = text}
    end,
    ["/page/{name}"] = function(req)
      local html = template.render_string(page, {numbers = {1, 2, 3}, name = req.params.name})
      return {headers = {["Content-Type"] = "text/html; charset=utf-8"}, body = html}
    end,
  },
  POST = {["/notes"] = function(req)
    local note = keep(req:json().text)
    assert(note.notes <= 1000, "too many notes are kept")
    return {json = {text = note.text}}
  end},
  middleware = {function(req, next) return next(req) end},
}, {host = "127.0.0.1", metrics = true, handler_timeout = 2, gzip = true, on_listen = print})
