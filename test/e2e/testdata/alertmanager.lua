-- What assay.alertmanager does, against the server arg[1], which groups by alertname and has the receivers team and other.
local alertmanager = require("assay.alertmanager")
local url = arg[1] .. "//" -- any slash at the end is left away

local status = alertmanager.status(url)
assert.not_nil(status.versionInfo.version)
assert.contains(status.config.original, "team")
local receivers = {}
for _, r in ipairs(alertmanager.receivers(url)) do receivers[#receivers + 1] = r.name end
table.sort(receivers)
assert.eq(receivers, {"other", "team"})
assert.eq(#alertmanager.alerts(url), 0)
assert.eq(alertmanager.active_count(url), 0)
assert.eq(alertmanager.is_firing(url, "Backup"), false)
assert.eq(alertmanager.post_alerts(url, {}), true)

-- Names that must be escaped in a matcher and encoded in a query.
local odd = 'a "b" & c+d=e%20\\f #é'
local now = time()
assert.eq(alertmanager.post_alerts(url, {
  {labels = {alertname = "Backup", severity = "critical"}, annotations = {summary = "none today"}, generatorURL = "http://127.0.0.1/x"},
  {labels = {alertname = "Disk", severity = "warning", host = "db+1 a&b"}, endsAt = time.format(math.floor(now) + 3600)},
  {labels = {alertname = odd, severity = "none"}},
  {labels = {alertname = "Over"}, startsAt = time.format(math.floor(now) - 7200), endsAt = time.format(math.floor(now) - 3600)},
}), true)

local function until_true(what, holds)
  local deadline = time() + 30
  while not holds() do
    assert(time() < deadline, what)
    sleep(0.05)
  end
end
until_true("three alerts are active", function() return alertmanager.active_count(url) == 3 end)
assert.eq(alertmanager.is_firing(url, "Backup"), true)
assert.eq(alertmanager.is_firing(url, odd), true)
assert.eq(alertmanager.is_firing(url, "Over"), false)
assert.eq(alertmanager.is_firing(url, "Back"), false)

-- Filters: each one must hold, and what is false leaves alerts away.
local function names(filter)
  local found = {}
  for _, a in ipairs(alertmanager.alerts(url, filter)) do found[#found + 1] = a.labels.alertname end
  table.sort(found)
  return found
end
assert.eq(names{filter = {'severity="critical"'}}, {"Backup"})
assert.eq(names{filter = {'severity=~"critical|warning"', 'alertname!="Backup"'}}, {"Disk"})
assert.eq(names{filter = {'host="db+1 a&b"'}}, {"Disk"})
assert.eq(names{receiver = "team", filter = {'severity="none"'}}, {odd})
assert.eq(names{receiver = "other"}, {})
assert.eq(names{active = false}, {})
until_true("alerts are in groups", function() return #alertmanager.alert_groups(url, {receiver = "team"}) == 3 end)
local group = alertmanager.alert_groups(url, {filter = {'alertname="Disk"'}})
assert.eq({#group, group[1].receiver.name, group[1].labels.alertname, #group[1].alerts}, {1, "team", "Disk", 1})

-- A silence made in one call begins now, and lasts as long as was said.
local id = alertmanager.silence_alert(url, odd, 2)
local silence = alertmanager.silence(url, id)
assert.eq(silence.matchers, {{name = "alertname", value = odd, isRegex = false, isEqual = true}})
assert.eq({silence.createdBy, silence.comment, silence.status.state}, {"assay", "Silenced by assay", "active"})
assert.eq(time.parse(silence.endsAt) - now > 7190 and time.parse(silence.endsAt) - now < 7230, true)
until_true("it is silenced", function() return not alertmanager.is_firing(url, odd) end)
assert.eq(alertmanager.active_count(url), 2)
assert.eq(names{active = false}, {odd})
assert.eq(names{silenced = false}, {"Backup", "Disk"})
assert.eq(alertmanager.silence(url, alertmanager.silence_alert(url, "Half", 0.5, {created_by = "me", comment = "why"})).comment, "why")
assert.eq(#alertmanager.silences(url), 2)
assert.eq(#alertmanager.silences(url, {filter = {'alertname="Half"'}}), 1)
assert.eq(alertmanager.delete_silence(url, id), true)
assert.eq(alertmanager.silence(url, id).status.state, "expired")
until_true("it fires again", function() return alertmanager.is_firing(url, odd) end)

-- One of the script's own, which is then changed by its id.
local own = {
  matchers = {{name = "severity", value = "crit.*", isRegex = true, isEqual = true}}, createdBy = "me", comment = "upgrade",
  startsAt = time.format(math.floor(now)), endsAt = time.format(math.floor(now) + 600),
}
own.id = alertmanager.create_silence(url, own).silenceID
until_true("it matches by an expression", function() return not alertmanager.is_firing(url, "Backup") end)
own.comment = "longer"
assert.eq(alertmanager.create_silence(url, own).silenceID, own.id)
assert.eq(alertmanager.silence(url, own.id).comment, "longer")

-- Failures say what the server says.
local function refused(operation, status, f)
  local e = assert.raises(f, "alertmanager." .. operation .. ": HTTP " .. status)
  assert.eq({e.code, e.status}, {"alertmanager.http", status})
end
refused("create_silence", 400, function()
  alertmanager.create_silence(url, {matchers = {}, createdBy = "me", comment = "x", startsAt = own.startsAt, endsAt = own.endsAt})
end)
refused("post_alerts", 400, function() alertmanager.post_alerts(url, {{labels = {["not a name"] = "x"}}}) end)
refused("alerts", 400, function() alertmanager.alerts(url, {filter = {"="}}) end)
refused("silence", 404, function() alertmanager.silence(url, "00000000-0000-0000-0000-000000000000") end)
assert.raises(function() alertmanager.alerts(url, {silence = true}) end, "unknown filter 'silence'")
