-- Echoes each message.
http.serve(0, {GET = {["/"] = function()
  return {ws = function(conn)
    while true do
      local data, kind = conn:recv()
      if kind == "text" then conn:send(data) else conn:send_binary(data) end
    end
  end}
end}}, {host = "127.0.0.1", on_listen = print})
