-- A script in the style of those that are in use; the test in cmd/assay reads it.
---- look around in a namespace
--> GET /api/v1/namespaces/shop/secrets/db
-->: Authorization: Bearer t
--< 200 {"data":{"password":"aHVudGVyMg=="}}
--> GET /api/v1/namespaces/shop/configmaps/app
-->: Authorization: Bearer t
--< 200 {"data":{"a":"1"}}
--> GET /api/v1/namespaces/shop/pods
-->: Authorization: Bearer t
--< 200 {"items":[{"status":{"phase":"Running"}},{"status":{"phase":"Failed"}}]}
--> GET /apis/apps/v1/namespaces/shop/deployments/api
-->: Authorization: Bearer t
--< 200 {"status":{"replicas":2,"readyReplicas":2}}
--> PATCH /apis/apps/v1/namespaces/shop/deployments/api
-->: Authorization: Bearer t
-->: Content-Type: application/merge-patch+json
-->= {"spec":{"replicas":3}}
--< 200 {}
--> GET /apis/x.io/v1/namespaces/shop/widgets/w
-->: Authorization: Bearer t
--< 404
--> GET /api/v1/namespaces/shop/events
-->? fieldSelector=involvedObject.kind=Pod,involvedObject.name=p
-->: Authorization: Bearer t
--< 200 {"items":[]}
--> DELETE /api/v1/namespaces/shop/pods/p
-->: Authorization: Bearer t
--< 200 {}
local k8s = require("assay.k8s")
local o = {base_url = URL, token = "t"}
assert.eq(k8s.get_secret("shop", "db", o).password, "hunter2")
assert.eq(k8s.get_configmap("shop", "app", o).a, "1")
local s = k8s.pod_status("shop", o)
assert.eq({s.running, s.failed, s.total}, {1, 1, 2})
assert.eq(k8s.is_ready("shop", "Deployment", "api", o), true)
k8s.patch(k8s._resource_path("shop", "deployment", "api"), {spec = {replicas = 3}}, o)
k8s.register_crd("widget", "x.io", "v1", "widgets")
assert.eq(k8s.exists("shop", "widget", "w", o), false)
assert.eq(#k8s.events_for("shop", "Pod", "p", o).items, 0)
k8s.delete("/api/v1/namespaces/shop/pods/p", o)
