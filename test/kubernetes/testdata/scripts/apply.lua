-- Sets of objects: applied in order, conflicts named, what is no more in them pruned.
local k8s = require("assay.k8s")

local file = fs.tempdir() .. "/set.yaml"
local function set(...)
  local documents = {[[
apiVersion: example.org/v1
kind: Gadget
metadata: {name: g, namespace: set, labels: {app: set}}
---
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: gadgets.example.org}
spec:
  group: example.org
  scope: Namespaced
  names: {plural: gadgets, singular: gadget, kind: Gadget}
  versions:
    - {name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: api, namespace: set, labels: {app: set}}
spec:
  replicas: 1
  selector: {matchLabels: {app: set}}
  template: {metadata: {labels: {app: set, behave: unschedulable}}, spec: {containers: [{name: app, image: app}]}}
---
apiVersion: v1
kind: Namespace
metadata: {name: set}
]]}
  for _, name in ipairs({...}) do
    documents[#documents + 1] = ("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s, namespace: set, labels: {app: set}}\ndata: {a: '1'}\n"):format(name)
  end
  fs.write(file, table.concat(documents, "---\n"))
  return k8s.apply_file(file)
end

-- The definition's kind is served before its object is applied, the namespace is there before what is in it.
local kinds = {}
for i, object in ipairs(set("kept", "old")) do kinds[i] = object.kind end
assert.eq(kinds, {"Namespace", "CustomResourceDefinition", "ConfigMap", "ConfigMap", "Deployment", "Gadget"})

-- Conflicts name the field and its manager; diff tells what would change.
local kept = {apiVersion = "v1", kind = "ConfigMap", metadata = {name = "kept", namespace = "set", labels = {app = "set"}}, data = {a = "2"}}
local e = assert.raises(function() k8s.apply(kept, {field_manager = "other"}) end)
assert.eq(e.status, 409)
local status = json.parse(e.body)
assert.contains(status.message, 'conflict with "assay"')
assert.eq(status.details.causes[1].field, ".data.a")
assert.contains(tostring(e), ".data.a")
assert.eq(k8s.diff(kept), {{path = ".data.a", from = "1", to = "2"}})
assert.eq(k8s.get_configmap("set", "kept").a, "1")
assert.eq(k8s.apply(kept, {field_manager = "other", force = true}).data.a, "2")
k8s.delete_resource("set", "configmap", "kept")

-- What somebody else made, and what a controller made, is not pruned.
k8s.create("set", "configmap", {metadata = {name = "foreign", labels = {app = "set"}}})
k8s.wait("set", "deployment", "api", {jsonpath = "{.status.observedGeneration}=1"})
local now = set("kept")
local would = k8s.prune(now, {label_selector = "app=set", dry_run = true})
assert.eq(would, {{kind = "ConfigMap", namespace = "set", name = "old"}})
assert.eq(k8s.exists("set", "configmap", "old"), true)
assert.eq(k8s.prune(now, {label_selector = "app=set"}), would)
assert.eq(k8s.exists("set", "configmap", "old"), false)
assert.eq({k8s.exists("set", "configmap", "foreign"), k8s.exists("set", "configmap", "kept"), k8s.exists("set", "deployment", "api")}, {true, true, true})
assert.eq(#k8s.list("set", "replicaset", {label_selector = "app=set"}).items, 1)
assert.eq(#k8s.prune(now, {label_selector = "app=set"}), 0)
assert.raises(function() k8s.prune(now, {label_selector = ""}) end, "label_selector is expected")

-- Who may do what, and tokens.
assert.eq(k8s.can_i("create", "gadget", {namespace = "set"}), true)
k8s.create("set", "serviceaccount", {metadata = {name = "bot"}})
local token = k8s.token_request("set", "bot", {expiration = 600})
assert.matches(token.expires_at, "^20")
assert.eq(k8s.can_i("get", "secret", {namespace = "set", token = token.token}), false)
assert.eq(assert.raises(function() k8s.list("set", "secret", {token = token.token}) end).status, 403)

-- top reads metrics.k8s.io, which definitions stand in for.
for plural, kind in pairs({nodes = "NodeMetrics", pods = "PodMetrics"}) do
  k8s.apply_all({{
    apiVersion = "apiextensions.k8s.io/v1", kind = "CustomResourceDefinition",
    metadata = {name = plural .. ".metrics.k8s.io", annotations = {["api-approved.kubernetes.io"] = "unapproved, for a test"}},
    spec = {group = "metrics.k8s.io", scope = plural == "pods" and "Namespaced" or "Cluster", names = {plural = plural, kind = kind},
      versions = {{name = "v1beta1", served = true, storage = true, schema = {openAPIV3Schema = {type = "object", ["x-kubernetes-preserve-unknown-fields"] = true}}}}},
  }})
end
k8s.apply({apiVersion = "metrics.k8s.io/v1beta1", kind = "NodeMetrics", metadata = {name = "node"}, usage = {cpu = "1500m", memory = "2Ki"}})
k8s.apply({apiVersion = "metrics.k8s.io/v1beta1", kind = "PodMetrics", metadata = {name = "box", namespace = "set"}, containers = {{usage = {cpu = "250m", memory = "1Mi"}}}})
assert.eq(k8s.top_nodes(), {{name = "node", cpu = 1.5, memory = 2048}})
assert.eq(k8s.top_pods("set"), {{name = "box", namespace = "set", cpu = 0.25, memory = 1048576}})
