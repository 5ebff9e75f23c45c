-- https://prometheus.io/docs/prometheus/latest/querying/api/

---- one sample is a number, and the whole query arrives
--> GET /api/v1/query
-->? query=sum(rate(x{a="b&c=d", e=~"f|g"}[5m])) + 1 > 2 # é%
--< 200 {"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1435781451.781,"1.5"]}]}}
assert.eq(prometheus.query(URL .. "//", 'sum(rate(x{a="b&c=d", e=~"f|g"}[5m])) + 1 > 2 # é%'), 1.5)

---- no number stays text
--> GET /api/v1/query
-->? query=a
--< 200 {"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,"NaN"]}]}}
--> GET /api/v1/query
-->? query=b
--< 200 {"status":"success","data":{"resultType":"scalar","result":[1,"+Inf"]}}
--> GET /api/v1/query
-->? query=c
--< 200 {"status":"success","data":{"resultType":"string","result":[1,"text"]}}
assert.eq(prometheus.query(URL, "a"), "NaN")
assert.eq(prometheus.query(URL, "b"), "+Inf")
assert.eq(prometheus.query(URL, "c"), "text")

---- several samples are an array, none is an empty one, a matrix has its values
--> GET /api/v1/query
-->? query=up
--< 200 {"status":"success","data":{"resultType":"vector","result":[{"metric":{"job":"a"},"value":[1,"1"]},{"metric":{"job":"b"},"value":[1,"0"]}]}}
--> GET /api/v1/query
-->? query=none
--< 200 {"status":"success","data":{"resultType":"vector","result":[]}}
--> GET /api/v1/query
-->? query=up[1m]
--< 200 {"status":"success","data":{"resultType":"matrix","result":[{"metric":{"job":"a"},"values":[[1,"1"],[2,"0"]]}]}}
local up = prometheus.query(URL, "up")
assert.eq(up[2], {metric = {job = "b"}, value = 0})
assert.eq(#prometheus.query(URL, "none"), 0)
assert.eq(prometheus.query(URL, "up[1m]")[1].values[2][2], "0")

---- failures have code, status and body
--> GET /api/v1/query
-->? query=count(
--< 400 {"status":"error","errorType":"bad_data","error":"parse error"}
--> GET /api/v1/query
-->? query=up
--< 503 overloaded
--> GET /api/v1/query
-->? query=up
--< 200 <html>login</html>
local e = assert.raises(function() prometheus.query(URL, "count(") end, "prometheus.query: parse error")
assert.eq({e.code, e.status}, {"prometheus.http", 400})
e = assert.raises(function() prometheus.query(URL, "up") end)
assert.eq({tostring(e), e.code, e.status, e.body}, {"prometheus.query: HTTP 503: overloaded", "prometheus.http", 503, "overloaded"})
assert.eq("why: " .. e, "why: prometheus.query: HTTP 503: overloaded")
assert.not_nil(e:find("503", 1, true))
e = assert.raises(function() prometheus.query(URL, "up") end, "unexpected response format")
assert.eq(e.code, "prometheus.answer")

---- query_range leaves out what is nil
--> GET /api/v1/query_range
-->? query=up
-->? start=1000
-->? end=1030
-->? step=10s
--< 200 {"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1000,"1"]]}]}}
--> GET /api/v1/query_range
-->? query=up
-->? start=2026-01-01T00:00:00Z
--< 200 {"status":"success","data":{"resultType":"matrix","result":[]}}
assert.eq(prometheus.query_range(URL, "up", 1000, 1030, "10s")[1].values[1][2], "1")
assert.eq(#prometheus.query_range(URL, "up", "2026-01-01T00:00:00Z"), 0)

---- the lists
--> GET /api/v1/alerts
--< 200 {"status":"success","data":{"alerts":[{"state":"firing"}]}}
--> GET /api/v1/targets
--< 200 {"status":"success","data":{"activeTargets":[{"health":"up"}],"droppedTargets":[]}}
--> GET /api/v1/rules
--< 200 {"status":"success","data":{"groups":[{"name":"g"}]}}
--> GET /api/v1/rules
-->? type=alert
--< 200 {"status":"success","data":{"groups":[]}}
--> GET /api/v1/label/a%2Fb/values
--< 200 {"status":"success","data":["x","y"]}
--> GET /api/v1/series
-->? match[]=up
-->? match[]=process_start_time_seconds{job="a b"}
--< 200 {"status":"success","data":[{"__name__":"up"}]}
--> GET /api/v1/targets/metadata
--< 200 {"status":"success","data":[]}
--> GET /api/v1/targets/metadata
-->? match_target={job="a"}
-->? metric=up
-->? limit=2
--< 200 {"status":"success","data":[{"metric":"up"}]}
assert.eq(prometheus.alerts(URL)[1].state, "firing")
assert.eq(prometheus.targets(URL).activeTargets[1].health, "up")
assert.eq(prometheus.rules(URL)[1].name, "g")
assert.eq(#prometheus.rules(URL, {type = "alert"}), 0)
assert.eq(prometheus.label_values(URL, "a/b"), {"x", "y"})
assert.eq(prometheus.series(URL, {"up", 'process_start_time_seconds{job="a b"}'})[1].__name__, "up")
assert.eq(#prometheus.targets_metadata(URL), 0)
assert.eq(prometheus.targets_metadata(URL, {match_target = '{job="a"}', metric = "up", limit = 2})[1].metric, "up")

---- config_reload never raises on a status
--> POST /-/reload
--< 200
--> POST /-/reload
--< 403 Lifecycle API is not enabled.
assert.eq(prometheus.config_reload(URL), true)
assert.eq(prometheus.config_reload(URL), false)

---- options reach the request, and a client of one's own makes it
--> GET /api/v1/alerts
-->: Authorization: Bearer t
-->: X-Scope-Orgid: a
--< 200 {"status":"success","data":{"alerts":[]}}
--> GET /api/v1/alerts
-->: X-Own: client
--< 200 {"status":"success","data":{"alerts":[]}}
--> GET /api/v1/query
-->? query=up
-->? time=100
--< 200 {"status":"success","data":{"resultType":"scalar","result":[1,"1"]}}
prometheus.alerts(URL, {auth = {bearer = "t"}, headers = {["X-Scope-OrgID"] = "a"}})
prometheus.alerts(URL, {http = http.client{headers = {["X-Own"] = "client"}}})
assert.eq(prometheus.query(URL, "up", {query = {time = 100}}), 1)
assert.raises(function() prometheus.alerts(URL, {time_out = 1}) end, "did you mean 'timeout'")
assert.raises(function() prometheus.alerts(nil) end, "prometheus: a URL is expected")
