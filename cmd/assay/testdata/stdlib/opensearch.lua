-- https://docs.opensearch.org/latest/api-reference

---- the cluster and its indices
--> GET /
-->: Authorization: Basic YTpi
--< 200 {"version":{"number":"2.19.0"}}
--> GET /_cluster/health
-->: Authorization: Basic YTpi
--< 503
--> GET /_cluster/health
-->: Authorization: Basic YTpi
--< 200 {"status":"red"}
--> GET /_cluster/health
-->: Authorization: Basic YTpi
--< 200 {"status":"green"}
--> GET /_cluster/health
-->: Authorization: Basic YTpi
--< 200 {"status":"yellow"}
--> GET /_cat/indices/logs-%2A
-->: Authorization: Basic YTpi
-->? format=json
-->? bytes=b
--< 200 [{"index":"logs-1"}]
--> HEAD /shop
-->: Authorization: Basic YTpi
--< 404
--> PUT /shop
-->: Authorization: Basic YTpi
-->= {"settings":{"number_of_replicas":1}}
--< 200 {"acknowledged":true}
--> DELETE /shop
-->: Authorization: Basic YTpi
--< 403 no
local c = opensearch.client(URL .. "/", {username = "a", password = "b"})
assert.eq(c:info().version.number, "2.19.0")
assert.is_true(c:wait_health("yellow", 5, 0.01))
assert.eq(assert.raises(function() c:wait_health("green", 0) end, "not within 0s").code, "opensearch.timeout")
assert.eq(c:indices("logs-*")[1].index, "logs-1")
assert.is_false(c:index_exists("shop"))
assert.is_true(c:create_index("shop", {settings = {number_of_replicas = 1}}).acknowledged)
local e = assert.raises(function() c:delete_index("shop") end, "opensearch.delete_index: HTTP 403: no")
assert.eq({e.code, e.status}, {"opensearch.http", 403})

---- documents
--> GET /shop/_doc/a%2Fb
-->: Authorization: ApiKey k
--< 200 {"found":true,"_source":{"name":"tea"}}
--> GET /shop/_doc/none
-->: Authorization: ApiKey k
--< 404 {"found":false}
--> PUT /shop/_doc/1
-->: Authorization: ApiKey k
-->? refresh=true
-->= {"name":"tea"}
--< 201 {"_id":"1","result":"created"}
--> POST /shop/_doc
-->: Authorization: ApiKey k
-->= {}
--< 201 {"_id":"made"}
--> DELETE /shop/_doc/1
-->: Authorization: ApiKey k
--< 200 {}
--> DELETE /shop/_doc/1
-->: Authorization: ApiKey k
--< 404 {}
--> POST /shop/_search
-->: Authorization: ApiKey k
-->= {"query":{"match_all":{}},"size":1}
--< 200 {"hits":{"hits":[{"_source":{}}]}}
--> POST /shop/_count
-->: Authorization: ApiKey k
-->= {"query":{"term":{"a":1}}}
--< 200 {"count":3}
--> POST /shop/_count
-->: Authorization: ApiKey k
-->= {}
--< 200 {"count":9}
--> POST /shop/_bulk
-->: Authorization: ApiKey k
-->: Content-Type: application/x-ndjson
-->~ ^\{"index":\{"_id":"1"\}\}\n\{"name":"tea"\}\n\{"index":\{\}\}\n\{"n":1\}\n\{"delete":\{"_id":"2"\}\}\n$
--< 200 {"errors":false,"items":[{},{},{}]}
--> POST /shop/_bulk
-->: Authorization: ApiKey k
-->: Content-Type: application/x-ndjson
-->~ "a"
--< 200 {"errors":true,"items":[{"index":{"status":201}},{"index":{"status":400,"error":{"reason":"mapper"}}}]}
--> GET /_cluster/health
-->: Authorization: ApiKey k
--< 200 {"status":"green"}
local c = opensearch.client(URL, {api_key = "k"})
assert.eq(c:get("shop", "a/b").name, "tea")
assert.is_nil(c:get("shop", "none"))
assert.eq(c:put("shop", "1", {name = "tea"}, {refresh = true}).result, "created")
assert.eq(c:put("shop", nil, {})._id, "made")
assert.is_true(c:delete("shop", "1"))
assert.is_false(c:delete("shop", "1"))
assert.eq(#c:search("shop", {query = {match_all = json.object({})}, size = 1}).hits.hits, 1)
assert.eq(c:count("shop", {term = {a = 1}}), 3)
assert.eq(c:count("shop"), 9)
assert.eq(c:bulk("shop", {{id = "1", doc = {name = "tea"}}, {doc = {n = 1}}, {id = "2", delete = true}}), 3)
local e = assert.raises(function() c:bulk("shop", {{doc = {a = 1}}, {doc = {a = "x"}}}) end, "opensearch.bulk: item 2: mapper")
assert.eq({e.code, #e.items}, {"opensearch.bulk", 2})
assert.eq(c:health().status, "green")
