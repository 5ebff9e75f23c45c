--- Reads alerts of Alertmanager, sends them, and silences them.
---
---     local alertmanager = require("assay.alertmanager")
---     if alertmanager.is_firing("http://alertmanager:9093", "HighLatency") then
---       alertmanager.silence_alert("http://alertmanager:9093", "HighLatency", 2, {comment = "being looked at"})
---     end
---
--- An answer with another status than 200 raises an error with `code` ("alertmanager.http"), `status` and `body`. The
--- last argument of each function may be options of http.request (timeout, retry, headers, auth, ...), and `http`, a
--- client of http.client.

local rest = require("./internal/rest")

local M = {}

---@alias alertmanager.code
---| "alertmanager.http" # The server answered with a failure; e.status and e.body have it.
---| "alertmanager.answer" # The answer is no JSON.

---@class alertmanager.AlertsFilter
---@field active? boolean Those that fire; false leaves them away.
---@field silenced? boolean Those that are silenced; likewise.
---@field inhibited? boolean Those that others inhibit; likewise.
---@field unprocessed? boolean Those that were not looked at yet; likewise.
---@field filter? string[] Matchers, such as 'severity="critical"', all of which must hold.
---@field receiver? string A regular expression of receivers.

---@class alertmanager.SilenceOptions
---@field created_by? string "assay" unless given.
---@field comment? string "Silenced by assay" unless given.

local function call(operation, method, url, path, query, body, options)
  return (rest.client("alertmanager", url, options):call(operation, method, path, { query = query, body = body }))
end

local function known(filter, names, operation)
  for key in pairs(filter or {}) do
    if not names[key] then error(("alertmanager.%s: unknown filter '%s'"):format(operation, tostring(key)), 3) end
  end
end

local function expected(operation, what, kind, value)
  if type(value) ~= kind then error(("alertmanager.%s: %s is expected, got %s"):format(operation, what, type(value)), 3) end
end

local of_groups = { active = true, silenced = true, inhibited = true, filter = true, receiver = true }
local of_alerts = rest.without(of_groups)
of_alerts.unprocessed = true

--- Lists alerts.
---
---     for _, a in ipairs(alertmanager.alerts(url, {silenced = false, filter = {'severity="critical"'}})) do
---       print(a.labels.alertname, a.startsAt)
---     end
---@param url string The server.
---@param filter alertmanager.AlertsFilter?
---@param options http.Options?
---@return table[] # Each has labels, annotations, startsAt, endsAt, status.
function M.alerts(url, filter, options)
  known(filter, of_alerts, "alerts")
  return call("alerts", "GET", url, "/api/v2/alerts", filter, nil, options)
end

--- Sends alerts. Sent again, one goes on; without endsAt it ends by itself.
---
---     alertmanager.post_alerts(url, {{labels = {alertname = "Backup"}, annotations = {summary = "no backup today"}}})
---@param url string
---@param alerts table[] Each has labels, and may have annotations, startsAt, endsAt (RFC 3339), generatorURL.
---@param options http.Options?
---@return boolean # true
function M.post_alerts(url, alerts, options)
  expected("post_alerts", "a table of alerts", "table", alerts)
  call("post_alerts", "POST", url, "/api/v2/alerts", nil, json.array(alerts), options)
  return true
end

--- Lists alerts as they are grouped for their receivers.
---
---     for _, g in ipairs(alertmanager.alert_groups(url)) do print(g.receiver.name, #g.alerts) end
---@param url string
---@param filter alertmanager.AlertsFilter? Without unprocessed.
---@param options http.Options?
---@return table[]
function M.alert_groups(url, filter, options)
  known(filter, of_groups, "alert_groups")
  return call("alert_groups", "GET", url, "/api/v2/alerts/groups", filter, nil, options)
end

--- Lists silences, those that are over too.
---
---     for _, s in ipairs(alertmanager.silences(url, {filter = {'alertname="Backup"'}})) do print(s.id, s.status.state) end
---@param url string
---@param filter {filter: string[]?}?
---@param options http.Options?
---@return table[]
function M.silences(url, filter, options)
  known(filter, { filter = true }, "silences")
  return call("silences", "GET", url, "/api/v2/silences", filter, nil, options)
end

--- Reads a silence.
---
---     print(alertmanager.silence(url, id).endsAt)
---@param url string
---@param id string
---@param options http.Options?
---@return table
function M.silence(url, id, options) return call("silence", "GET", url, rest.path("/api/v2/silence/{}", id), nil, nil, options) end

--- Makes a silence, or with an id changes one.
---
---     alertmanager.create_silence(url, {matchers = {{name = "job", value = "api", isRegex = false, isEqual = true}},
---       startsAt = time.format(time()), endsAt = time.format(time() + 3600), createdBy = "me", comment = "upgrade"})
---@param url string
---@param silence table matchers, startsAt and endsAt (RFC 3339), createdBy, comment, id.
---@param options http.Options?
---@return {silenceID: string}
function M.create_silence(url, silence, options) return call("create_silence", "POST", url, "/api/v2/silences", nil, silence, options) end

--- Ends a silence.
---
---     alertmanager.delete_silence(url, id)
---@param url string
---@param id string
---@param options http.Options?
---@return boolean # true
function M.delete_silence(url, id, options)
  call("delete_silence", "DELETE", url, rest.path("/api/v2/silence/{}", id), nil, nil, options)
  return true
end

--- Reads the state of the server: its configuration, version and cluster.
---
---     print(alertmanager.status(url).versionInfo.version)
---@param url string
---@param options http.Options?
---@return table
function M.status(url, options) return call("status", "GET", url, "/api/v2/status", nil, nil, options) end

--- Lists the receivers.
---
---     for _, r in ipairs(alertmanager.receivers(url)) do print(r.name) end
---@param url string
---@param options http.Options?
---@return {name: string}[]
function M.receivers(url, options) return call("receivers", "GET", url, "/api/v2/receivers", nil, nil, options) end

local function firing(filter) return { active = true, silenced = false, inhibited = false, filter = filter } end

local function matcher(name, value)
  return ('%s="%s"'):format(name, (value:gsub('[\\"\n]', { ["\\"] = "\\\\", ['"'] = '\\"', ["\n"] = "\\n" })))
end

--- Tells whether an alert fires, and is neither silenced nor inhibited.
---
---     assert.is_false(alertmanager.is_firing(url, "HighLatency"))
---@param url string
---@param name string Its alertname.
---@param options http.Options?
---@return boolean
function M.is_firing(url, name, options)
  expected("is_firing", "an alertname", "string", name)
  return #M.alerts(url, firing({ matcher("alertname", name) }), options) > 0
end

--- Counts the alerts that fire and are neither silenced nor inhibited.
---
---     assert.eq(alertmanager.active_count(url), 0)
---@param url string
---@param options http.Options?
---@return integer
function M.active_count(url, options) return #M.alerts(url, firing(), options) end

--- Silences an alert from now on.
---
---     local id = alertmanager.silence_alert(url, "HighLatency", 2, {created_by = "upgrade", comment = "1.3"})
---@param url string
---@param name string Its alertname.
---@param hours number For how long.
---@param about alertmanager.SilenceOptions?
---@param options http.Options?
---@return string id Of the silence.
function M.silence_alert(url, name, hours, about, options)
  expected("silence_alert", "an alertname", "string", name)
  hours = tonumber(hours)
  expected("silence_alert", "a number of hours", "number", hours)
  local from = math.floor(time())
  return M.create_silence(url, {
    matchers = { { name = "alertname", value = name, isRegex = false, isEqual = true } },
    startsAt = time.format(from), endsAt = time.format(from + math.floor(hours * 3600)),
    createdBy = about and about.created_by or "assay", comment = about and about.comment or "Silenced by assay",
  }, options).silenceID
end

return M
