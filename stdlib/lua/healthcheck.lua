--- Looks at HTTP endpoints, and gives results instead of raising.
---
---     local healthcheck = require("assay.healthcheck")
---     local r = healthcheck.http("http://api/health")
---     if not r.ok then print(r.status, r.error) end
---
--- What cannot be reached is a result with `ok` false, a `status` of 0 and the text of the error. Only `wait` raises.
--- Options besides those of each function are those of http.request (timeout, retry, ca_cert_file, ...), and `http`, a
--- client of http.client.

local rest = require("./internal/rest")

local M = {}

---@alias healthcheck.code
---| "healthcheck.timeout" # What was waited for was not healthy in time.

---@class healthcheck.HttpOptions
---@field expected_status? integer 200 unless given.
---@field method? string GET unless given.
---@field body? string|table What to send.
---@field headers? table<string, string> Header fields.

---@class healthcheck.EndpointOptions
---@field max_latency_ms? number 5000 unless given.
---@field expected_status? integer 200 unless given.

---@class healthcheck.WaitOptions
---@field timeout? number How long in all, in seconds; 60 unless given.
---@field interval? number How long between attempts, in seconds; 2 unless given.
---@field expect_status? integer 200 unless given.
---@field headers? table<string, string> Header fields.

--- Makes a request: the answer, or nil and the text of the error; and how long it took, in milliseconds.
local function ask(method, url, options, body)
  local o = rest.without(options, "http")
  o.method, o.url, o.body = method, url, body
  local via = options and options.http
  local from = time.monotonic()
  local ok, answer = pcall(function() return via and via:request(o) or not via and http.request(o) end)
  local took = (time.monotonic() - from) * 1000
  if ok then return answer, nil, took end
  local known = type(answer) ~= "string" and tostring(answer.code) or ""
  if not known:find("^http%.") and not known:find("^policy%.") then error(answer, 0) end -- a mistake of the script
  return nil, tostring(answer), took
end

--- Makes a request and looks at the status.
---
---     local r = healthcheck.http("http://api/health", {expected_status = 204, method = "POST", body = {probe = true}})
---     assert(r.ok, r.error)
---@param url string
---@param options healthcheck.HttpOptions?
---@return {ok: boolean, status: integer, latency_ms: number, error: string?}
function M.http(url, options)
  local o = options or {}
  local expected = o.expected_status or 200
  local answer, why, took = ask((o.method or "GET"):upper(), url, rest.without(o, "expected_status", "method", "body"), o.body)
  if not answer then return { ok = false, status = 0, latency_ms = took, error = why } end
  local result = { ok = answer.status == expected, status = answer.status, latency_ms = took }
  if not result.ok then result.error = ("expected status %d, got %d"):format(expected, answer.status) end
  return result
end

--- Looks at a value in a JSON answer.
---
---     assert(healthcheck.json_path("http://api/health", "db.state", "up").ok)
---@param url string
---@param path string Keys with dots between, "a.b.c"; a number is a place in an array, from 1.
---@param expected any A text, a number or a boolean.
---@param options {headers: table<string, string>?}?
---@return {ok: boolean, actual: any, expected: any, error: string?}
function M.json_path(url, path, expected, options)
  local result = { ok = false, expected = expected }
  local answer, why = ask("GET", url, options)
  if not answer then
    result.error = why
    return result
  elseif answer.status ~= 200 then
    result.error = "expected status 200, got " .. answer.status
    return result
  end
  local parsed, value = pcall(answer.json, answer)
  if not parsed then
    result.error = "the answer is not JSON: " .. tostring(value)
    return result
  end
  for key in path:gmatch("[^.]+") do
    local inner
    if type(value) == "table" then
      inner = value[key]
      if inner == nil and tonumber(key) then inner = value[tonumber(key)] end
    end
    if inner == nil then
      result.error = ("there is no key '%s' (of %s)"):format(key, path)
      return result
    end
    value = inner
  end
  result.actual, result.ok = value, value == expected
  if not result.ok then result.error = ("expected %s, got %s"):format(tostring(expected), tostring(value)) end
  return result
end

--- Looks at the status alone.
---
---     assert(healthcheck.status_code("http://api/admin", 401).ok)
---@param url string
---@param expected integer
---@param options table?
---@return {ok: boolean, status: integer, error: string?}
function M.status_code(url, expected, options)
  local o = rest.without(options)
  o.expected_status = expected
  local r = M.http(url, o)
  return { ok = r.ok, status = r.status, error = r.error }
end

--- Looks for a text in the body, whatever the status.
---
---     assert(healthcheck.body_contains("http://shop/", "<title>Shop</title>").found)
---@param url string
---@param text string
---@param options table?
---@return {ok: boolean, found: boolean, error: string?}
function M.body_contains(url, text, options)
  local answer, why = ask("GET", url, options)
  if not answer then return { ok = false, found = false, error = why } end
  local found = answer.body:find(text, 1, true) ~= nil
  return { ok = found, found = found, error = not found and ("the body does not contain '%s'"):format(text) or nil }
end

--- Looks at the status and at how long the answer took.
---
---     assert(healthcheck.endpoint("http://api/health", {max_latency_ms = 200}).ok)
---@param url string
---@param options healthcheck.EndpointOptions?
---@return {ok: boolean, status: integer, latency_ms: number, error: string?}
function M.endpoint(url, options)
  local limit = options and options.max_latency_ms or 5000
  local r = M.http(url, rest.without(options, "max_latency_ms"))
  if r.ok and r.latency_ms > limit then
    r.ok, r.error = false, ("it took %d ms, expected at most %g ms"):format(math.ceil(r.latency_ms), limit)
  end
  return r
end

--- Runs several checks. One that raises has failed, with what it raised.
---
---     local all = healthcheck.multi{
---       {name = "api", check = function() return healthcheck.http("http://api/health") end},
---       {name = "shop", check = function() return healthcheck.endpoint("http://shop/") end},
---     }
---     assert(all.ok, all.failed .. " of " .. all.total .. " failed")
---@param checks {name: string, check: fun(): table}[]
---@return {ok: boolean, results: table[], passed: integer, failed: integer, total: integer} # Each result has name and what its check gave.
function M.multi(checks)
  local out = { ok = true, results = json.array(), passed = 0, failed = 0, total = #checks }
  for i, c in ipairs(checks) do
    if type(c) ~= "table" or type(c.check) ~= "function" then
      error(("healthcheck.multi: check %d: {name = ..., check = function() ... end} is expected"):format(i), 2)
    end
    local ran, result = pcall(c.check)
    if not ran then
      result = { ok = false, error = tostring(result) }
    elseif type(result) ~= "table" then
      result = { ok = result == true, error = result ~= true and "the check gave " .. tostring(result) or nil }
    end
    result = rest.without(result)
    result.name, result.ok = c.name, result.ok == true
    out.results[i] = result
    out[result.ok and "passed" or "failed"] = out[result.ok and "passed" or "failed"] + 1
  end
  out.ok = out.failed == 0
  return out
end

--- Waits until an endpoint has the status that is expected.
---
---     healthcheck.wait("http://api/health", {timeout = 120})
---@param url string
---@param options healthcheck.WaitOptions?
---@return {ok: boolean, status: integer, attempts: integer} # When it takes too long, healthcheck.wait raises.
function M.wait(url, options)
  local o = options or {}
  local timeout, interval, expected = o.timeout or 60, o.interval or 2, o.expect_status or 200
  local given = rest.without(o, "timeout", "interval", "expect_status")
  given.timeout = math.max(0.1, math.min(timeout, 30))
  local last
  local ok, found = pcall(rest.poll, timeout, interval, function(attempt)
    local answer, why = ask("GET", url, given)
    if answer and answer.status == expected then return { ok = true, status = answer.status, attempts = attempt } end
    last = answer and "HTTP " .. answer.status or why
  end, "late")
  if ok then return found end
  if found ~= "late" then error(found, 0) end
  rest.fail("healthcheck.timeout", ("healthcheck.wait: %s not healthy after %gs: %s"):format(url, timeout, last))
end

return M
