http.serve(0, {GET = {["/echo"] = function()
  return {ws = function(conn)
    while true do
      local data, kind = conn:recv()
      if data == "bye" then conn:close(4001, "enough") return end
      if kind == "text" then conn:send(data) else conn:send_binary(data) end
    end
  end, ws_options = {subprotocols = {"chat"}}}
end}}, {host = "127.0.0.1", tls = arg[1] and {cert = arg[1], key = arg[2]}, on_listen = print})
