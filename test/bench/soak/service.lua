-- A bit of everything, for a long time.
local rows = {}
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
  },
  POST = {["/rows"] = function(req)
    rows[#rows + 1] = req:json()
    if #rows > 1000 then rows = {} end
    return {status = 200, json = {n = #rows}}
  end},
  middleware = {function(req, next) return next(req) end},
}, {host = "127.0.0.1", metrics = true, handler_timeout = 2, gzip = true, on_listen = print})
