-- What the checks of this folder ask: flaky, slow, wrong and right answers, and the API of Prometheus.
local asked = {}

local function times(name)
  asked[name] = (asked[name] or 0) + 1
  return asked[name]
end

local series = {
  ["up"] = {{metric = {job = "api"}, value = {0, "1"}}, {metric = {job = "db"}, value = {0, "0.5"}}},
  ["sum(rate(errors[5m])) / sum(rate(all[5m]))"] = {{metric = {}, value = {0, "0.02"}}},
  ["empty"] = {},
  ["not_a_number"] = {{metric = {}, value = {0, "NaN"}}},
}

http.serve(0, {
  GET = {
    ["/flaky/{name}/{n}"] = function(req)
      if times(req.params.name) < tonumber(req.params.n) then return {status = 503, body = "not yet"} end
      return {json = {asked = asked[req.params.name]}}
    end,
    ["/json"] = function() return {json = {status = "ok", items = {1, 2, 3}, big = int64("9007199254740993")}} end,
    ["/text"] = function() return {body = "plain text", headers = {["X-Version"] = "1.2.3", ["Set-Cookie"] = {"a=1", "b=2"}}} end,
    ["/status/{code}"] = function(req) return {status = tonumber(req.params.code), body = "status " .. req.params.code} end,
    ["/slow"] = function() sleep(2) return {body = "late"} end,
    ["/redirect"] = function() return {redirect = "/text"} end,
    ["/broken"] = function() return {body = "{\"status\": ", headers = {["Content-Type"] = "application/json"}} end,
    ["/loop"] = function() return {redirect = "/loop"} end,
    ["/api/v1/query"] = function(req)
      local found = series[req.params.query]
      if not found then return {status = 400, json = {status = "error", errorType = "bad_data", error = "unknown: " .. tostring(req.params.query)}} end
      return {json = {status = "success", data = {resultType = "vector", result = json.array(found)}}}
    end,
  },
  POST = {
    ["/session"] = function(req)
      if req:json().user ~= "ann" then return {status = 403} end
      return {status = 201, json = {token = "t-" .. req.headers["x-tenant"]}}
    end,
    ["/api/v1/query"] = function(req)
      local query = (req.body:match("query=([^&]*)") or ""):gsub("+", " "):gsub("%%(%x%x)", function(h) return string.char(tonumber(h, 16)) end)
      local found = series[query]
      if not found then return {status = 400, json = {status = "error", errorType = "bad_data", error = "unknown: " .. query}} end
      return {json = {status = "success", data = {resultType = "vector", result = json.array(found)}}}
    end,
  },
  PUT = {["/echo"] = function(req) return {body = req.method .. " " .. req.query .. " " .. req.headers["content-type"] .. " " .. req.body} end},
}, {host = "127.0.0.1", health = true, ready = true, handler_timeout = 10})
