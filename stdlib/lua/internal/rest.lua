--- What the modules share: a client of an HTTP API that speaks JSON.
---
--- A module says where the API is, who asks, and which calls there are. This file makes the requests, and
--- errors of the answers: with `code` (MODULE.http), `status` and `body`, and the text "vault.read: HTTP 503: ...".

local M = {}

-- An error is a value with fields. What was written for texts works too: e:find("403"), "why: " .. e.
local failure = {}
function failure.__tostring(e) return rawget(e, "message") end
function failure.__concat(a, b) return tostring(a) .. tostring(b) end
function failure.__index(_, name)
  local method = string[name]
  return method and function(e, ...) return method(tostring(e), ...) end
end

--- Raises an error with a code, and with the status and the body of the answer that it is about.
---@param code string
---@param message string
---@param response http.Response?
function M.fail(code, message, response)
  local e = { code = code, message = message }
  if response then e.status, e.body = response.status, response.body end
  error(setmetatable(e, failure), 0)
end

--- Percent-encodes a segment of a path. One of dots alone would lead to another path.
local function segment(text)
  if text:find("^%.%.?$") then return (text:gsub("%.", "%%2E")) end
  return M.escape(text)
end

--- Percent-encodes what may not stand in one segment of a path, or in a value of a query.
---@param text string|number
---@return string
function M.escape(text)
  return (tostring(text):gsub("[^%w%-._~]", function(c) return ("%%%02X"):format(c:byte()) end))
end

--- Fills a path in: {} is one segment, {/} may be several.
---@param template string
---@param ... string|number
---@return string
function M.path(template, ...)
  local given, n = { ... }, 0
  return (template:gsub("{(/?)}", function(several)
    n = n + 1
    if given[n] == nil then error("value " .. n .. " of the path " .. template .. " is nil", 5) end
    local text = tostring(given[n])
    if text == "" and several == "" then error("value " .. n .. " of the path " .. template .. " is empty", 5) end
    if several == "" then return segment(text) end
    return (text:gsub("^/+", ""):gsub("/+$", ""):gsub("[^/]+", segment))
  end))
end

--- Reads a file, where the script may.
---@param module string
---@param path string
---@param instead string The option that says the same without a file.
---@return string
function M.file(module, path, instead)
  if not fs then error(("%s: this script may not read files, such as %s: give %s"):format(module, path, instead), 0) end
  return fs.read(path)
end

--- A copy of a table, without some keys.
---@param t table?
---@param ... string
---@return table
function M.without(t, ...)
  if t ~= nil and type(t) ~= "table" then error("a table of options expected, got " .. type(t), 0) end
  local copy = {}
  for key, value in pairs(t or {}) do copy[key] = value end
  for _, key in ipairs({ ... }) do copy[key] = nil end
  return copy
end

--- The fields of t under other names: {end_time = "end"}. Those that are not named keep theirs.
---@param t table?
---@param names table<string, string>
---@return table
function M.renamed(t, names)
  local out = {}
  for key, value in pairs(t or {}) do out[names[key] or key] = value end
  return out
end

--- Runs fn until it gives something, or raises what late gives for a message. fn is called at least once,
--- and about every interval; it gets the number of the attempt.
---@param timeout number Seconds.
---@param interval number Seconds.
---@param fn fun(attempt: integer): any
---@param late string
function M.poll(timeout, interval, fn, late)
  local stop, attempts = time.monotonic() + timeout, math.max(1, math.ceil(timeout / interval))
  for attempt = 1, attempts do
    local found = fn(attempt)
    if found then return found end
    local left = stop - time.monotonic()
    if attempt == attempts or left <= 0 then break end
    sleep(math.min(interval, left))
  end
  error(late, 0)
end

--- Waits as poll does: true, or the error MODULE.timeout.
---@param module string
---@param what string What the message begins with.
---@return boolean
function M.wait(module, what, timeout, interval, fn)
  local ok, e = pcall(M.poll, timeout, interval, fn, "late")
  if ok then return true end
  if e ~= "late" then error(e, 0) end
  M.fail(module .. ".timeout", ("%s: not within %gs"):format(what, timeout))
end

--- The headers of somebody with a token, or with a name and a password, as a function for client.
---@return fun(): table
function M.credentials(token, username, password)
  local value
  if token then
    value = "Bearer " .. token
  elseif username then
    value = "Basic " .. base64.encode(username .. ":" .. (password or ""))
  end
  return function() return { authorization = value } end
end

--- The condition of a type in the status of an object of Kubernetes, or nil.
---@param object table?
---@param kind string
---@return table?
function M.condition(object, kind)
  for _, c in ipairs(object and object.status and object.status.conditions or {}) do
    if c.type == kind then return c end
  end
end

---@class rest.Client
---@field module string What errors begin with.
---@field base string Where the API is, without a slash at the end.
---@field options table Those of http.request, and http.
---@field headers (fun(): table)? What every request carries.
local Client = {}
Client.__index = Client

--- Makes a client. Options are those of http.request and `http`, a client of http.client to make requests with.
---@param module string
---@param url string
---@param options table?
---@param headers (fun(): table)?
---@return rest.Client
function M.client(module, url, options, headers)
  if type(url) ~= "string" or url == "" then error(module .. ": a URL is expected, got " .. (url == "" and "an empty text" or type(url)), 3) end
  return setmetatable({ module = module, base = (url:gsub("/+$", "")), options = options or {}, headers = headers }, Client)
end

--- The same client for another URL, which is taken as it is.
---@param url string
---@return rest.Client
function Client:at(url)
  return setmetatable({ module = self.module, base = url, options = self.options, headers = self.headers }, Client)
end

local function add(headers, more)
  for name, value in pairs(more or {}) do headers[name:lower()] = value end
end

--- The table for http.request.
function Client:_given(path, o)
  local given = M.without(self.options, "http", "headers")
  for key, value in pairs(o or {}) do given[key] = value end
  local headers = {}
  if given.auth ~= false and self.headers then add(headers, self.headers()) end
  add(headers, self.options.headers)
  add(headers, o and o.headers)
  if given.auth == false or headers.authorization then given.auth = nil end
  given.url, given.headers = self.base .. path, headers
  for _, own in ipairs({ "ok", "missing", "text", "where" }) do given[own] = nil end
  return given
end

--- Makes a request and gives the answer, whatever its status.
---@param method string
---@param path string
---@param o table? query, body, headers, auth (false: without the client's headers), and options of http.request.
---@return http.Response
function Client:send(method, path, o)
  local given, via = self:_given(path, o), self.options.http
  given.method = method
  if via then return via:request(given) end
  return http.request(given)
end

--- Makes a GET request and calls fn with each piece of the body, until it returns false.
---@return http.Response
function Client:stream(path, o, fn)
  local given, via = self:_given(path, o), self.options.http
  local url = given.url
  given.url, given.retry = nil, nil
  if via then return via:stream(url, given, fn) end
  return http.stream(url, given, fn)
end

--- Raises the error of an answer.
---@param operation string
---@param response http.Response
---@param path string? For the message.
function Client:refuse(operation, response, path)
  local where = path and " " .. path or ""
  M.fail(self.module .. ".http", ("%s.%s: HTTP %d%s: %s"):format(self.module, operation, response.status, where, response.body), response)
end

--- Gives the JSON of an answer; nothing for one without a body.
---@param operation string
---@param response http.Response
---@return any
function Client:decode(operation, response)
  if response.body == "" then return nil end
  local ok, value = pcall(response.json, response)
  if not ok then
    M.fail(self.module .. ".answer", self.module .. "." .. operation .. ": unexpected response format: " .. tostring(value), response)
  end
  return value
end

--- Makes a request and gives what the answer says in JSON. Another status than 200 (or those of ok) raises.
---@param operation string
---@param method string
---@param path string
---@param o table? As for send; ok = the good statuses, missing = true gives nil for 404, text = true gives the body.
---@return any value
---@return http.Response response
function Client:call(operation, method, path, o)
  local response = self:send(method, path, o)
  local status = response.status
  if o and o.missing and status == 404 then return nil, response end
  local good = status == 200
  if o and o.ok then good = o.ok == "2xx" and response.ok or type(o.ok) == "table" and o.ok[status] or false end
  if not good then self:refuse(operation, response, o and o.where and path) end
  if o and o.text then return response.body, response end
  return self:decode(operation, response), response
end

--- Makes a GET request, as call does.
---@return any
function Client:get(operation, path, o) return (self:call(operation, "GET", path, o)) end

--- Waits until a path of a server answers with 200: true, or the error MODULE.timeout.
---@param module string
---@param url string
---@param path string
---@param options table? timeout = 60 and interval = 2, in seconds, and options of http.request.
---@return boolean
function M.reachable(module, url, path, options)
  local o = options or {}
  local timeout, interval = o.timeout or 60, o.interval or 2
  local given = M.without(o, "timeout", "interval", "health_path")
  given.timeout = math.max(0.1, math.min(timeout, 10))
  local client, last = M.client(module, url, given), nil
  local ok, e = pcall(M.poll, timeout, interval, function()
    local sent, response = pcall(client.send, client, "GET", path)
    last = sent and "HTTP " .. response.status or tostring(response)
    return sent and response.status == 200
  end, "late")
  if ok then return true end
  if e ~= "late" then error(e, 0) end
  M.fail(module .. ".timeout", ("%s.wait: not reachable at %s within %g s: %s"):format(module, url, timeout, last))
end

--- The query of the page after an answer, by its header Link (RFC 8288), or nil.
---@param response http.Response
---@return string?
function M.next(response)
  for url, params in tostring(response.headers.link or ""):gmatch("<([^>]*)>([^<]*)") do
    if params:find('rel="?next"?') then return url:match("%?([^#]*)") end
  end
end

--- Reads an array over all its pages, or one page when query says which or how much.
---@param operation string
---@param path string
---@param query table?
---@param names table<string, boolean>? What a page is asked for with; page, page_size and per_page unless given.
---@return table[]
function Client:pages(operation, path, query, names)
  local all, response = self:call(operation, "GET", path, { query = query })
  for name in pairs(query or {}) do
    if (names or { page = true, page_size = true, per_page = true })[name] then return all end
  end
  local following = M.next(response)
  while following do
    local more
    more, response = self:call(operation, "GET", path .. "?" .. following)
    for _, item in ipairs(more or {}) do all[#all + 1] = item end
    following = M.next(response)
  end
  return all
end

return M
