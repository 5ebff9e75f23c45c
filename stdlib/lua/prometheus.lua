--- Queries a Prometheus server through its HTTP API.
---
---     local prometheus = require("assay.prometheus")
---     local up = prometheus.query("http://prometheus:9090", 'sum(up{job="api"})')
---
--- An answer with another status than 200 raises an error with the fields `code` ("prometheus.http"),
--- `status` and `body`. Options are those of http.get: timeout, retry, headers, auth, ca_cert_file.

local M = {}

local failure = { __tostring = function(e) return e.message end }

---@param code string
---@param message string
---@param response http.Response
local function fail(code, message, response)
  error(setmetatable({ code = code, message = message, status = response.status, body = response.body }, failure), 0)
end

---@param base string
---@param path string
local function at(base, path)
  return (base:gsub("/+$", "")) .. path
end

--- The field data of the answer to a GET request.
local function get(operation, base, path, query, options)
  local given = { query = query }
  for key, value in pairs(options or {}) do given[key] = value end
  local response = http.get(at(base, path), given)
  local parsed, answer = pcall(json.parse, response.body)
  if parsed and type(answer) == "table" and answer.status == "error" then
    fail("prometheus.http", operation .. ": " .. tostring(answer.error), response)
  end
  if response.status ~= 200 then
    fail("prometheus.http", operation .. ": HTTP " .. response.status .. ": " .. response.body, response)
  end
  if not parsed or type(answer) ~= "table" or answer.status ~= "success" or answer.data == nil then
    fail("prometheus.answer", operation .. ": unexpected response format", response)
  end
  return answer.data
end

local function number(sample)
  local text = sample[2]
  if text == "NaN" or text == "+Inf" or text == "-Inf" then return text end
  return tonumber(text) or text
end

--- Runs an instant query.
---@param url string
---@param promql string
---@param options http.Options?
---@return number|string|table[] result The value, when it is one; else an array of {metric=, value=}, or of {metric=, values=} for a range vector.
function M.query(url, promql, options)
  local data = get("prometheus.query", url, "/api/v1/query", { query = promql }, options)
  if data.result == nil then
    fail("prometheus.answer", "prometheus.query: unexpected response format", { status = 200, body = json.encode(data) })
  end
  if data.resultType == "scalar" or data.resultType == "string" then return number(data.result) end
  if data.resultType == "matrix" then return data.result end
  if #data.result == 1 then return number(data.result[1].value) end
  local samples = json.array()
  for i, series in ipairs(data.result) do
    samples[i] = { metric = series.metric, value = number(series.value) }
  end
  return samples
end

--- Runs a query over a range of time.
---@param url string
---@param promql string
---@param start number|string Seconds since 1970, or RFC 3339.
---@param stop number|string
---@param step number|string Seconds, or text such as "30s".
---@param options http.Options?
---@return table[] result An array of {metric=, values=}.
function M.query_range(url, promql, start, stop, step, options)
  local query = { query = promql, start = start, ["end"] = stop, step = step }
  return get("prometheus.query_range", url, "/api/v1/query_range", query, options).result
end

--- Lists the alerts that are active.
---@param url string
---@param options http.Options?
---@return table[]
function M.alerts(url, options)
  return get("prometheus.alerts", url, "/api/v1/alerts", nil, options).alerts
end

--- Lists the targets: activeTargets and droppedTargets.
---@param url string
---@param options http.Options?
---@return table
function M.targets(url, options)
  return get("prometheus.targets", url, "/api/v1/targets", nil, options)
end

--- Lists the groups of rules.
---@param url string
---@param filter {type: "alert"|"record"}?
---@param options http.Options?
---@return table[]
function M.rules(url, filter, options)
  return get("prometheus.rules", url, "/api/v1/rules", filter, options).groups
end

--- Lists the values of a label.
---@param url string
---@param name string
---@param options http.Options?
---@return string[]
function M.label_values(url, name, options)
  return get("prometheus.label_values", url, "/api/v1/label/" .. name .. "/values", nil, options)
end

--- Lists the series that match any of the selectors.
---@param url string
---@param selectors string[]
---@param options http.Options?
---@return table[]
function M.series(url, selectors, options)
  return get("prometheus.series", url, "/api/v1/series", { ["match[]"] = selectors }, options)
end

--- Lists the metadata of what targets expose.
---@param url string
---@param filter {match_target: string?, metric: string?, limit: integer?}?
---@param options http.Options?
---@return table[]
function M.targets_metadata(url, filter, options)
  return get("prometheus.targets_metadata", url, "/api/v1/targets/metadata", filter, options)
end

--- Makes the server read its configuration again. The server must run with --web.enable-lifecycle.
---@param url string
---@param options http.Options?
---@return boolean reloaded
function M.config_reload(url, options)
  return http.post(at(url, "/-/reload"), "", options).status == 200
end

return M
