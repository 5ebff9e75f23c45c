#!/usr/bin/env assay
-- Copies a ConfigMap or Secret into namespaces, and keeps the copies as the source is. manifests.yaml has what the cluster
-- needs, and README.md how to run it.

local k8s = require("assay.k8s")
local label = "replication.example.com/copy-of"

local function wants(replication, namespace)
  for name, value in pairs(replication.spec.namespaceLabels or {}) do
    if (namespace.metadata.labels or {})[name] ~= value then return false end
  end
  return namespace.metadata.name ~= replication.spec.source.namespace and namespace.status.phase == "Active"
end

local function reconcile(replication, ctx)
  local from, wanted, copies = replication.spec.source, {}, 0
  local source = ctx:get(from.kind, from.namespace, from.name)
  if not source then
    ctx:condition("Ready", false, "NoSource", ("there is no %s %s/%s"):format(from.kind, from.namespace, from.name))
    return -- until it is there
  end
  for _, ns in ipairs(ctx:list("namespace")) do
    if wants(replication, ns) then
      wanted[ns.metadata.name], copies = true, copies + 1
      ctx:apply({
        apiVersion = "v1", kind = from.kind, type = source.type, data = source.data, binaryData = source.binaryData,
        metadata = {name = from.name, namespace = ns.metadata.name, labels = {[label] = replication.metadata.name}},
      })
    end
  end
  for _, copy in ipairs(ctx:list(from.kind)) do
    local m = copy.metadata
    if (m.labels or {})[label] == replication.metadata.name and not (m.name == from.name and wanted[m.namespace]) then
      k8s.delete_resource(m.namespace, from.kind, m.name, ctx.options)
    end
  end
  ctx:status({copies = copies})
  ctx:condition("Ready", true, "Copied")
end

-- The Replications that copy an object. Those that own a copy of it are found by its owner.
local function copied_by(object, all)
  local found = {}
  for _, replication in ipairs(all()) do
    local from = replication.spec.source
    if from.namespace == object.metadata.namespace and from.name == object.metadata.name then found[#found + 1] = replication end
  end
  return found
end

k8s.controller({
  name = "replicator",
  watch = {
    {kind = "replications.replication.example.com"},
    {kind = "namespace", map = function(_, all) return all() end},
    {kind = "configmap", map = copied_by, owned = true},
    {kind = "secret", map = copied_by, owned = true},
  },
  reconcile = reconcile,
  lease = true,
  port = tonumber(env.get("PORT", "8080")),
})
