-- https://argo-cd.readthedocs.io/en/stable/developer-guide/api-docs/

---- applications
--> GET /api/v1/applications
-->? project=shop
-->? selector=team=a
-->: Authorization: Bearer t
--< 200 {"items":[{"metadata":{"name":"shop"}}]}
--> GET /api/v1/applications
-->: Authorization: Bearer t
--< 200 {"items":null}
--> GET /api/v1/applications/shop
-->: Authorization: Basic YTpi
--< 200 {"metadata":{"name":"shop"}}
--> GET /api/v1/applications/none
-->: Authorization: Bearer t
--< 403 {"error":"permission denied"}
local c = argocd.client(URL .. "/", {token = "t"})
assert.eq(c:applications{project = "shop", selector = "team=a"}[1].metadata.name, "shop")
assert.eq(#c:applications(), 0)
assert.eq(argocd.client(URL, {username = "a", password = "b"}):application("shop").metadata.name, "shop")
local e = assert.raises(function() c:application("none") end, "argocd.application: HTTP 403: ")
assert.eq({e.code, e.status}, {"argocd.http", 403})

---- sync, refresh, rollback and deletion
--> POST /api/v1/applications/shop/sync
-->: Authorization: Bearer t
-->= {"revision":"v1","prune":true,"dryRun":true,"strategy":{"apply":{"force":true}}}
--< 200 {"metadata":{"name":"shop"}}
--> POST /api/v1/applications/shop/sync
-->: Authorization: Bearer t
-->= {}
--< 200 {}
--> GET /api/v1/applications/shop
-->? refresh=normal
-->: Authorization: Bearer t
--< 200 {}
--> GET /api/v1/applications/shop
-->? refresh=hard
-->: Authorization: Bearer t
--< 200 {}
--> PUT /api/v1/applications/shop/rollback
-->: Authorization: Bearer t
-->= {"id":3}
--< 200 {}
--> DELETE /api/v1/applications/shop
-->? cascade=true
-->? propagationPolicy=foreground
-->: Authorization: Bearer t
--< 200
local c = argocd.client(URL, {token = "t"})
assert.eq(c:sync("shop", {revision = "v1", prune = true, dry_run = true, strategy = {apply = {force = true}}}).metadata.name, "shop")
c:sync("shop")
c:refresh("shop")
c:refresh("shop", {type = "hard"})
c:rollback("shop", 3)
assert.is_nil(c:delete_app("shop", {cascade = true, propagation_policy = "foreground"}))

---- what there is besides
--> GET /api/v1/applications/shop/resource-tree
--< 200 {"nodes":[{}]}
--> GET /api/v1/applications/shop/manifests
-->? revision=v1
--< 200 {"manifests":["m"]}
--> GET /api/v1/projects
--< 200 {"items":[{}]}
--> GET /api/v1/projects/a%20b
--< 200 {"spec":{}}
--> GET /api/v1/repositories
--< 200 {}
--> GET /api/v1/repositories/https%3A%2F%2Fgit.example.com%2Fshop.git
--< 200 {"repo":"r"}
--> GET /api/v1/clusters
--< 200 {"items":[{"name":"c"}]}
--> GET /api/v1/clusters/https%3A%2F%2Fkubernetes.default.svc
--< 200 {"name":"c"}
--> GET /api/v1/settings
--< 200 {"url":"u"}
--> GET /api/version
--< 200 {"Version":"v2"}
local c = argocd.client(URL)
assert.eq(#c:app_resources("shop").nodes, 1)
assert.eq(c:app_manifests("shop", {revision = "v1"}).manifests[1], "m")
assert.eq(#c:projects(), 1)
assert.not_nil(c:project("a b").spec)
assert.eq(#c:repositories(), 0)
assert.eq(c:repository("https://git.example.com/shop.git").repo, "r")
assert.eq(c:clusters()[1].name, "c")
assert.eq(c:cluster("https://kubernetes.default.svc").name, "c")
assert.eq(c:settings().url, "u")
assert.eq(c:version().Version, "v2")

---- health and waiting
--> GET /api/v1/applications/a
--< 200 {"status":{"health":{"status":"Degraded","message":"m"},"sync":{"status":"OutOfSync"}}}
--> GET /api/v1/applications/a
--< 200 {"status":{"health":{"status":"Healthy"}}}
--> GET /api/v1/applications/a
--< 200 {}
--> GET /api/v1/applications/a
--< 200 {"status":{"health":{"status":"Healthy"}}}
--> GET /api/v1/applications/a
--< 200 {"status":{"sync":{"status":"Synced"}}}
--> GET /api/v1/applications/a
--< 200 {"status":{"health":{"status":"Degraded","message":"m"},"sync":{"status":"OutOfSync"}}}
--> GET /api/v1/applications/a
--< 500 boom
local c = argocd.client(URL)
assert.eq(c:app_health("a"), {status = "Degraded", sync = "OutOfSync", message = "m"})
assert.eq(c:is_healthy("a"), true)
assert.eq(c:is_synced("a"), false)
assert.eq(c:wait_healthy("a", 0), true)
assert.eq(c:wait_synced("a", 0), true)
local e = assert.raises(function() c:wait_healthy("a", 0) end, "argocd: timeout waiting for a to become healthy: it is Degraded and OutOfSync: m")
assert.eq(e.code, "argocd.timeout")
assert.raises(function() c:wait_synced("a", 0) end, "HTTP 500")
assert.raises(function() c:wait_synced("a") end, "a timeout in seconds is expected")
