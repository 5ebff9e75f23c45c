--- Writes logs to Loki and queries them.
---
---     local loki = require("assay.loki")
---     local client = loki.client("http://loki:3100")
---     client:push({job = "backup"}, {"done"})
---     for _, stream in ipairs(client:query_range('{job="backup"} |= "error"')) do print(#stream.values) end
---
--- An answer with another status raises an error with `code` ("loki.http"), `status` and `body`. Options are those of
--- http.request (timeout, retry, auth, headers such as X-Scope-OrgID, ...), and `http`, a client of http.client.

local rest = require("./internal/rest")

local M = {}

---@alias loki.code
---| "loki.http" # The server answered with a failure; e.status and e.body have it.
---| "loki.answer" # The answer is not one of Loki.

---@class loki.RangeOptions
---@field start? number|string Nanoseconds or seconds since 1970, or RFC 3339; an hour ago unless given.
---@field end_time? number|string Likewise; now unless given.
---@field limit? integer How many lines at most.
---@field step? number|string Of a query that gives numbers: seconds, or text such as "30s".
---@field direction? "forward"|"backward" Which lines come first; the newest unless given.

---@class loki.QueryOptions
---@field limit? integer How many lines at most.
---@field time? number|string When; now unless given.
---@field direction? "forward"|"backward" Which lines come first.

---@class loki.SpanOptions
---@field start? number|string Since when.
---@field end_time? number|string Until when.

--- A server.
---@class loki.Client
---@field url string The server.
local Client = {}
Client.__index = Client

--- Makes a client. Nothing is asked yet.
---
---     local client = loki.client("http://loki:3100", {headers = {["X-Scope-OrgID"] = "team-a"}})
---@param url string
---@param options http.Options?
---@return loki.Client
function M.client(url, options)
  local r = rest.client("loki", url, options)
  return setmetatable({ rest = r, url = r.base }, Client)
end

--- Writes a selector of streams. Labels are sorted, and values escaped.
---
---     assert.eq(loki.selector({job = "api", env = "prod"}), '{env="prod",job="api"}')
---@param labels table<string, string>
---@return string
function M.selector(labels)
  local names, parts = {}, {}
  for name in pairs(labels) do names[#names + 1] = name end
  table.sort(names)
  for i, name in ipairs(names) do
    local value = tostring(labels[name]):gsub('[\\"\n]', { ["\\"] = "\\\\", ['"'] = '\\"', ["\n"] = "\\n" })
    parts[i] = ('%s="%s"'):format(name, value)
  end
  return "{" .. table.concat(parts, ",") .. "}"
end

-- A float has no room for today's nanoseconds: seconds and the rest are written one after the other.
local function nanoseconds(seconds)
  local whole = math.floor(seconds)
  return ("%d%09d"):format(whole, math.floor((seconds - whole) * 1e9))
end

local function instant(ts)
  if type(ts) == "number" and ts < 1e12 then return nanoseconds(ts) end
  if type(ts) == "number" then return ("%.0f"):format(ts) end
  return tostring(ts)
end

--- Writes lines to a stream.
---
---     client:push({job = "backup", host = "a"}, {"started", {"1767225600000000000", "at a time of my own"}})
---@param labels table<string, string> Those of the stream.
---@param entries (string|table)[] Lines, which are written at the present time, or {time, line}; the time is nanoseconds since 1970, as text or number, or seconds.
---@return boolean # true
function Client:push(labels, entries)
  local values, now = json.array(), time()
  for i, entry in ipairs(entries) do
    if type(entry) == "table" then
      values[i] = { instant(entry[1]), tostring(entry[2]) }
    else
      values[i] = { nanoseconds(now), tostring(entry) }
    end
  end
  self.rest:call("push", "POST", "/loki/api/v1/push", { body = { streams = { { stream = json.object(labels), values = values } } }, ok = { [204] = true } })
  return true
end

local ends = { end_time = "end" }

local function data(self, operation, path, query)
  local answer, response = self.rest:call(operation, "GET", path, { query = query })
  if type(answer) ~= "table" or answer.data == nil and answer.status ~= "success" then
    rest.fail("loki.answer", "loki." .. operation .. ": unexpected response format", response)
  end
  return answer.data
end

local function query(logql, options)
  local q = rest.renamed(options, ends)
  q.query = logql
  return q
end

--- Runs a query at one time.
---
---     local errors = client:query('sum(count_over_time({job="api"} |= "error" [5m]))')
---     print(errors[1] and errors[1].value[2])
---@param logql string
---@param options loki.QueryOptions?
---@return table[] # Streams with values of {nanoseconds, line}, or samples with value.
function Client:query(logql, options) return data(self, "query", "/loki/api/v1/query", query(logql, options)).result end

--- Runs a query over a range of time.
---
---     local streams = client:query_range('{job="api"}', {start = time() - 3600, limit = 100, direction = "forward"})
---@param logql string
---@param options loki.RangeOptions?
---@return table[] # Streams with values of {nanoseconds, line}, or series with values.
function Client:query_range(logql, options) return data(self, "query_range", "/loki/api/v1/query_range", query(logql, options)).result end

--- Lists the names of labels.
---
---     assert.contains(client:labels(), "job")
---@param options loki.SpanOptions?
---@return string[]
function Client:labels(options) return data(self, "labels", "/loki/api/v1/labels", rest.renamed(options, ends)) or json.array() end

--- Lists the values of a label.
---
---     assert.contains(client:label_values("job"), "api")
---@param name string
---@param options loki.SpanOptions?
---@return string[]
function Client:label_values(name, options)
  return data(self, "label_values", rest.path("/loki/api/v1/label/{}/values", name), rest.renamed(options, ends)) or json.array()
end

--- Lists the streams that match any of the selectors.
---
---     for _, labels in ipairs(client:series({'{job="api"}'})) do print(labels.host) end
---@param selectors string[]
---@param options loki.SpanOptions?
---@return table[] # The labels of each.
function Client:series(selectors, options)
  local q = rest.renamed(options, ends)
  q["match[]"] = selectors
  return data(self, "series", "/loki/api/v1/series", q) or json.array()
end

--- Follows lines as they come, until fn returns false or the server ends the stream. Scripts only, since it takes a
--- WebSocket.
---
---     client:tail('{job="api"}', {limit = 10}, function(line, labels)
---       print(labels.host, line)
---       return not line:find("shutdown")
---     end)
---@param logql string
---@param options {limit: integer?, start: number|string?, delay_for: integer?}? start: since when; delay_for: seconds to wait for late lines.
---@param fn fun(line: string, labels: table, nanoseconds: string): boolean?
function Client:tail(logql, options, fn)
  if not ws then error("loki.tail: this script has no WebSockets: use query_range", 2) end
  local parts = { "query=" .. rest.escape(logql) }
  for _, name in ipairs({ "limit", "start", "delay_for" }) do
    if options and options[name] ~= nil then parts[#parts + 1] = name .. "=" .. rest.escape(options[name]) end
  end
  local headers = rest.without(self.rest.options.headers)
  local auth = self.rest.options.auth
  if auth and auth.bearer then headers.Authorization = "Bearer " .. auth.bearer end
  if auth and auth.username then headers.Authorization = "Basic " .. base64.encode(auth.username .. ":" .. (auth.password or "")) end
  local url = self.url:gsub("^http", "ws") .. "/loki/api/v1/tail?" .. table.concat(parts, "&")
  local conn = ws.connect(url, { headers = headers, ca_cert_file = self.rest.options.ca_cert_file })
  local ok, e = pcall(function()
    while true do
      for _, stream in ipairs(json.parse((conn:recv())).streams or {}) do
        for _, value in ipairs(stream.values) do
          if fn(value[2], stream.stream, value[1]) == false then return end
        end
      end
    end
  end)
  pcall(conn.close, conn)
  if not ok and not (type(e) ~= "string" and e.code == "ws.closed") then error(e, 0) end
end

--- Tells whether the server is ready. A status is never an error.
---
---     assert(client:ready())
---@return boolean
function Client:ready() return self.rest:send("GET", "/ready").status == 200 end

--- Reads the server's own metrics, in the text format of Prometheus.
---
---     assert.contains(client:metrics(), "loki_build_info")
---@return string
function Client:metrics() return (self.rest:call("metrics", "GET", "/metrics", { text = true })) end

return M
