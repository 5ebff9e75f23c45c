-- https://developer.pagerduty.com/docs/events-api-v2, https://developer.pagerduty.com/api-reference

---- events
--> POST /v2/enqueue
-->= {"routing_key":"k","event_action":"trigger","dedup_key":"d","links":[{"href":"https://x"}],"payload":{"summary":"down","source":"web","severity":"critical"}}
--< 202 {"status":"success","dedup_key":"d"}
--> POST /v2/enqueue
-->~ "severity":"error","source":"[^"]+","summary":"down"
--< 202 {"dedup_key":"new"}
--> POST /v2/enqueue
-->= {"routing_key":"k","event_action":"acknowledge","dedup_key":"d"}
--< 202 {}
--> POST /v2/enqueue
-->= {"routing_key":"k","event_action":"resolve","dedup_key":"d"}
--< 400 {"status":"invalid event"}
--> POST /v2/change/enqueue
-->~ ^\{"payload":\{"source":"ci","summary":"deployed","timestamp":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"\},"routing_key":"k"\}$
--< 202 {}
local o = {url = URL .. "/"}
assert.eq(pagerduty.trigger("k", {summary = "down", source = "web", severity = "critical", dedup_key = "d", links = {{href = "https://x"}}}, o), "d")
assert.eq(pagerduty.trigger("k", {summary = "down"}, o), "new")
pagerduty.acknowledge("k", "d", o)
local e = assert.raises(function() pagerduty.resolve("k", "d", o) end, "pagerduty.resolve: HTTP 400: ")
assert.eq({e.code, e.status}, {"pagerduty.http", 400})
pagerduty.change("k", {summary = "deployed", source = "ci"}, o)

---- what the REST API has
--> GET /incidents
-->: Authorization: Token token=t
-->: Accept: application/vnd.pagerduty+json;version=2
-->? statuses[]=triggered
-->? statuses[]=acknowledged
--< 200 {"incidents":[{"id":"1"}],"offset":0,"more":true}
--> GET /incidents
-->: Authorization: Token token=t
-->? statuses[]=triggered
-->? statuses[]=acknowledged
-->? offset=1
--< 200 {"incidents":[{"id":"2"}],"offset":1,"more":false}
--> GET /oncalls
-->: Authorization: Token token=t
-->? limit=1
--< 200 {"oncalls":[{"user":{"summary":"Ada"}}],"offset":0,"more":true}
--> GET /services
-->: Authorization: Token token=t
--< 200 {"services":[]}
local c = pagerduty.client("t", {url = URL})
assert.eq(#c:incidents{["statuses[]"] = {"triggered", "acknowledged"}}, 2)
assert.eq(c:oncalls{limit = 1}[1].user.summary, "Ada")
assert.eq(#c:services(), 0)
