-- https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml

---- alerts and groups
--> GET /api/v2/alerts
-->? active=true
-->? silenced=false
-->? inhibited=false
-->? unprocessed=false
-->? filter=a="b&c"
-->? filter=d!="e"
-->? receiver=team-.*
--< 200 [{"labels":{"alertname":"A"}}]
--> POST /api/v2/alerts
-->= [{"labels":{"alertname":"A"}}]
--< 200
--> GET /api/v2/alerts/groups
-->? active=false
--< 200 [{"receiver":{"name":"r"}}]
--> GET /api/v2/alerts
--< 500 "boom"
--> POST /api/v2/alerts
-->= []
--< 202
local all = {active = true, silenced = false, inhibited = false, unprocessed = false, filter = {'a="b&c"', 'd!="e"'}, receiver = "team-.*"}
assert.eq(alertmanager.alerts(URL .. "/", all)[1].labels.alertname, "A")
assert.eq(alertmanager.post_alerts(URL, {{labels = {alertname = "A"}}}), true)
assert.eq(alertmanager.alert_groups(URL, {active = false})[1].receiver.name, "r")
local e = assert.raises(function() alertmanager.alerts(URL) end, 'alertmanager.alerts: HTTP 500: "boom"')
assert.eq({e.code, e.status}, {"alertmanager.http", 500})
assert.raises(function() alertmanager.post_alerts(URL, {}) end, "HTTP 202")
assert.raises(function() alertmanager.alert_groups(URL, {unprocessed = true}) end, "unknown filter 'unprocessed'")

---- silences
--> GET /api/v2/silences
-->? filter=a="b"
--< 200 [{"id":"1"}]
--> GET /api/v2/silence/a%2Fb
--< 200 {"id":"a/b"}
--> POST /api/v2/silences
-->= {"comment":"c"}
--< 200 {"silenceID":"2"}
--> DELETE /api/v2/silence/2
--< 200
--> DELETE /api/v2/silence/3
--< 404
assert.eq(alertmanager.silences(URL, {filter = {'a="b"'}})[1].id, "1")
assert.eq(alertmanager.silence(URL, "a/b").id, "a/b")
assert.eq(alertmanager.create_silence(URL, {comment = "c"}).silenceID, "2")
assert.eq(alertmanager.delete_silence(URL, "2"), true)
assert.raises(function() alertmanager.delete_silence(URL, "3") end, "HTTP 404")

---- silence_alert has times in RFC 3339
--> POST /api/v2/silences
-->~ ^\{"comment":"Silenced by assay","createdBy":"assay","endsAt":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ","matchers":\[\{"isEqual":true,"isRegex":false,"name":"alertname","value":"A"\}\],"startsAt":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"\}$
--< 200 {"silenceID":"x"}
--> POST /api/v2/silences
-->~ "comment":"c","createdBy":"me"
--< 200 {"silenceID":"y"}
assert.eq(alertmanager.silence_alert(URL, "A", 1.5), "x")
assert.eq(alertmanager.silence_alert(URL, "A", 1, {created_by = "me", comment = "c"}), "y")

---- what fires, and the server
--> GET /api/v2/alerts
-->? active=true
-->? silenced=false
-->? inhibited=false
-->? filter=alertname="a \"b\""
--< 200 [{}]
--> GET /api/v2/alerts
-->? active=true
-->? silenced=false
-->? inhibited=false
--< 200 [{},{}]
--> GET /api/v2/status
--< 200 {"versionInfo":{"version":"0.27"}}
--> GET /api/v2/receivers
-->: Authorization: Bearer t
--< 200 [{"name":"r"}]
assert.eq(alertmanager.is_firing(URL, 'a "b"'), true)
assert.eq(alertmanager.active_count(URL), 2)
assert.eq(alertmanager.status(URL).versionInfo.version, "0.27")
assert.eq(alertmanager.receivers(URL, {auth = {bearer = "t"}})[1].name, "r")

---- what a script forgot is an error of its own line, not an answer: nothing is asked
assert.raises(function() alertmanager.is_firing(URL) end, "alertmanager.is_firing: an alertname is expected, got nil")
assert.raises(function() alertmanager.post_alerts(URL) end, "alertmanager.post_alerts: a table of alerts is expected, got nil")
assert.raises(function() alertmanager.silence_alert(URL, nil, 2) end, "alertmanager.silence_alert: an alertname is expected, got nil")
assert.raises(function() alertmanager.silence_alert(URL, "A") end, "alertmanager.silence_alert: a number of hours is expected, got nil")
