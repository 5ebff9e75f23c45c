-- A script in the style of those that are in use; the test in cmd/assay reads it.
---- silence an alert for a while
--> GET /api/v2/alerts
-->? active=true
-->? silenced=false
-->? inhibited=false
-->? filter=alertname="HighLatency"
--< 200 [{"labels":{"alertname":"HighLatency"}}]
--> POST /api/v2/silences
-->~ "matchers":\[\{"isEqual":true,"isRegex":false,"name":"alertname","value":"HighLatency"\}\].*"startsAt":"\d{4}-\d\d-\d\dT
--< 200 {"silenceID":"s1"}
--> GET /api/v2/alerts
-->? active=true
-->? silenced=false
-->? inhibited=false
--< 200 []
--> DELETE /api/v2/silence/s1
--< 200
local am = require("assay.alertmanager")
if am.is_firing(URL, "HighLatency") then
  local id = am.silence_alert(URL, "HighLatency", 2, {created_by = "deploy", comment = "rollout"})
  assert.eq(id, "s1")
  assert.eq(am.active_count(URL), 0)
  assert.eq(am.delete_silence(URL, id), true)
end
