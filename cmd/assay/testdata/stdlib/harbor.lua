-- https://demo.goharbor.io/devcenter-api-2.0

---- the registry
--> GET /api/v2.0/health
-->: Authorization: Bearer t
--< 200 {"status":"healthy","components":[{"name":"core","status":"healthy"}]}
--> GET /api/v2.0/health
-->: Authorization: Bearer t
--< 200 {"components":[{"name":"core","status":"healthy"},{"name":"jobservice","status":"unhealthy"}]}
--> GET /api/v2.0/health
-->: Authorization: Bearer t
--< 200 {}
--> GET /api/v2.0/systeminfo
-->: Authorization: Basic YTpi
--< 200 {"harbor_version":"v2"}
--> GET /api/v2.0/statistics
-->: Authorization: Bearer t
--< 200 {"total_repo_count":3}
--> GET /api/v2.0/statistics
-->: Authorization: Bearer t
--< 401 {"errors":[{"code":"UNAUTHORIZED"}]}
local c = harbor.client(URL .. "/", {api_key = "t"})
assert.eq(c:health().status, "healthy")
assert.is_false(c:is_healthy())
assert.is_false(c:is_healthy())
assert.eq(harbor.client(URL, {username = "a", password = "b"}):system_info().harbor_version, "v2")
assert.eq(c:statistics().total_repo_count, 3)
local e = assert.raises(function() c:statistics() end, "harbor.statistics: HTTP 401: ")
assert.eq({e.code, e.status}, {"harbor.http", 401})

---- projects and repositories, over their pages
--> GET /api/v2.0/projects
-->? name=s&p
-->? public=true
--<: Link: </api/v2.0/projects?name=s%26p&page=2&page_size=10&public=true>; rel="next" , </api/v2.0/projects?page=9>; rel="last"
--< 200 [{"name":"a"}]
--> GET /api/v2.0/projects
-->? name=s&p
-->? public=true
-->? page=2
-->? page_size=10
--<: Link: </api/v2.0/projects?page=1&page_size=10>; rel="prev"
--< 200 [{"name":"b"}]
--> GET /api/v2.0/projects
-->? page=2
-->? page_size=1
--<: Link: </api/v2.0/projects?page=3&page_size=1>; rel="next"
--< 200 [{"name":"b"}]
--> GET /api/v2.0/projects/shop
--< 200 {"name":"shop"}
--> GET /api/v2.0/projects/12
-->: X-Is-Resource-Name: true
--< 200 {"name":"12"}
--> GET /api/v2.0/projects/12
-->: X-Is-Resource-Name: 
--< 200 {"name":"other"}
--> GET /api/v2.0/projects/shop/repositories
-->? q=name=~api
--< 200 [{"name":"shop/api"}]
--> GET /api/v2.0/projects/shop/repositories/backend%252Fapi
--< 200 {"name":"shop/backend/api"}
local c = harbor.client(URL)
local list = c:projects{name = "s&p", public = true}
assert.eq({list[1].name, list[2].name, #list}, {"a", "b", 2})
assert.eq(#c:projects{page = 2, page_size = 1}, 1)
assert.eq(c:project("shop").name, "shop")
assert.eq(c:project("12").name, "12")
assert.eq(c:project(12).name, "other")
assert.eq(c:repositories("shop", {q = "name=~api"})[1].name, "shop/api")
assert.eq(c:repository("shop", "backend/api").name, "shop/backend/api")

---- artifacts
--> GET /api/v2.0/projects/shop/repositories/a%252Fb/artifacts
-->? with_tag=true
-->? with_scan_overview=false
--< 200 [{"digest":"d"}]
--> GET /api/v2.0/projects/shop/repositories/api/artifacts/sha256%3Aab
--< 200 {"digest":"sha256:ab"}
--> GET /api/v2.0/projects/shop/repositories/api/artifacts/1.2/tags
--< 200 [{"name":"1.2"}]
--> POST /api/v2.0/projects/shop/repositories/api/artifacts/1.2/scan
-->= {}
--< 202
--> POST /api/v2.0/projects/shop/repositories/api/artifacts/1.2/scan
-->= {}
--< 200
--> GET /api/v2.0/projects/shop/repositories/api/artifacts/1.2
-->? with_scan_overview=true
--< 200 {"scan_overview":{"application/vnd.security.vulnerability.report; version=1.1":{"scan_status":"Success","summary":{"total":7,"fixable":3,"summary":{"Critical":1,"High":2,"Low":4}}}}}
--> GET /api/v2.0/projects/shop/repositories/api/artifacts/1.2
-->? with_scan_overview=true
--< 200 {"digest":"d"}
--> GET /api/v2.0/projects/shop/repositories/api/artifacts/1.2
--< 200 {}
--> GET /api/v2.0/projects/shop/repositories/api/artifacts/none
--< 404 {}
--> GET /api/v2.0/projects/shop/repositories/api/artifacts
-->? page_size=1
--< 200 [{"digest":"last"}]
--> GET /api/v2.0/projects/shop/repositories/api/artifacts
-->? page_size=1
--< 200 []
local c = harbor.client(URL)
assert.eq(c:artifacts("shop", "a/b", {with_tag = true, with_scan_overview = false})[1].digest, "d")
assert.eq(c:artifact("shop", "api", "sha256:ab").digest, "sha256:ab")
assert.eq(c:artifact_tags("shop", "api", "1.2")[1].name, "1.2")
assert.is_true(c:scan_artifact("shop", "api", "1.2"))
assert.raises(function() c:scan_artifact("shop", "api", "1.2") end, "harbor.scan_artifact: HTTP 200")
assert.eq(c:artifact_vulnerabilities("shop", "api", "1.2"), {total = 7, fixable = 3, critical = 1, high = 2, medium = 0, low = 4, negligible = 0})
assert.is_nil(c:artifact_vulnerabilities("shop", "api", "1.2"))
assert.is_true(c:image_exists("shop", "api", "1.2"))
assert.is_false(c:image_exists("shop", "api", "none"))
assert.eq(c:latest_artifact("shop", "api").digest, "last")
assert.is_nil(c:latest_artifact("shop", "api"))

---- replication
--> GET /api/v2.0/replication/policies
--< 200 [{"name":"p"}]
--> GET /api/v2.0/replication/executions
-->? policy_id=3
--< 200 [{"status":"Succeed"}]
local c = harbor.client(URL)
assert.eq(c:replication_policies()[1].name, "p")
assert.eq(c:replication_executions{policy_id = 3}[1].status, "Succeed")
