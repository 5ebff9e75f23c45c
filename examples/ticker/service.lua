-- Sends the time to every browser that listens, as server-sent events:
--
--   PORT=8080 assay examples/ticker/service.lua
--   curl -N http://127.0.0.1:8080/ticks
http.serve(tonumber(env.get("PORT", "0")), {GET = {
  ["/ticks"] = function(req)
    local count = tonumber(req.params.count) or math.huge
    local pause = tonumber(req.params.pause) or 1
    return {sse = function(send)
      local n = tonumber(req.headers["last-event-id"]) or 0 -- a browser that comes back goes on where it was
      local last = n + count
      while n < last do
        n = n + 1
        send{event = "tick", id = tostring(n), data = time.format(time())}
        if n < last then sleep(pause) end
      end
    end}
  end,
  ["/"] = function()
    return {headers = {["Content-Type"] = "text/html; charset=utf-8"}, body = [[
<!doctype html><title>Ticker</title><p id="now">waiting</p>
<script>new EventSource("/ticks").addEventListener("tick", e => { document.getElementById("now").textContent = e.data })</script>
]]}
  end,
}}, {host = "127.0.0.1", ready = true})
