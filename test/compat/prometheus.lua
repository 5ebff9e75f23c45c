-- A script in the style of those that are in use; the test in cmd/assay reads it.
---- a gate on error rates
--> GET /api/v1/query
-->? query=sum(rate(http_requests_total{code=~"5.."}[5m]))
--< 200 {"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,"0.25"]}]}}
--> GET /api/v1/query
-->? query=up{job="api"}
--< 200 {"status":"success","data":{"resultType":"vector","result":[{"metric":{"pod":"a"},"value":[1,"1"]},{"metric":{"pod":"b"},"value":[1,"0"]}]}}
--> GET /api/v1/alerts
--< 200 {"status":"success","data":{"alerts":[{"state":"firing"}]}}
--> GET /api/v1/targets
--< 200 {"status":"success","data":{"activeTargets":[{"health":"up"}],"droppedTargets":[]}}
--> GET /api/v1/rules
-->? type=alert
--< 200 {"status":"success","data":{"groups":[{"name":"g"}]}}
--> GET /api/v1/label/job/values
--< 200 {"status":"success","data":["api"]}
--> POST /-/reload
--< 403
--> GET /api/v1/query
-->? query=bad(
--< 200 {"status":"error","error":"parse error"}
local prom = require("assay.prometheus")
local rate = prom.query(URL, 'sum(rate(http_requests_total{code=~"5.."}[5m]))')
assert.eq(rate, 0.25)
local up = prom.query(URL, 'up{job="api"}')
assert.eq(#up, 2)
assert.eq(up[1].metric.pod, "a")
assert.eq(up[2].value, 0)
assert.eq(prom.alerts(URL)[1].state, "firing")
assert.eq(prom.targets(URL).activeTargets[1].health, "up")
assert.eq(prom.rules(URL, {type = "alert"})[1].name, "g")
assert.eq(prom.label_values(URL, "job")[1], "api")
assert.eq(prom.config_reload(URL), false)
local ok, err = pcall(prom.query, URL, "bad(")
assert.eq(ok, false)
assert.contains(tostring(err), "parse error")
