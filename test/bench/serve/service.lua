http.serve(0, {GET = {
  ["/"] = function() return {json = {hello = "world"}} end,
  ["/sleep"] = function() sleep(0.05) return {body = "ok"} end,
  ["/loop"] = function() while true do end end,
  ["/raise"] = function() error("as asked") end,
}}, {host = "127.0.0.1", metrics = true, max_connections = 20000, on_listen = print})
