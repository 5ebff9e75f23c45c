-- https://grafana.com/docs/grafana/latest/developers/http_api/

---- a token, a name with a password, or nobody
--> GET /api/health
--< 200 {"database":"ok"}
--> GET /api/datasources
-->: Authorization: Bearer t
--< 200 [{"name":"p"}]
--> GET /api/org
-->: Authorization: Basic YWRtaW46cDp3
--< 200 {"name":"Main"}
--> GET /api/folders
--< 401 {"message":"Unauthorized"}
local c = grafana.client(URL .. "/", {api_key = "t"})
assert.eq(c:health().database, "ok")
assert.eq(c:datasources()[1].name, "p")
assert.eq(grafana.client(URL, {username = "admin", password = "p:w"}):org().name, "Main")
local e = assert.raises(function() grafana.client(URL):folders() end, "grafana.folders: HTTP 401: ")
assert.eq({e.code, e.status}, {"grafana.http", 401})

---- calls
--> GET /api/datasources/3
--< 200 {"id":3}
--> GET /api/datasources/uid/a%2Fb
--< 200 {"uid":"a/b"}
--> GET /api/search
-->? query=a&b
-->? type=dash-db
-->? tag=x
-->? tag=y
-->? limit=2
--< 200 [{"uid":"u"}]
--> GET /api/dashboards/uid/u
--< 200 {"dashboard":{"title":"T"}}
--> GET /api/annotations
-->? from=1
-->? to=2
-->? dashboardId=3
-->? limit=4
-->? tags=a
-->? tags=b
--< 200 []
--> POST /api/annotations
-->= {"text":"t","tags":["a"]}
--< 200 {"id":1}
--> GET /api/v1/provisioning/alert-rules
--< 200 [{"title":"r"}]
--> GET /api/folders
--< 200 [{"uid":"f"}]
--> GET /api/search
--< 200 []
local c = grafana.client(URL)
assert.eq(c:datasource(3).id, 3)
assert.eq(c:datasource("a/b").uid, "a/b")
assert.eq(c:search{query = "a&b", type = "dash-db", tag = {"x", "y"}, limit = 2}[1].uid, "u")
assert.eq(c:dashboard("u").dashboard.title, "T")
assert.eq(#c:annotations{from = 1, to = 2, dashboard_id = 3, limit = 4, tags = {"a", "b"}}, 0)
assert.eq(c:create_annotation{text = "t", tags = {"a"}}.id, 1)
assert.eq(c:alert_rules()[1].title, "r")
assert.eq(c:folders()[1].uid, "f")
assert.eq(#c:search(), 0)
