-- https://kubernetes.io/docs/reference/using-api/api-concepts/

---- any path
--> GET /version
-->: Authorization: Bearer t
--< 200 {"gitVersion":"v1.30.0"}
--> POST /api/v1/namespaces
-->: Authorization: Bearer t
-->= {"metadata":{"name":"shop"}}
--< 201 {"kind":"Namespace"}
--> PUT /api/v1/namespaces/shop
-->: Authorization: Bearer t
-->= {"metadata":{"name":"shop"}}
--< 200 {"kind":"Namespace"}
--> PATCH /api/v1/namespaces/shop
-->: Authorization: Bearer t
-->: Content-Type: application/merge-patch+json
-->= {"metadata":{"labels":{"a":"b"}}}
--< 200 {}
--> PATCH /api/v1/namespaces/shop
-->: Authorization: Bearer t
-->: Content-Type: application/json-patch+json
-->= [{"op":"remove","path":"/metadata/labels/a"}]
--< 200 {}
--> PATCH /x
-->: Authorization: Bearer t
-->: Content-Type: text/x
-->= raw
--< 200 {}
--> DELETE /api/v1/namespaces/shop
-->? propagationPolicy=Foreground
-->? gracePeriodSeconds=0
-->: Authorization: Bearer t
--< 202 {}
--> GET /api/v1/none
-->: Authorization: Bearer t
--< 404 {"kind":"Status","reason":"NotFound"}
local o = {base_url = URL .. "/", token = "t"}
local function with(more) for k, v in pairs(o) do more[k] = v end return more end
assert.eq(k8s.get("/version", o).gitVersion, "v1.30.0")
assert.eq(k8s.post("/api/v1/namespaces", {metadata = {name = "shop"}}, o).kind, "Namespace")
k8s.put("/api/v1/namespaces/shop", {metadata = {name = "shop"}}, o)
k8s.patch("/api/v1/namespaces/shop", {metadata = {labels = {a = "b"}}}, o)
k8s.patch("/api/v1/namespaces/shop", {{op = "remove", path = "/metadata/labels/a"}}, with{type = "json"})
k8s.patch("/x", "raw", with{content_type = "text/x"})
assert.is_nil(k8s.delete("/api/v1/namespaces/shop", with{propagation = "Foreground", grace_period = 0}))
local e = assert.raises(function() k8s.get("/api/v1/none", o) end, "k8s.get: HTTP 404 /api/v1/none: {")
assert.eq({e.code, e.status, json.parse(e.body).reason}, {"k8s.http", 404, "NotFound"})
assert.raises(function() k8s.get("/version", with{time_out = 1}) end, "did you mean 'timeout'")

---- paths of kinds, in any case, with and without a namespace
local want = {
  {"shop", "Pod", "a", "/api/v1/namespaces/shop/pods/a"}, {"x", "node", "n", "/api/v1/nodes/n"},
  {"shop", "pvc", nil, "/api/v1/namespaces/shop/persistentvolumeclaims"}, {nil, "deployment", nil, "/apis/apps/v1/deployments"},
  {"shop", "CronJob", "a", "/apis/batch/v1/namespaces/shop/cronjobs/a"}, {nil, "clusterrole", "a", "/apis/rbac.authorization.k8s.io/v1/clusterroles/a"},
  {"shop", "hpa", "a", "/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers/a"}, {"shop", "pdb", "a", "/apis/policy/v1/namespaces/shop/poddisruptionbudgets/a"},
  {"shop", "ingress", "a b", "/apis/networking.k8s.io/v1/namespaces/shop/ingresses/a%20b"}, {nil, "storageclass", "a", "/apis/storage.k8s.io/v1/storageclasses/a"},
}
for _, w in ipairs(want) do
  assert.eq(w[3] and k8s._resource_path(w[1], w[2], w[3]) or k8s._list_path(w[1], w[2]), w[4])
end
local e = assert.raises(function() k8s._resource_path("shop", "frob", "a") end, "k8s: unknown resource kind 'frob'")
assert.eq(e.code, "k8s.kind")
k8s.register_crd("Widget", "example.com", "v1", "widgets")
k8s.register_crd("Zone", "example.com", "v1", "zones", true)
assert.eq(k8s._resource_path("shop", "widget", "a"), "/apis/example.com/v1/namespaces/shop/widgets/a")
assert.eq(k8s._resource_path("shop", "zone", "a"), "/apis/example.com/v1/zones/a")

---- other kinds are found in the cluster, once
--> GET /api/v1
--< 200 {"kind":"APIResourceList","resources":[{"name":"pods","singularName":"pod","kind":"Pod","namespaced":true}]}
--> GET /apis
--< 200 {"kind":"APIGroupDiscoveryList","items":[{"metadata":{"name":"example.com"},"versions":[{"version":"v2","resources":[{"resource":"gadgets","responseKind":{"kind":"Gadget"},"scope":"Namespaced","singularResource":"gadget","shortNames":["gd"]}]}]}]}
--> GET /apis/example.com/v2/namespaces/shop/gadgets/a
--< 200 {"kind":"Gadget"}
--> GET /apis/example.com/v2/namespaces/shop/gadgets/b
--< 200 {"kind":"Gadget"}
assert.eq(k8s.get_resource("shop", "gd", "a", {base_url = URL}).kind, "Gadget")
assert.eq(k8s.get_resource("shop", "gd", "b", {base_url = URL}).kind, "Gadget")

---- a group in the name, older servers, and names that are not there
--> GET /apis
--< 200 {"kind":"APIGroupList","groups":[{"name":"cert-manager.io","preferredVersion":{"groupVersion":"cert-manager.io/v1"}},{"name":"other.io","preferredVersion":{"groupVersion":"other.io/v1"}}]}
--> GET /apis/cert-manager.io/v1
--< 200 {"kind":"APIResourceList","resources":[{"name":"certificates/status","kind":"Certificate","namespaced":true},{"name":"certificates","singularName":"certificate","kind":"Certificate","namespaced":true}]}
--> GET /apis/cert-manager.io/v1/namespaces/shop/certificates/a
--< 200 {"kind":"Certificate"}
--> GET /api/v1
--< 404
--> GET /apis
--< 404
assert.eq(k8s.get_resource("shop", "certificate.cert-manager.io", "a", {base_url = URL}).kind, "Certificate")
assert.raises(function() k8s.get_resource("shop", "frob", "a", {base_url = URL}) end, "k8s: unknown resource kind 'frob'")
assert.raises(function() k8s.get_resource(nil, "pod", "a", {base_url = URL}) end, "a namespace is expected")

---- lists follow their pages, unless a limit is given
--> GET /api/v1/namespaces/shop/pods
-->? labelSelector=app in (a,b),x!=y
-->? fieldSelector=status.phase=Running
--< 200 {"kind":"PodList","metadata":{"resourceVersion":"7"},"items":[{"metadata":{"name":"a"}}]}
--> GET /api/v1/pods
-->? limit=1
--< 200 {"metadata":{"continue":"c1"},"items":[{"metadata":{"name":"a"}}]}
--> GET /api/v1/pods
-->? limit=1
-->? continue=c1
--< 200 {"metadata":{"resourceVersion":"8"},"items":[{"metadata":{"name":"b"}}]}
--> GET /api/v1/pods
-->? limit=1
--< 200 {"metadata":{"continue":"c1"},"items":[{"metadata":{"name":"a"}}]}
--> GET /api/v1/namespaces
--< 200 {"items":null}
assert.eq(k8s.list("shop", "pod", {base_url = URL, label_selector = "app in (a,b),x!=y", field_selector = "status.phase=Running"}).kind, "PodList")
local all = k8s.list(nil, "pod", {base_url = URL, page_size = 1})
assert.eq({#all.items, all.items[2].metadata.name, all.metadata.resourceVersion}, {2, "b", "8"})
assert.eq(k8s.list(nil, "pod", {base_url = URL, limit = 1}).metadata.continue, "c1")
assert.eq(#k8s.list(nil, "namespace", {base_url = URL}).items, 0)

---- the same page again is no list
--> GET /api/v1/pods
--< 200 {"metadata":{"continue":"c1"},"items":[{"metadata":{"name":"a"}}]}
--> GET /api/v1/pods
-->? continue=c1
--< 200 {"metadata":{"continue":"c1"},"items":[{"metadata":{"name":"a"}}]}
assert.raises(function() k8s.list(nil, "pod", {base_url = URL}) end, "the server gives the same page again")

---- create, update, patch, delete, exists
--> POST /api/v1/namespaces/shop/configmaps
-->? dryRun=All
-->? fieldManager=me
-->= {"data":{"a":"1"}}
--< 201 {"metadata":{"name":"c"}}
--> PUT /api/v1/namespaces/shop/configmaps/c
-->= {"data":{"a":"2"}}
--< 200 {"data":{"a":"2"}}
--> PATCH /api/v1/namespaces/shop/configmaps/c
-->: Content-Type: application/strategic-merge-patch+json
-->= {"data":{"a":"3"}}
--< 200 {"data":{"a":"3"}}
--> DELETE /apis/batch/v1/namespaces/shop/jobs/j
-->? propagationPolicy=Background
--< 200 {}
--> GET /api/v1/namespaces/shop/secrets/s
--< 403 {}
--> GET /api/v1/namespaces/shop
--< 200 {}
--> PUT /api/v1/namespaces/shop/configmaps/c
-->= {"data":{}}
--< 409 {"reason":"Conflict"}
local o = {base_url = URL}
assert.eq(k8s.create("shop", "configmap", {data = {a = "1"}}, {base_url = URL, dry_run = true, field_manager = "me"}).metadata.name, "c")
assert.eq(k8s.update("shop", "configmap", "c", {data = {a = "2"}}, o).data.a, "2")
assert.eq(k8s.patch_resource("shop", "configmap", "c", {data = {a = "3"}}, {base_url = URL, type = "strategic"}).data.a, "3")
k8s.delete_resource("shop", "job", "j", {base_url = URL, propagation = "Background"})
assert.eq(k8s.exists("shop", "secret", "s", o), false)
assert.eq(k8s.namespace_exists("shop", o), true)
assert.eq(assert.raises(function() k8s.update("shop", "configmap", "c", {data = json.object()}, o) end).status, 409)

---- secrets are decoded, binary ones too
--> GET /api/v1/namespaces/shop/secrets/s
--< 200 {"data":{"a":"c2VjcmV0","b":"AP8="}}
--> GET /api/v1/namespaces/shop/configmaps/c
--< 200 {"data":{"a":"1"}}
--> GET /api/v1/namespaces/shop/configmaps/d
--< 200 {}
--> GET /api/v1/namespaces/shop/endpoints/api
--< 200 {"subsets":[{"addresses":[{"ip":"10.0.0.1"},{"ip":"10.0.0.2"}],"notReadyAddresses":[{"ip":"10.0.0.3"}]}]}
--> GET /api/v1/namespaces/shop/endpoints/none
--< 200 {}
--> GET /api/v1/namespaces/shop/events
--< 200 {"items":[{"reason":"Pulled"}]}
--> GET /api/v1/namespaces/shop/events
-->? fieldSelector=involvedObject.kind=Pod,involvedObject.name=api-0
--< 200 {"items":[]}
local o = {base_url = URL}
assert.eq(k8s.get_secret("shop", "s", o), {a = "secret", b = "\0\255"})
assert.eq(k8s.get_configmap("shop", "c", o).a, "1")
assert.eq(next(k8s.get_configmap("shop", "d", o)), nil)
assert.eq(k8s.service_endpoints("shop", "api", o), {"10.0.0.1", "10.0.0.2"})
assert.eq(#k8s.service_endpoints("shop", "none", o), 0)
assert.eq(k8s.list_events("shop", o).items[1].reason, "Pulled")
assert.eq(#k8s.events_for("shop", "pod", "api-0", o).items, 0)

---- pods and their logs
--> GET /api/v1/namespaces/shop/pods
--< 200 {"items":[{"status":{"phase":"Running"}},{"status":{"phase":"Failed"}},{}]}
--> GET /api/v1/pods
--< 200 {"items":[]}
--> GET /api/v1/namespaces/shop/pods/api-0/log
-->? tailLines=2
-->? container=main
-->? previous=true
-->? sinceSeconds=60
--< 200 one
--<= two
--> GET /api/v1/namespaces/shop/pods/api-0/log
-->? follow=true
--< 200 a
--<= b
--<= c
--> GET /api/v1/namespaces/shop/pods/api-0
--< 200 {"spec":{"initContainers":[{"name":"init"}],"containers":[{"name":"main"}]}}
--> GET /api/v1/namespaces/shop/pods/api-0/log
-->? container=init
--< 200 x
--> GET /api/v1/namespaces/shop/pods/api-0/log
-->? container=main
--< 200 y
--> GET /api/v1/namespaces/shop/pods/api-0/log
--< 400 container is waiting to start
--> GET /api/v1/namespaces/shop/pods/api-0/log
-->? follow=true
--< 404 gone
local o = {base_url = URL}
assert.eq(k8s.pod_status("shop", o), {running = 1, pending = 0, succeeded = 0, failed = 1, unknown = 1, total = 3})
assert.eq(#k8s.list_pods(nil, o).items, 0)
assert.eq(k8s.logs("shop", "api-0", {base_url = URL, tail = 2, container = "main", previous = true, since = 60}), "one\ntwo")
local lines = {}
assert.eq(k8s.logs("shop", "api-0", {base_url = URL, follow = function(line) lines[#lines + 1] = line end}), "")
assert.eq(lines, {"a", "b", "c"})
assert.eq(k8s.logs("shop", "api-0", {base_url = URL, all_containers = true}), "[init] x\n[main] y\n")
assert.raises(function() k8s.logs("shop", "api-0", o) end, "HTTP 400")
assert.raises(function() k8s.logs("shop", "api-0", {base_url = URL, follow = print}) end, "HTTP 404")

---- readiness of each kind
--> GET /apis/apps/v1/namespaces/shop/deployments/a
--< 200 {"kind":"Deployment","status":{"replicas":2,"readyReplicas":2}}
--> GET /apis/apps/v1/namespaces/shop/statefulsets/a
--< 200 {"kind":"StatefulSet","status":{"replicas":0}}
--> GET /apis/apps/v1/namespaces/shop/daemonsets/a
--< 200 {"kind":"DaemonSet","status":{"desiredNumberScheduled":2,"numberReady":1}}
--> GET /apis/batch/v1/namespaces/shop/jobs/a
--< 200 {"kind":"Job","status":{"succeeded":1}}
--> GET /api/v1/nodes/a
--< 200 {"kind":"Node","status":{"conditions":[{"type":"Ready","status":"True"}]}}
--> GET /api/v1/namespaces/shop
--< 200 {"kind":"Namespace","status":{"phase":"Active"}}
--> GET /api/v1/namespaces/shop/pods/a
--< 404 {}
local o = {base_url = URL}
assert.eq(k8s.is_ready("shop", "deployment", "a", o), true)
assert.eq(k8s.is_ready("shop", "statefulset", "a", o), false)
assert.eq(k8s.is_ready("shop", "daemonset", "a", o), false)
assert.eq(k8s.is_ready("shop", "job", "a", o), true)
assert.eq(k8s.is_ready(nil, "node", "a", o), true)
assert.eq(k8s.is_ready(nil, "namespace", "shop", o), true)
assert.raises(function() k8s.is_ready("shop", "pod", "a", o) end, "HTTP 404")

---- wait_ready swallows errors and looks once with 0
--> GET /api/v1/namespaces/shop/pods/a
--< 404 {}
--> GET /api/v1/namespaces/shop/pods/a
--< 200 {"kind":"Pod","status":{"phase":"Running"}}
local o = {base_url = URL}
local e = assert.raises(function() k8s.wait_ready("shop", "pod", "a", 0, o) end, "not ready after 0s")
assert.eq(e.code, "k8s.timeout")
assert.eq(k8s.wait_ready("shop", "pod", "a", 0, o), true)

---- wait: what is not there yet, older generations, trouble of the server, jsonpath, deletion
--> GET /apis/apps/v1/namespaces/shop/deployments/a
--< 404 {}
--> GET /apis/apps/v1/namespaces/shop/deployments/a
--< 500 etcd
--> GET /apis/apps/v1/namespaces/shop/deployments/a
--< 200 {"metadata":{"generation":2},"status":{"observedGeneration":1,"conditions":[{"type":"Available","status":"True"}]}}
--> GET /apis/apps/v1/namespaces/shop/deployments/a
--< 200 {"metadata":{"generation":2},"status":{"observedGeneration":2,"conditions":[{"type":"Available","status":"True"}]}}
--> GET /api/v1/namespaces/shop/pods/a
--< 200 {"spec":{"containers":[{"image":"x:1"}]},"metadata":{"labels":{"a.b/c":"d"}}}
--> GET /api/v1/namespaces/shop/pods/a
--< 200 {"spec":{"containers":[{"image":"x:1"}]},"metadata":{"labels":{"a.b/c":"d"}}}
--> GET /api/v1/namespaces/shop/pods/a
--< 404 {}
--> GET /api/v1/namespaces/shop/pods/a
--< 200 {"status":{"conditions":[{"type":"Ready","status":"False","reason":"ContainersNotReady","message":"waiting"}]}}
--> GET /api/v1/namespaces/shop/pods/a
--< 403 {}
local function o(more) more.base_url, more.interval = URL, more.interval or 0.01 return more end
assert.eq(k8s.wait("shop", "deployment", "a", o{condition = "Available"}).status.observedGeneration, 2)
assert.not_nil(k8s.wait("shop", "pod", "a", o{jsonpath = "{.spec.containers[0].image}=x:1"}))
assert.not_nil(k8s.wait("shop", "pod", "a", o{jsonpath = "{.metadata.labels.a\\.b/c}=d"}))
assert.is_nil(k8s.wait("shop", "pod", "a", o{deleted = true}))
local e = assert.raises(function() k8s.wait("shop", "pod", "a", o{condition = "Ready", timeout = 0}) end, "Ready is False %(waiting%)")
assert.eq(e.code, "k8s.timeout")
assert.raises(function() k8s.wait("shop", "pod", "a", o{condition = "Ready"}) end, "HTTP 403")
assert.raises(function() k8s.wait("shop", "pod", "a", o{}) end, "condition, jsonpath or deleted is expected")

---- watch: a list, its changes, bookmarks, a cut, and what is gone (410)
--> GET /api/v1/namespaces/shop/configmaps
-->? labelSelector=a=b
--< 200 {"kind":"ConfigMapList","apiVersion":"v1","metadata":{"resourceVersion":"10"},"items":[{"metadata":{"name":"a","namespace":"shop","uid":"1","resourceVersion":"9"}}]}
--> GET /api/v1/namespaces/shop/configmaps
-->? watch=true
-->? allowWatchBookmarks=true
-->? resourceVersion=10
-->? timeoutSeconds=290
-->? labelSelector=a=b
--< 200 {"type":"ADDED","object":{"metadata":{"name":"b","namespace":"shop","uid":"2","resourceVersion":"11"}}}
--<= {"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"15"}}}
--> GET /api/v1/namespaces/shop/configmaps
-->? watch=true
-->? allowWatchBookmarks=true
-->? resourceVersion=15
-->? timeoutSeconds=290
-->? labelSelector=a=b
--< 200 {"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired"}}
--> GET /api/v1/namespaces/shop/configmaps
-->? labelSelector=a=b
--< 200 {"metadata":{"resourceVersion":"30"},"items":[{"metadata":{"name":"a","namespace":"shop","uid":"1","resourceVersion":"9"}},{"metadata":{"name":"c","namespace":"shop","uid":"3","resourceVersion":"20"}}]}
--> GET /api/v1/namespaces/shop/configmaps
-->? watch=true
-->? allowWatchBookmarks=true
-->? resourceVersion=30
-->? timeoutSeconds=290
-->? labelSelector=a=b
--< 500 etcd leader changed
--> GET /api/v1/namespaces/shop/configmaps
-->? watch=true
-->? allowWatchBookmarks=true
-->? resourceVersion=30
-->? timeoutSeconds=290
-->? labelSelector=a=b
--< 200 {"type":"MODIFIED","object":{"metadata":{"name":"c","namespace":"shop","uid":"3","resourceVersion":"31"}}}
--<= {"type":"DELETED","object":{"metadata":{"name":"c","namespace":"shop","uid":"3","resourceVersion":"32"}}}
local seen = {}
local version = k8s.watch("shop", "configmap", function(event)
  seen[#seen + 1] = event.type .. " " .. event.object.metadata.name
  return not (event.type == "DELETED" and event.object.metadata.name == "c")
end, {base_url = URL, label_selector = "a=b"})
assert.eq(seen, {"ADDED a", "ADDED b", "ADDED c", "DELETED b", "MODIFIED c", "DELETED c"})
assert.eq(version, "32")

---- watch: an error of the function is its own, and a refusal ends it
--> GET /api/v1/pods
-->? watch=true
-->? allowWatchBookmarks=true
-->? resourceVersion=5
-->? timeoutSeconds=290
--< 200 {"type":"ADDED","object":{"metadata":{"name":"b","uid":"2","resourceVersion":"11"}}}
--> GET /api/v1/pods
-->? watch=true
-->? allowWatchBookmarks=true
-->? resourceVersion=5
-->? timeoutSeconds=290
--< 403 {}
assert.raises(function() k8s.watch(nil, "pod", function() error("mine") end, {base_url = URL, resource_version = "5"}) end, "mine")
assert.raises(function() k8s.watch(nil, "pod", print, {base_url = URL, resource_version = "5"}) end, "HTTP 403")

---- rollouts
--> GET /apis/apps/v1/namespaces/shop/deployments/a
--< 200 {"metadata":{"generation":2},"spec":{"replicas":2},"status":{"observedGeneration":2,"replicas":3,"updatedReplicas":1,"readyReplicas":2,"availableReplicas":2,"unavailableReplicas":1}}
--> GET /apis/apps/v1/namespaces/shop/deployments/a
--< 200 {"metadata":{"generation":3},"spec":{"replicas":1},"status":{"observedGeneration":2,"replicas":1,"updatedReplicas":1,"readyReplicas":1}}
--> GET /apis/apps/v1/namespaces/shop/deployments/a
--< 200 {"metadata":{"generation":3},"spec":{"replicas":1},"status":{"observedGeneration":3,"replicas":1,"updatedReplicas":1,"readyReplicas":1}}
--> GET /apis/apps/v1/namespaces/shop/deployments/a
--< 200 {"metadata":{},"spec":{"replicas":1},"status":{}}
--> GET /apis/apps/v1/namespaces/shop/deployments/a
--< 200 {"status":{"conditions":[{"type":"Progressing","status":"False","reason":"ProgressDeadlineExceeded","message":"has timed out"}]}}
--> PATCH /apis/apps/v1/namespaces/shop/deployments/a/scale
-->: Content-Type: application/merge-patch+json
-->= {"spec":{"replicas":3}}
--< 200 {"spec":{"replicas":3}}
local o = {base_url = URL}
assert.eq(k8s.rollout_status("shop", "a", o), {desired = 2, updated = 1, ready = 2, available = 2, unavailable = 1, complete = false})
assert.eq(k8s.rollout_status("shop", "a", o).complete, false)
assert.eq(k8s.rollout_wait("shop", "a", 5, o).complete, true)
assert.raises(function() k8s.rollout_wait("shop", "a", 5, o) end, "is stuck: has timed out")
assert.eq(k8s.scale("shop", "deployment", "a", 3, o).spec.replicas, 3)

---- a restart changes the template's annotation
--> PATCH /apis/apps/v1/namespaces/shop/daemonsets/a
-->: Content-Type: application/strategic-merge-patch+json
-->~ ^\{"spec":\{"template":\{"metadata":\{"annotations":\{"kubectl.kubernetes.io/restartedAt":"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ"\}\}\}\}\}$
--< 200 {"kind":"DaemonSet"}
assert.eq(k8s.rollout_restart("shop", "daemonset", "a", {base_url = URL}).kind, "DaemonSet")

---- undo takes the template of the revision before
--> GET /apis/apps/v1/namespaces/shop/deployments/a
--< 200 {"metadata":{"uid":"d","annotations":{"deployment.kubernetes.io/revision":"3"}}}
--> GET /apis/apps/v1/namespaces/shop/replicasets
--< 200 {"items":[{"metadata":{"annotations":{"deployment.kubernetes.io/revision":"1"},"ownerReferences":[{"uid":"d","controller":true}]},"spec":{"template":{"n":1}}},{"metadata":{"annotations":{"deployment.kubernetes.io/revision":"2"},"ownerReferences":[{"uid":"d","controller":true}]},"spec":{"template":{"n":2,"metadata":{"labels":{"app":"a","pod-template-hash":"x"}}}}},{"metadata":{"annotations":{"deployment.kubernetes.io/revision":"2"},"ownerReferences":[{"uid":"other","controller":true}]},"spec":{"template":{"n":9}}}]}
--> PATCH /apis/apps/v1/namespaces/shop/deployments/a
-->: Content-Type: application/json-patch+json
-->= [{"op":"replace","path":"/spec/template","value":{"n":2,"metadata":{"labels":{"app":"a"}}}}]
--< 200 {"kind":"Deployment"}
--> GET /apis/apps/v1/namespaces/shop/deployments/a
--< 200 {"metadata":{"uid":"d","annotations":{"deployment.kubernetes.io/revision":"1"}}}
--> GET /apis/apps/v1/namespaces/shop/replicasets
--< 200 {"items":[]}
local o = {base_url = URL}
assert.eq(k8s.rollout_undo("shop", "a", o).kind, "Deployment")
assert.raises(function() k8s.rollout_undo("shop", "a", {base_url = URL, revision = 7}) end, "has no revision 7")

---- apply, and what it would change
--> PATCH /api/v1/namespaces/shop/configmaps/c
-->? fieldManager=assay
-->: Content-Type: application/apply-patch+yaml
-->= {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c","namespace":"shop"},"data":{"a":"1"}}
--< 201 {"metadata":{"name":"c"}}
--> PATCH /api/v1/namespaces/other/configmaps/c
-->? fieldManager=me
-->? force=true
-->? dryRun=All
-->: Content-Type: application/apply-patch+yaml
-->= {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c"}}
--< 200 {}
--> PATCH /api/v1/namespaces/shop/configmaps/c
-->? fieldManager=assay
-->: Content-Type: application/apply-patch+yaml
-->= {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c","namespace":"shop"},"data":{"a":"1"}}
--< 409 {"reason":"Conflict","message":"Apply failed with 1 conflict: conflict with \"kubectl\" using v1: .data.a"}
--> GET /api/v1/namespaces/shop/configmaps/c
--< 200 {"metadata":{"name":"c","resourceVersion":"1","managedFields":[]},"data":{"a":"0","b":"x"}}
--> PATCH /api/v1/namespaces/shop/configmaps/c
-->? fieldManager=assay
-->? dryRun=All
-->: Content-Type: application/apply-patch+yaml
-->= {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c","namespace":"shop"},"data":{"a":"1"}}
--< 200 {"metadata":{"name":"c","resourceVersion":"2","managedFields":[{}]},"data":{"a":"1","b":"x"}}
--> GET /apis/example.com/v1
--< 200 {"resources":[{"name":"things","kind":"Thing","namespaced":false}]}
--> PATCH /apis/example.com/v1/things/t
-->? fieldManager=assay
-->: Content-Type: application/apply-patch+yaml
-->= {"apiVersion":"example.com/v1","kind":"Thing","metadata":{"name":"t"}}
--< 200 {"kind":"Thing"}
local o = {base_url = URL}
local c = {apiVersion = "v1", kind = "ConfigMap", metadata = {name = "c", namespace = "shop"}, data = {a = "1"}}
assert.eq(k8s.apply(c, o).metadata.name, "c")
k8s.apply({apiVersion = "v1", kind = "ConfigMap", metadata = {name = "c"}}, {base_url = URL, namespace = "other", force = true, dry_run = true, field_manager = "me"})
local e = assert.raises(function() k8s.apply(c, o) end)
assert.eq(e.status, 409)
assert.contains(e.message, ".data.a")
assert.eq(k8s.diff(c, o), {{path = ".data.a", from = "0", to = "1"}})
assert.eq(k8s.apply({apiVersion = "example.com/v1", kind = "Thing", metadata = {name = "t"}}, o).kind, "Thing")

---- several objects are applied in the order in which they need each other
--> PATCH /api/v1/namespaces/shop
-->? fieldManager=assay
-->: Content-Type: application/apply-patch+yaml
-->= {"apiVersion":"v1","kind":"Namespace","metadata":{"name":"shop"}}
--< 201 {"kind":"Namespace"}
--> PATCH /apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.example.com
-->? fieldManager=assay
-->: Content-Type: application/apply-patch+yaml
-->= {"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"widgets.example.com"}}
--< 201 {"kind":"CustomResourceDefinition"}
--> GET /apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.example.com
--< 200 {"status":{"conditions":[{"type":"Established","status":"True"}]}}
--> PATCH /api/v1/namespaces/shop/configmaps/c
-->? fieldManager=assay
-->: Content-Type: application/apply-patch+yaml
-->= {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c"}}
--< 200 {"kind":"ConfigMap"}
--> GET /apis/example.com/v1
--< 200 {"resources":[{"name":"widgets","kind":"Widget","namespaced":true}]}
--> PATCH /apis/example.com/v1/namespaces/shop/widgets/w
-->? fieldManager=assay
-->: Content-Type: application/apply-patch+yaml
-->= {"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"w"}}
--< 200 {"kind":"Widget"}
local applied = k8s.apply_all(yaml.parse_all([[
apiVersion: example.com/v1
kind: Widget
metadata: {name: w}
---
apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: ConfigMap, metadata: {name: c}}
- {apiVersion: v1, kind: Namespace, metadata: {name: shop}}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: widgets.example.com}
]]), {base_url = URL, namespace = "shop"})
assert.eq(#applied, 4)
assert.eq(applied[4].kind, "Widget")
assert.raises(function() k8s.apply_file("x.yaml", {base_url = URL}) end, "may not read files")

---- script: a file is applied
--> PATCH /api/v1/namespaces/default/configmaps/c
-->? fieldManager=assay
-->: Content-Type: application/apply-patch+yaml
-->= {"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c"}}
--< 200 {"kind":"ConfigMap"}
local file = fs.tempdir() .. "/x.yaml"
fs.write(file, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\n---\n")
assert.eq(#k8s.apply_file(file, {base_url = URL}), 1)

---- nodes
--> GET /api/v1/nodes
--< 200 {"items":[{"metadata":{"name":"n","labels":{"node-role.kubernetes.io/control-plane":"","x":"y"}},"status":{"conditions":[{"type":"Ready","status":"True"}],"capacity":{"cpu":"2"},"allocatable":{"cpu":"1"}}},{"metadata":{"name":"m"},"status":{}}]}
--> PATCH /api/v1/nodes/n
-->: Content-Type: application/merge-patch+json
-->= {"spec":{"unschedulable":true}}
--< 200 {}
--> PATCH /api/v1/nodes/n
-->: Content-Type: application/merge-patch+json
-->= {"spec":{"unschedulable":false}}
--< 200 {}
--> GET /apis/metrics.k8s.io/v1beta1/nodes
--< 200 {"items":[{"metadata":{"name":"n"},"usage":{"cpu":"156340938n","memory":"64Ki"}}]}
--> GET /apis/metrics.k8s.io/v1beta1/namespaces/shop/pods
--< 200 {"items":[{"metadata":{"name":"p","namespace":"shop"},"containers":[{"usage":{"cpu":"250m","memory":"1Mi"}},{"usage":{"cpu":"1","memory":"1M"}}]}]}
local o = {base_url = URL}
assert.eq(k8s.node_status(o)[1], {name = "n", ready = true, roles = {"control-plane"}, capacity = {cpu = "2"}, allocatable = {cpu = "1"}})
k8s.cordon("n", o)
k8s.uncordon("n", o)
assert.near(k8s.top_nodes(o)[1].cpu, 0.156340938, 1e-12)
assert.eq(k8s.top_pods("shop", o), {{name = "p", namespace = "shop", cpu = 1.25, memory = 1048576 + 1000000}})
assert.eq({k8s.quantity("1500m"), k8s.quantity("64Mi"), k8s.quantity(2), k8s.quantity("12e3"), k8s.quantity("1E")}, {1.5, 67108864, 2, 12000, 1e18})
assert.raises(function() k8s.quantity("1x") end, "is no quantity")

---- drain waits for what a budget does not allow yet
--> PATCH /api/v1/nodes/n
-->: Content-Type: application/merge-patch+json
-->= {"spec":{"unschedulable":true}}
--< 200 {}
--> GET /api/v1/pods
-->? fieldSelector=spec.nodeName=n
--< 200 {"items":[{"metadata":{"name":"a","namespace":"shop","uid":"1","ownerReferences":[{"kind":"ReplicaSet","controller":true}]}},{"metadata":{"name":"d","namespace":"shop","uid":"2","ownerReferences":[{"kind":"DaemonSet","controller":true}]}},{"metadata":{"name":"m","namespace":"kube-system","annotations":{"kubernetes.io/config.mirror":"x"}}}]}
--> POST /api/v1/namespaces/shop/pods/a/eviction
-->= {"apiVersion":"policy/v1","kind":"Eviction","metadata":{"name":"a","namespace":"shop"},"deleteOptions":{"gracePeriodSeconds":5,"preconditions":{"uid":"1"}}}
--< 429 {"reason":"TooManyRequests"}
--> GET /api/v1/pods
-->? fieldSelector=spec.nodeName=n
--< 200 {"items":[{"metadata":{"name":"a","namespace":"shop","uid":"1","ownerReferences":[{"kind":"ReplicaSet","controller":true}]}}]}
--> POST /api/v1/namespaces/shop/pods/a/eviction
-->= {"apiVersion":"policy/v1","kind":"Eviction","metadata":{"name":"a","namespace":"shop"},"deleteOptions":{"gracePeriodSeconds":5,"preconditions":{"uid":"1"}}}
--< 201 {}
--> GET /api/v1/pods
-->? fieldSelector=spec.nodeName=n
--< 200 {"items":[]}
--> PATCH /api/v1/nodes/n
-->: Content-Type: application/merge-patch+json
-->= {"spec":{"unschedulable":true}}
--< 200 {}
--> GET /api/v1/pods
-->? fieldSelector=spec.nodeName=n
--< 200 {"items":[{"metadata":{"name":"a","namespace":"shop","uid":"1"}}]}
assert.eq(k8s.drain("n", {base_url = URL, interval = 0.01, timeout = 5, grace_period = 5}), 1)
assert.raises(function() k8s.drain("n", {base_url = URL}) end, "nothing would make the pod shop/a anew")

---- access
--> POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews
-->= {"apiVersion":"authorization.k8s.io/v1","kind":"SelfSubjectAccessReview","spec":{"resourceAttributes":{"verb":"create","group":"apps","resource":"deployments","namespace":"shop"}}}
--< 201 {"status":{"allowed":true}}
--> POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews
-->= {"apiVersion":"authorization.k8s.io/v1","kind":"SelfSubjectAccessReview","spec":{"resourceAttributes":{"verb":"get","group":"","resource":"pods","subresource":"log","name":"a"}}}
--< 201 {"status":{"allowed":false,"reason":"no role"}}
--> POST /api/v1/namespaces/shop/serviceaccounts/api/token
-->= {"apiVersion":"authentication.k8s.io/v1","kind":"TokenRequest","spec":{"audiences":["vault"],"expirationSeconds":600}}
--< 201 {"status":{"token":"t","expirationTimestamp":"2026-01-01T00:00:00Z"}}
assert.eq(k8s.can_i("create", "deployment", {base_url = URL, namespace = "shop"}), true)
local allowed, why = k8s.can_i("get", "pod", {base_url = URL, name = "a", subresource = "log"})
assert.eq({allowed, why}, {false, "no role"})
assert.eq(k8s.token_request("shop", "api", {base_url = URL, audiences = {"vault"}, expiration = 600}), {token = "t", expires_at = "2026-01-01T00:00:00Z"})

---- what a set no longer has is pruned, if the same manager has applied it and no controller makes it
--> GET /api/v1/namespaces/shop/configmaps
-->? labelSelector=app=shop
-->? limit=500
--< 200 {"metadata":{"continue":"c"},"items":[{"metadata":{"name":"kept","namespace":"shop","uid":"1","managedFields":[{"manager":"assay","operation":"Apply"}]}},{"metadata":{"name":"old","namespace":"shop","uid":"2","managedFields":[{"manager":"assay","operation":"Apply"}]}}]}
--> GET /api/v1/namespaces/shop/configmaps
-->? labelSelector=app=shop
-->? limit=500
-->? continue=c
--< 200 {"items":[{"metadata":{"name":"others","namespace":"shop","uid":"3","managedFields":[{"manager":"assay","operation":"Update"},{"manager":"helm","operation":"Apply"}]}},{"metadata":{"name":"made","namespace":"shop","uid":"4","ownerReferences":[{"controller":true}],"managedFields":[{"manager":"assay","operation":"Apply"}]}},{"metadata":{"name":"going","namespace":"shop","uid":"5","deletionTimestamp":"2026-01-01T00:00:00Z","managedFields":[{"manager":"assay","operation":"Apply"}]}}]}
--> DELETE /api/v1/namespaces/shop/configmaps/old
-->= {"apiVersion":"v1","kind":"DeleteOptions","propagationPolicy":"Background","preconditions":{"uid":"2"}}
--< 200 {}
--> GET /api/v1/namespaces/shop/configmaps
-->? labelSelector=app=shop
-->? limit=500
--< 200 {"items":[{"metadata":{"name":"old","namespace":"shop","uid":"2","managedFields":[{"manager":"assay","operation":"Apply"}]}}]}
--> GET /api/v1/namespaces
-->? labelSelector=app=shop
-->? limit=500
--< 200 {"items":[]}
--> GET /api/v1/namespaces/shop/configmaps
-->? labelSelector=app=shop
-->? limit=500
--< 200 {"items":[{"metadata":{"name":"old","namespace":"shop","uid":"2","managedFields":[{"manager":"assay","operation":"Apply"}]}}]}
--> GET /api/v1/namespaces/shop/secrets
-->? labelSelector=app=shop
-->? limit=500
--< 403 {"reason":"Forbidden"}
local set = {{apiVersion = "v1", kind = "ConfigMap", metadata = {name = "kept", namespace = "shop", uid = "1"}}}
assert.eq(k8s.prune(set, {base_url = URL, label_selector = "app=shop", kinds = {}}), {{kind = "ConfigMap", namespace = "shop", name = "old"}})
assert.eq(#k8s.prune(set, {base_url = URL, label_selector = "app=shop", kinds = {"namespace"}, dry_run = true}), 1)
-- What may not be listed keeps all of it.
local e = assert.raises(function() k8s.prune(set, {base_url = URL, label_selector = "app=shop", kinds = {"secret"}}) end, "HTTP 403 /api/v1/namespaces/shop/secrets")
assert.eq(e.status, 403)
for _, selector in ipairs({"", "  "}) do
  assert.raises(function() k8s.prune(set, {base_url = URL, label_selector = selector}) end, "label_selector is expected")
end
assert.raises(function() k8s.prune(set, {base_url = URL}) end, "label_selector is expected")
assert.raises(function() k8s.prune({{apiVersion = "v1", kind = "ConfigMap", metadata = {name = "c"}}}, {base_url = URL, label_selector = "a=b"}) end, "what apply_all gave")

---- script: exec passes bytes on in both directions, ends the input, and gives the exit code
local asked = {}
local function serve(routes)
  local ports = async.channel(1)
  async.spawn(function() http.serve(0, {GET = routes}, {host = "127.0.0.1", on_listen = ports.send}) end)
  return "http://127.0.0.1:" .. math.floor(ports.recv())
end
local status = '{"status":"Failure","reason":"NonZeroExitCode","details":{"causes":[{"reason":"ExitCode","message":"7"}]}}'
local url = serve({["/api/v1/namespaces/shop/pods/a/exec"] = function(req)
  asked[#asked + 1] = {req.query_values.command, req.params.container, req.params.stdin, req.params.stderr, req.headers.authorization}
  local conn = ws.accept(req, {subprotocols = {"v5.channel.k8s.io"}})
  local input = ""
  while true do
    local data, kind = conn:recv(5)
    assert.eq(kind, "binary")
    if data == "\255\0" then break end
    assert.eq(data:byte(1), 0)
    input = input .. data:sub(2)
  end
  conn:send_binary("\1") -- some servers begin with nothing
  conn:send_binary("\1" .. input:reverse())
  conn:send_binary("\2warn\0")
  conn:send_binary("\3" .. status)
  conn:close()
end})
local bytes = ("\0\1\254\255\n"):rep(20000)
local r = k8s.exec("shop", "a", {"rev", "a b"}, {base_url = url, token = "t", container = "main", stdin = bytes, timeout = 10})
assert.eq({r.code, r.stdout == bytes:reverse(), r.stderr}, {7, true, "warn\0"})
assert.eq(asked, {{{"rev", "a b"}, "main", "true", "true", "Bearer t"}})
local pieces, left = {}, {"ab", "cd"}
r = k8s.exec("shop", "a", "rev", {base_url = url, stdin = function() return table.remove(left, 1) end, stdout = function(bytes) pieces[#pieces + 1] = bytes end})
assert.eq({r.code, r.stdout, pieces, asked[2][1]}, {7, "", {"dcba"}, {"sh", "-c", "rev"}})
r = k8s.exec("shop", "a", "rev", {base_url = url, stdin = "ab", stdout = function() return false end})
assert.eq(r, {stdout = "", stderr = ""})

---- script: exec with a server that speaks the protocol before, and one that ends too soon
local says = {}
local ports = async.channel(1)
async.spawn(function()
  http.serve(0, {GET = {["/api/v1/namespaces/shop/pods/a/exec"] = function(req)
    local conn = ws.accept(req, {subprotocols = {"v4.channel.k8s.io"}})
    if req.params.stdin then assert.eq(conn:recv(5), "\0in") end
    for _, message in ipairs(says) do conn:send_binary(message) end
    conn:close()
  end}}, {host = "127.0.0.1", on_listen = ports.send})
end)
local o = {base_url = "http://127.0.0.1:" .. math.floor(ports.recv())}
says = {"\1out", '\3{"status":"Success"}', "\1 and more"}
assert.eq(k8s.exec("shop", "a", {"x"}, {base_url = o.base_url, stdin = "in"}), {code = 0, stdout = "out and more", stderr = ""})
says = {"\1out"}
local e = assert.raises(function() k8s.exec("shop", "a", {"x"}, o) end, "the connection ended before the command")
assert.eq(e.code, "k8s.exec")
says = {'\3{"status":"Failure","message":"executable file not found","reason":"InternalError"}'}
assert.eq(assert.raises(function() k8s.exec("shop", "a", {"x"}, o) end, "executable file not found").code, "k8s.exec")
says = {"\3nonsense"}
assert.eq(assert.raises(function() k8s.exec("shop", "a", {"x"}, o) end, "unexpected status").code, "k8s.answer")
assert.raises(function() k8s.exec("shop", "a", {}, o) end, "a command is expected")

---- script: exec that is refused says why
--> GET /api/v1/namespaces/shop/pods/a/exec
-->? stdout=true
-->? stderr=true
-->? command=x
--< 403 {"reason":"Forbidden"}
--> GET /api/v1/namespaces/shop/pods/a/exec
-->? stdout=true
-->? stderr=true
-->? command=x
--< 403 {"reason":"Forbidden"}
local e = assert.raises(function() k8s.exec("shop", "a", {"x"}, {base_url = URL}) end, "HTTP 403 /api/v1/namespaces/shop/pods/a/exec")
assert.eq({e.code, e.status}, {"k8s.http", 403})

---- checks open no WebSockets, and serve nothing
assert.raises(function() k8s.controller({base_url = URL, watch = "pod", reconcile = print}) end, "only scripts run controllers")
assert.raises(function() k8s.webhook({validate = print}) end, "only scripts serve")
assert.is_nil(k8s.none)
assert.raises(function() k8s.exec("shop", "a", {"x"}, {base_url = URL}) end, "only scripts open WebSockets")

---- script: ports are forwarded, each connection by a WebSocket of its own
local opened, ports = 0, async.channel(1)
async.spawn(function()
  http.serve(0, {GET = {
    ["/api/v1/namespaces/shop/pods/a"] = function() return {json = {kind = "Pod"}} end,
    ["/api/v1/namespaces/shop/pods/a/portforward"] = function(req)
      assert.eq(req.params.ports, "80")
      opened = opened + 1
      local conn = ws.accept(req, {subprotocols = {"v4.channel.k8s.io"}})
      conn:send_binary("\0\80\0")
      conn:send_binary("\1\80\0")
      local data = conn:recv(5)
      assert.eq(data:sub(1, 6), "\0GET /")
      if data:find("/bad", 1, true) then
        conn:send_binary("\1connection refused")
        conn:recv(5)
      end
      conn:send_binary("\0HTTP/1.1 200 OK\r\nContent-Length: 2\r\n")
      conn:send_binary("\0Connection: close\r\n\r\nok")
      conn:close()
    end,
  }}, {host = "127.0.0.1", on_listen = ports.send})
end)
local o = {base_url = "http://127.0.0.1:" .. math.floor(ports.recv())}
local forward = k8s.port_forward("shop", "a", 80, o)
for _ = 1, 2 do assert.eq(http.get("http://127.0.0.1:" .. forward.port .. "/x").body, "ok") end
assert.raises(function() http.get("http://127.0.0.1:" .. forward.port .. "/bad") end, "closed the connection")
assert.eq(opened, 3)
forward:close()
assert.eq(assert.raises(function() http.get("http://127.0.0.1:" .. forward.port) end).code, "http.connect")
assert.eq(assert.raises(function() k8s.port_forward("shop", "b", 80, o) end).status, 404)

---- script: a token that is changed while it is used is read anew, once
local dir, tokens, ports = fs.tempdir(), {}, async.channel(1)
local function answer(req)
  local token = (req.headers.authorization or ""):gsub("^Bearer ", "")
  tokens[#tokens + 1] = token
  if token == "old" then fs.write(dir .. "/token", "new") end
  if token ~= "new" then return {status = 401, body = '{"reason":"Unauthorized"}'} end
  if req.path:find("/exec$") then
    local conn = ws.accept(req, {subprotocols = {"v5.channel.k8s.io"}})
    conn:send_binary('\3{"status":"Success"}')
    conn:close()
    return
  end
  if req.path:find("/log$") then return {body = "line\n"} end
  if req.params.watch then return {body = '{"type":"ADDED","object":{"metadata":{"name":"c","resourceVersion":"2"}}}\n'} end
  return {json = {gitVersion = "v1"}}
end
async.spawn(function() http.serve(0, {["*"] = {["/*"] = answer}}, {host = "127.0.0.1", on_listen = ports.send}) end)
local o = {kubeconfig = dir .. "/config"}
fs.write(o.kubeconfig, ([[
apiVersion: v1
kind: Config
current-context: a
clusters: [{name: c, cluster: {server: "http://127.0.0.1:%d"}}]
users: [{name: u, user: {tokenFile: "%s/token"}}]
contexts: [{name: a, context: {cluster: c, user: u}}]
]]):format(ports.recv(), dir))
local function healed(call)
  tokens = {}
  fs.write(dir .. "/token", "old")
  call()
  assert.eq(tokens[1], "old")
  assert.eq(tokens[#tokens], "new")
end
healed(function() assert.eq(k8s.get("/version", o).gitVersion, "v1") end)
assert.eq(#tokens, 2)
healed(function() k8s.create("shop", "configmap", {metadata = {name = "c"}}, o) end)
healed(function() assert.eq(k8s.logs("shop", "a", o), "line\n") end)
healed(function() k8s.logs("shop", "a", {kubeconfig = o.kubeconfig, follow = function(line) assert.eq(line, "line") end}) end)
healed(function() assert.eq(k8s.exec("shop", "a", {"x"}, o).code, 0) end)
healed(function() k8s.watch("shop", "configmap", function() return false end, {kubeconfig = o.kubeconfig, resource_version = "1"}) end)
tokens = {}
fs.write(dir .. "/token", "wrong")
assert.eq(assert.raises(function() k8s.get("/version", o) end).status, 401)
assert.eq(tokens, {"wrong", "wrong"})

---- script: a controller reconciles what is there and what changes, with finalizers, owners and status
local objects, writes, ports = {}, {}, async.channel(1)
local function object(name, more)
  local o = {apiVersion = "example.com/v1", kind = "Widget", metadata = {name = name, namespace = "shop", uid = "u-" .. name, generation = 2, resourceVersion = "1"}}
  for k, v in pairs(more or {}) do o.metadata[k] = v end
  return o
end
objects.a = object("a", {finalizers = {"example.com/other"}})
objects.b = object("b", {finalizers = {"assay.rs/widgets"}, deletionTimestamp = "2026-01-01T00:00:00Z"})
objects.c = object("c", {deletionTimestamp = "2026-01-01T00:00:00Z"})
local routes = {
  GET = {
    ["/apis/example.com/v1/widgets"] = function(req)
      if req.params.watch then return {body = ""} end
      assert.eq(req.params.limit, "500")
      return {json = {metadata = {resourceVersion = "5"}, items = {objects.a, objects.b, objects.c}}}
    end,
    ["/api/v1/secrets"] = function(req)
      assert.eq(req.params.labelSelector, "copy=yes")
      if not req.params.watch then return {json = {metadata = {resourceVersion = "5"}, items = {{metadata = {name = "s", namespace = "shop", uid = "s"}}}}} end
      sleep(0.05)
      return {body = '{"type":"MODIFIED","object":{"metadata":{"name":"s","namespace":"shop","uid":"s","resourceVersion":"6","ownerReferences":[{"apiVersion":"example.com/v1","kind":"Widget","name":"a","uid":"u-a"}]}}}\n'}
    end,
    ["/api/v1/namespaces/shop/configmaps/x"] = function() return {status = 404} end,
  },
  PATCH = {["/*"] = function(req)
    writes[#writes + 1] = {req.path:match("/namespaces/(.*)"), req:json(), req.headers["content-type"], req.query}
    local changed = object("a")
    changed.metadata.finalizers = req:json().metadata and req:json().metadata.finalizers
    return {json = changed}
  end},
  POST = {["/*"] = function(req)
    writes[#writes + 1] = {req.path:match("/namespaces/(.*)"), req:json().reason}
    return {status = 201, json = {}}
  end},
  DELETE = {["/*"] = function(req)
    writes[#writes + 1] = {req.path:match("/namespaces/(.*)"), "deleted"}
    return {status = 404}
  end},
}
async.spawn(function() http.serve(0, routes, {host = "127.0.0.1", on_listen = ports.send}) end)
k8s.register_crd("Widget", "example.com", "v1", "widgets")
local seen, served = {}, async.channel(1)
local h = async.spawn(function()
  k8s.controller({
    base_url = "http://127.0.0.1:" .. math.floor(ports.recv()), name = "widgets", port = 0, host = "127.0.0.1", on_listen = served.send, resync = 0,
    watch = {"widget", {kind = "secret", label_selector = "copy=yes"}},
    reconcile = function(o, ctx)
      seen[#seen + 1] = "reconcile " .. ctx.key .. " " .. ctx.attempt
      if #seen == 2 or ctx.attempt == 1 and #seen < 3 then error("not yet") end
      if ctx.attempt == 1 then return end
      o.spec = {mine = true} -- the cache is not changed by that
      assert.is_nil(ctx:get("widget", "shop", "a").spec)
      assert.is_nil(ctx:get("configmap", "shop", "x"))
      assert.eq({#ctx:list("secret"), #ctx:list("secret", {labels = {}}), #ctx:list("secret", {labels = {copy = "no"}})}, {1, 1, 0})
      assert.raises(function() ctx:list("pod") end, "pod is not watched")
      ctx:apply({apiVersion = "v1", kind = "Secret", metadata = {name = "a", namespace = "shop"}})
      ctx:apply({apiVersion = "v1", kind = "Secret", metadata = {name = "a", namespace = "elsewhere"}})
      assert.eq(ctx:prune("secret"), 1) -- that of the name s is owned, and was not applied
      ctx:event("Normal", "Done", "it is")
      ctx:condition("Ready", true, "Copied")
      assert.eq(ctx:stopping(), false)
      return 3600
    end,
    finalize = function(_, ctx) seen[#seen + 1] = "finalize " .. ctx.key end,
  })
end)
local port = math.floor(served.recv())
retry(function() assert.ge(#writes, 8) assert.contains(seen, "finalize shop/b") end, {attempts = 500, strategy = "constant", initial = 0.01, jitter = false})
retry(function() assert.contains(seen, "reconcile shop/a 1") assert.gt(#seen, 3) end, {attempts = 500, strategy = "constant", initial = 0.01, jitter = false})
assert.eq(http.get(("http://127.0.0.1:%d/healthz"):format(port)).status, 200)
assert.eq(http.get(("http://127.0.0.1:%d/readyz"):format(port)).status, 200)
local metrics = http.get(("http://127.0.0.1:%d/metrics"):format(port)).body
assert.contains(metrics, 'assay_controller_objects{controller="widgets"} 3\n')
assert.matches(metrics, 'assay_controller_reconciles_total{controller="widgets",result="error"} [1-9]')
h.cancel()
pcall(h.await)
local by = {}
for _, w in ipairs(writes) do by[w[1] .. " " .. (w[3] or "")] = w end
local finalizers = {}
for _, w in ipairs(writes) do
  if type(w[2]) == "table" and w[2].metadata and w[2].metadata.finalizers then finalizers[w[1]] = w[2].metadata end
end
assert.eq(finalizers["shop/widgets/a"], {finalizers = {"example.com/other", "assay.rs/widgets"}, resourceVersion = "1"})
assert.eq(finalizers["shop/widgets/b"], {finalizers = {}, resourceVersion = "1"})
local secret = by["shop/secrets/a application/apply-patch+yaml"]
assert.eq(secret[2].metadata.ownerReferences, {{apiVersion = "example.com/v1", kind = "Widget", name = "a", uid = "u-a", controller = true, blockOwnerDeletion = true}})
assert.eq(secret[4], "fieldManager=widgets&force=true")
assert.is_nil(by["elsewhere/secrets/a application/apply-patch+yaml"][2].metadata.ownerReferences)
assert.eq(by["shop/events "][2], "Done")
assert.eq(by["shop/secrets/s "][2], "deleted")
local condition = by["shop/widgets/a/status application/merge-patch+json"][2].status.conditions[1]
assert.eq({condition.type, condition.status, condition.reason, condition.observedGeneration}, {"Ready", "True", "Copied", 2})

---- script: what a controller cannot do without is said
assert.raises(function() k8s.controller({base_url = URL, watch = "configmap"}) end, "reconcile is expected")
assert.raises(function() k8s.controller({base_url = URL, reconcile = print}) end, "watch is expected")
assert.raises(function() k8s.controller({base_url = URL, watch = {{}}, reconcile = print}) end, "a kind is expected")
assert.raises(function() k8s.controller({base_url = URL, watch = "configmap", reconcile = print, lease = {duration = 5, renew = 6}}) end, "retry < renew < duration")
--> GET /api/v1/configmaps
-->? limit=500
--< 403 {"reason":"Forbidden"}
local e = assert.raises(function() k8s.controller({base_url = URL, watch = "configmap", reconcile = print}) end, "HTTP 403")
assert.eq(e.code, "k8s.http")

---- script: a webhook refuses, warns, and changes objects by a JSON patch
local ports = async.channel(1)
local h = async.spawn(function()
  k8s.webhook({
    port = 0, host = "127.0.0.1", on_listen = ports.send,
    validate = function(pod, request)
      if request.operation == "DELETE" then return pod.metadata.name ~= "kept", "it is kept" end
      if pod.spec.bad == 1 then return "bad" end
      if pod.spec.bad == 2 then return {message = "worse", code = 422, warnings = {"careful"}} end
      if pod.spec.bad == 3 then error("broken") end
      return {warnings = {"old"}}
    end,
    mutate = function(pod)
      pod.metadata.labels["a/b~c"] = "1"
      pod.metadata.annotations = {x = "y"}
      pod.metadata.drop = nil
      table.insert(pod.spec.containers, 1, {name = "first"})
      pod.spec.containers[3] = nil
      pod.spec.empty = {}
      pod.spec.n = 2
    end,
  })
end)
local url = "http://127.0.0.1:" .. math.floor(ports.recv())
local function review(path, request)
  request.uid = "u1"
  local r = http.post(url .. path, {apiVersion = "admission.k8s.io/v1", kind = "AdmissionReview", request = request})
  if r.status ~= 200 then return r end
  assert.eq({r:json().kind, r:json().apiVersion, r:json().response.uid}, {"AdmissionReview", "admission.k8s.io/v1", "u1"})
  return r:json().response
end
local function pod(bad) return {operation = "CREATE", object = {metadata = {name = "p"}, spec = {bad = bad}}} end
assert.eq(review("/validate", pod()), {uid = "u1", allowed = true, warnings = {"old"}})
assert.eq(review("/validate", pod(1)), {uid = "u1", allowed = false, status = {message = "bad", code = 403}})
assert.eq(review("/validate", pod(2)), {uid = "u1", allowed = false, status = {message = "worse", code = 422}, warnings = {"careful"}})
assert.eq(review("/validate", pod(3)).status, 500)
assert.eq(review("/validate", {operation = "DELETE", oldObject = {metadata = {name = "kept"}}}).status.message, "it is kept")
assert.eq(review("/validate", {operation = "DELETE", oldObject = {metadata = {name = "other"}}}).allowed, true)
assert.eq(http.post(url .. "/validate", {kind = "Pod"}).status, 400)
assert.eq(http.get(url .. "/readyz").status, 200)
local changed = review("/mutate", {operation = "CREATE", object = {
  metadata = {labels = {["a/b~c"] = "0"}, drop = 1}, spec = {containers = {{name = "x"}, {name = "y"}}, empty = {}, list = {}, n = 1},
}})
assert.eq({changed.allowed, changed.patchType}, {true, "JSONPatch"})
assert.eq(json.parse(base64.decode(changed.patch)), {
  {op = "add", path = "/metadata/annotations", value = {x = "y"}}, {op = "remove", path = "/metadata/drop"},
  {op = "replace", path = "/metadata/labels/a~1b~0c", value = "1"},
  {op = "replace", path = "/spec/containers/0/name", value = "first"}, {op = "replace", path = "/spec/containers/1/name", value = "x"},
  {op = "replace", path = "/spec/n", value = 2},
})
assert.raises(function() k8s.webhook({}) end, "validate or mutate is expected")
h.cancel()
pcall(h.await)

---- without a cluster it says so
local e = assert.raises(function() k8s.get("/version") end, "k8s: not running in a Kubernetes pod")
assert.eq(e.code, "k8s.config")
