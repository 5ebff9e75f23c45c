--- Finds traces in Grafana Tempo.
---
---     local tempo = require("assay.tempo")
---     local client = tempo.client("http://tempo:3200")
---     local slow = client:search('{ resource.service.name = "api" && duration > 2s }', {start = time() - 3600, end_time = time()})
---     assert.eq(#slow, 0)
---
--- An answer with another status than 200 raises an error with `code` ("tempo.http"), `status` and `body`.

local rest = require("./internal/rest")

local M = {}

---@alias tempo.code
---| "tempo.http" # The server answered with a failure; e.status and e.body have it.
---| "tempo.answer" # The answer is no JSON.
---| "tempo.timeout" # The trace did not come in time.

---@class tempo.Options
---@field tenant? string Sent as X-Scope-OrgID.
---@field token? string Sent as a bearer token.
---@field username? string A name, with password.
---@field password? string Its password.
---@field timeout? number Of each request, in seconds, and other options of http.request; and http, a client of http.client.

---@class tempo.SearchOptions
---@field start? number Since when, in seconds since 1970.
---@field end_time? number Until when, likewise.
---@field limit? integer How many traces at most; 20 unless given.
---@field spss? integer How many spans of each; 3 unless given.

--- A server.
---@class tempo.Client
---@field url string The server.
local Client = {}
Client.__index = Client

--- Makes a client. Nothing is asked yet.
---
---     local client = tempo.client("http://tempo:3200", {tenant = "shop"})
---@param url string
---@param options tempo.Options?
---@return tempo.Client
function M.client(url, options)
  local o = options or {}
  local who = rest.credentials(o.token, o.username, o.password)
  local r = rest.client("tempo", url, rest.without(o, "tenant", "token", "username", "password"), function()
    local headers = who()
    headers.accept, headers["x-scope-orgid"] = "application/json", o.tenant
    return headers
  end)
  return setmetatable({ rest = r, url = r.base }, Client)
end

-- Times are whole seconds.
local function times(o, query)
  query.start, query["end"] = o.start and math.floor(o.start), o.end_time and math.floor(o.end_time)
  return query
end

--- Reads a trace.
---
---     local trace = client:trace("2f3e0cee77ae5dc9c17ade3689eb2e54")
---@param id string In hexadecimal.
---@param options {start: number?, end_time: number?}? When it was, in seconds since 1970: that makes it faster.
---@return table|nil
function Client:trace(id, options)
  return (self.rest:call("trace", "GET", rest.path("/api/traces/{}", id), { query = times(options or {}, {}), missing = true }))
end

--- Waits until a trace is there: it comes some seconds after its request.
---
---     local trace = client:wait_trace(id, 30)
---@param id string In hexadecimal.
---@param timeout? number Seconds; 30 unless given.
---@param interval? number Between looks, in seconds; 1 unless given.
---@return table
function Client:wait_trace(id, timeout, interval)
  local found
  rest.wait("tempo", "tempo.wait_trace: " .. id, timeout or 30, interval or 1, function()
    found = self:trace(id)
    return found ~= nil
  end)
  return found
end

--- Finds traces with TraceQL.
---
---     for _, t in ipairs(client:search('{ status = error }', {limit = 5})) do print(t.traceID, t.rootServiceName, t.durationMs) end
---@param query string
---@param options tempo.SearchOptions?
---@return {traceID: string, rootServiceName: string, rootTraceName: string, durationMs: integer}[]
function Client:search(query, options)
  local o = options or {}
  local answer = self.rest:call("search", "GET", "/api/search", { query = times(o, { q = query, limit = o.limit, spss = o.spss }) })
  return answer.traces or json.array()
end

--- Lists the names of tags, by scope.
---
---     for _, s in ipairs(client:tags{scope = "resource"}) do print(s.name, table.concat(s.tags, " ")) end
---@param options {scope: "resource"|"span"|"intrinsic"|nil, start: number?, end_time: number?}?
---@return {name: string, tags: string[]}[]
function Client:tags(options)
  local o = options or {}
  return (self.rest:call("tags", "GET", "/api/v2/search/tags", { query = times(o, { scope = o.scope }) })).scopes or json.array()
end

--- Lists the values of a tag.
---
---     for _, v in ipairs(client:tag_values("resource.service.name")) do print(v.value) end
---@param tag string With its scope.
---@param options {query: string?, start: number?, end_time: number?}? query: of spans that a TraceQL query finds.
---@return {type: string, value: string}[]
function Client:tag_values(tag, options)
  local o = options or {}
  local path = rest.path("/api/v2/search/tag/{}/values", tag)
  return (self.rest:call("tag_values", "GET", path, { query = times(o, { q = o.query }) })).tagValues or json.array()
end

--- Tells whether the server is ready.
---
---     assert(client:ready())
---@return boolean
function Client:ready() return self.rest:send("GET", "/ready").status == 200 end

return M
