#!/usr/bin/env assay
-- Copies a ConfigMap or Secret into namespaces, and keeps the copies as the source is. manifests.yaml has what the cluster
-- needs, and README.md how to run it.

local k8s = require("assay.k8s")

local function reconcile(replication, ctx)
  local from, copies = replication.spec.source, 0
  local source = ctx:get(from.kind, from.namespace, from.name)
  if not source then
    ctx:condition("Ready", false, "NoSource", ("there is no %s %s/%s"):format(from.kind, from.namespace, from.name))
    return -- until it is there
  end
  for _, ns in ipairs(ctx:list("namespace", {labels = replication.spec.namespaceLabels})) do
    if ns.metadata.name ~= from.namespace and ns.status.phase == "Active" then
      ctx:apply({
        apiVersion = "v1", kind = from.kind, type = source.type, data = source.data, binaryData = source.binaryData,
        metadata = {name = from.name, namespace = ns.metadata.name},
      })
      copies = copies + 1
    end
  end
  ctx:prune(from.kind) -- copies where they are no longer meant to be
  ctx:status({copies = copies})
  ctx:condition("Ready", true, "Copied")
end

-- The Replications that copy an object. Those that own a copy of it are found by its owner.
local function copied_by(object, all)
  local found, m = {}, object.metadata
  for _, replication in ipairs(all()) do
    local from = replication.spec.source
    if from.namespace == m.namespace and from.name == m.name then found[#found + 1] = replication end
  end
  return found
end

k8s.controller({
  name = "replicator",
  watch = {
    {kind = "replications.replication.example.com"}, {kind = "namespace", map = function(_, all) return all() end},
    {kind = "configmap", map = copied_by, owned = true}, {kind = "secret", map = copied_by, owned = true},
  },
  reconcile = reconcile, lease = true, port = tonumber(env.get("PORT", "8080")),
})
