-- A service to check: it keeps orders in memory. Run it by itself with:
--
--   PORT=8080 assay examples/quickstart/service.lua
local orders, flaky = {}, 0

http.serve(tonumber(env.get("PORT", "0")), {
  GET = {
    ["/orders/{id}"] = function(req)
      local order = orders[req.params.id]
      if not order then return {status = 404, json = {error = "no such order"}} end
      return {json = order}
    end,

    -- Answers the third time one asks.
    ["/flaky"] = function()
      flaky = flaky + 1
      if flaky < 3 then return {status = 503, body = "not yet"} end
      return {json = {status = "ok", database = "ok"}}
    end,
  },

  POST = {
    ["/orders"] = function(req)
      local order = req:json()
      order.id = "o-" .. req.id
      orders[order.id] = order
      return {status = 201, json = order}
    end,
  },
}, {host = "127.0.0.1", health = true, ready = true})
