--- Queries a Prometheus server through its HTTP API.
---
---     local prometheus = require("assay.prometheus")
---     local up = prometheus.query("http://prometheus:9090", 'sum(up{job="api"})')
---
--- An answer with another status than 200 raises an error with the fields `code` ("prometheus.http"),
--- `status` and `body`. Options are those of http.request, as timeout, retry, headers, auth and ca_cert_file, and
--- http: a client of http.client to make the requests with.

local rest = require("./internal/rest")

local M = {}

---@alias prometheus.code
---| "prometheus.http" # The server answered with a failure; e.status and e.body have it.
---| "prometheus.answer" # The answer is not one of Prometheus.

---@class prometheus.RulesFilter
---@field type? "alert"|"record" The kind of rules; without it, both.

---@class prometheus.MetadataFilter
---@field match_target? string A selector of targets, such as {job="api"}.
---@field metric? string The name of a metric.
---@field limit? integer How many targets at most.

--- The field data of the answer to a GET request.
local function get(operation, url, path, query, options)
  local client = rest.client("prometheus", url, options)
  local response = client:send("GET", path, { query = query })
  local parsed, answer = pcall(response.json, response)
  if parsed and type(answer) == "table" and answer.status == "error" then
    rest.fail("prometheus.http", "prometheus." .. operation .. ": " .. tostring(answer.error), response)
  end
  if response.status ~= 200 then client:refuse(operation, response) end
  if not parsed or type(answer) ~= "table" or answer.status ~= "success" or answer.data == nil then
    rest.fail("prometheus.answer", "prometheus." .. operation .. ": unexpected response format", response)
  end
  return answer.data, response
end

local function number(sample)
  local text = sample[2]
  if text == "NaN" or text == "+Inf" or text == "-Inf" then return text end
  return tonumber(text) or text
end

--- Runs an instant query. NaN, +Inf and -Inf are texts.
---
---     local errors = prometheus.query(url, 'sum(rate(http_requests_total{code=~"5.."}[5m]))')
---     if type(errors) == "number" then assert.lt(errors, 0.1) end
---@param url string The server, such as "http://prometheus:9090".
---@param promql string What to ask.
---@param options http.Options? How to make the request; query has further parameters, such as time.
---@return number|string|table[] result The value, when it is one; else an array of {metric=, value=}, or of {metric=, values=} for a range vector.
function M.query(url, promql, options)
  local query = rest.without(options and options.query)
  query.query = promql
  local data, response = get("query", url, "/api/v1/query", query, rest.without(options, "query"))
  if type(data) ~= "table" or data.result == nil then
    rest.fail("prometheus.answer", "prometheus.query: unexpected response format", response)
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
---
---     local day = prometheus.query_range(url, "sum(up)", time() - 86400, time(), "5m")
---     for _, sample in ipairs(day[1].values) do print(sample[1], sample[2]) end
---@param url string
---@param promql string
---@param start number|string Seconds since 1970, or RFC 3339.
---@param stop number|string The end, likewise.
---@param step number|string Seconds, or text such as "30s".
---@param options http.Options?
---@return table[] result An array of {metric=, values=}, the values being {seconds, text}.
function M.query_range(url, promql, start, stop, step, options)
  local query = { query = promql, start = start, ["end"] = stop, step = step }
  local data, response = get("query_range", url, "/api/v1/query_range", query, options)
  if type(data) ~= "table" or data.result == nil then
    rest.fail("prometheus.answer", "prometheus.query_range: unexpected response format", response)
  end
  return data.result
end

--- Lists the alerts that are pending or firing.
---
---     for _, alert in ipairs(prometheus.alerts(url)) do print(alert.labels.alertname, alert.state) end
---@param url string
---@param options http.Options?
---@return table[] # Each has labels, annotations, state, activeAt and value.
function M.alerts(url, options)
  return (get("alerts", url, "/api/v1/alerts", nil, options)).alerts
end

--- Lists what is scraped.
---
---     for _, target in ipairs(prometheus.targets(url).activeTargets) do
---       assert.eq(target.health, "up", target.scrapeUrl)
---     end
---@param url string
---@param options http.Options?
---@return {activeTargets: table[], droppedTargets: table[]}
function M.targets(url, options)
  return (get("targets", url, "/api/v1/targets", nil, options))
end

--- Lists the groups of rules.
---
---     for _, group in ipairs(prometheus.rules(url, {type = "alert"})) do print(group.name, #group.rules) end
---@param url string
---@param filter prometheus.RulesFilter?
---@param options http.Options?
---@return table[] # Each has name, file, interval (seconds) and rules.
function M.rules(url, filter, options)
  return (get("rules", url, "/api/v1/rules", filter, options)).groups
end

--- Lists the values of a label.
---
---     assert.contains(prometheus.label_values(url, "job"), "api")
---@param url string
---@param name string The label.
---@param options http.Options?
---@return string[]
function M.label_values(url, name, options)
  return (get("label_values", url, rest.path("/api/v1/label/{}/values", name), nil, options))
end

--- Lists the series that match any of the selectors.
---
---     local series = prometheus.series(url, {'up{job="api"}', "process_start_time_seconds"})
---     print(#series, series[1].instance)
---@param url string
---@param selectors string[]
---@param options http.Options?
---@return table[] # The labels of each.
function M.series(url, selectors, options)
  return (get("series", url, "/api/v1/series", { ["match[]"] = selectors }, options))
end

--- Lists the metadata of what targets expose.
---
---     for _, m in ipairs(prometheus.targets_metadata(url, {metric = "up"})) do print(m.target.job, m.help) end
---@param url string
---@param filter prometheus.MetadataFilter?
---@param options http.Options?
---@return table[] # Each has target, metric, type, help and unit.
function M.targets_metadata(url, filter, options)
  return (get("targets_metadata", url, "/api/v1/targets/metadata", filter, options))
end

--- Makes the server read its configuration again. The server must run with --web.enable-lifecycle; a status is
--- never an error.
---
---     assert(prometheus.config_reload(url), "the new configuration is not loaded")
---@param url string
---@param options http.Options?
---@return boolean reloaded Whether the status was 200.
function M.config_reload(url, options)
  return rest.client("prometheus", url, options):send("POST", "/-/reload", { body = "" }).status == 200
end

return M
