-- https://grafana.com/docs/tempo/latest/api_docs

---- traces
--> GET /api/traces/2f3e
-->: X-Scope-Orgid: shop
-->: Authorization: Bearer t
-->: Accept: application/json
-->? start=1
-->? end=3
--< 200 {"batches":[{}]}
--> GET /api/traces/none
-->: Authorization: Bearer t
--< 404
--> GET /api/search
-->: Authorization: Bearer t
-->? q={ status = error && name != "a+b" }
-->? start=1
-->? limit=5
-->? spss=1
--< 200 {"traces":[{"traceID":"2f3e","durationMs":7}]}
--> GET /api/search
-->: Authorization: Bearer t
-->? q={}
--< 200 {}
--> GET /api/search
-->: Authorization: Bearer t
-->? q={
--< 400 parse error
local c = tempo.client(URL .. "/", {tenant = "shop", token = "t"})
assert.eq(#c:trace("2f3e", {start = 1.5, end_time = 3}).batches, 1)
assert.is_nil(c:trace("none"))
assert.eq(c:search('{ status = error && name != "a+b" }', {start = 1, limit = 5, spss = 1})[1].durationMs, 7)
assert.eq(#c:search("{}"), 0)
local e = assert.raises(function() c:search("{") end, "tempo.search: HTTP 400: parse error")
assert.eq({e.code, e.status}, {"tempo.http", 400})

---- tags, and waiting
--> GET /api/v2/search/tags
-->? scope=resource
--< 200 {"scopes":[{"name":"resource","tags":["service.name"]}]}
--> GET /api/v2/search/tag/resource.service.name/values
-->? q={}
--< 200 {"tagValues":[{"type":"string","value":"api"}]}
--> GET /ready
--< 503
--> GET /api/traces/a
--< 404
--> GET /api/traces/a
--< 200 {"batches":[]}
--> GET /api/traces/a
--< 404
local c = tempo.client(URL)
assert.eq(c:tags{scope = "resource"}[1].tags[1], "service.name")
assert.eq(c:tag_values("resource.service.name", {query = "{}"})[1].value, "api")
assert.is_false(c:ready())
assert.eq(#c:wait_trace("a", 5, 0.01).batches, 0)
assert.eq(assert.raises(function() c:wait_trace("a", 0) end, "not within 0s").code, "tempo.timeout")
