-- A drain evicts as many pods as a PodDisruptionBudget allows, and no more.
local k8s = require("assay.k8s")
local labels = {app = "guarded", behave = "run"}
k8s.apply_all({
  {apiVersion = "v1", kind = "Namespace", metadata = {name = "guarded"}},
  {apiVersion = "policy/v1", kind = "PodDisruptionBudget", metadata = {name = "guarded", namespace = "guarded"},
    spec = {minAvailable = 2, selector = {matchLabels = {app = "guarded"}}}},
  {apiVersion = "apps/v1", kind = "Deployment", metadata = {name = "guarded", namespace = "guarded"},
    spec = {replicas = 3, selector = {matchLabels = {app = "guarded"}}, template = {metadata = {labels = labels}, spec = {containers = {{name = "app", image = "app"}}}}}},
})
k8s.rollout_wait("guarded", "guarded", 120)
k8s.wait("guarded", "pdb", "guarded", {jsonpath = "{.status.disruptionsAllowed}=1", timeout = 60, interval = 0.1})
-- What replaces an evicted pod gets no place: the template is one that is not scheduled.
k8s.patch_resource("guarded", "deployment", "guarded", {spec = {paused = true}})
for _, rs in ipairs(k8s.list("guarded", "replicaset").items) do
  k8s.patch_resource("guarded", "replicaset", rs.metadata.name, {spec = {template = {metadata = {labels = {behave = "unschedulable"}}}}})
end
local least = 3
local watcher = async.spawn(function()
  while true do
    local n = 0
    for _, pod in ipairs(k8s.list("guarded", "pod", {field_selector = "spec.nodeName=node"}).items) do
      if not pod.metadata.deletionTimestamp then n = n + 1 end
    end
    least = math.min(least, n)
    sleep(0.1)
  end
end)
local o = {timeout = 6, interval = 0.2, grace_period = 0, force = true}
local e = assert.raises(function() k8s.drain("node", o) end, "2 pods are still on node")
assert.eq(e.code, "k8s.timeout")
assert.eq(least, 2)
assert.eq(k8s.get_resource(nil, "node", "node").spec.unschedulable, true)
-- Without the budget the rest goes.
k8s.delete_resource("guarded", "pdb", "guarded")
assert.eq(k8s.drain("node", {timeout = 60, interval = 0.2, grace_period = 0, force = true}), 2)
watcher.cancel()
k8s.uncordon("node")
