#!/usr/bin/env assay
-- Writes who may do what in projects of Kargo: a service account a role, which stands for those with some claims, a Role and
-- a RoleBinding. Those of roles that are no longer wanted are deleted.
--
--   assay kargo-rbac-sync.lua kargo-rbac-sync.yaml [--dry-run]
local job = require("./job")
local k8s = require("assay.k8s")

local config = job.config()
local mark = "app.kubernetes.io/managed-by"

for _, project in ipairs(config.projects) do
  local wanted = {}
  for _, role in ipairs(project.roles or {}) do
    wanted[role.name] = true
    local function meta(annotations)
      return { name = role.name, namespace = project.name, labels = { [mark] = "kargo-rbac-sync" }, annotations = annotations }
    end
    local annotations = { ["rbac.kargo.akuity.io/managed"] = "true" }
    annotations["rbac.kargo.akuity.io/claims"] = json.encode(role.claims)
    job.apply({ apiVersion = "v1", kind = "ServiceAccount", metadata = meta(annotations) }, "kargo-rbac-sync")
    job.apply({ apiVersion = "rbac.authorization.k8s.io/v1", kind = "Role", metadata = meta(), rules = role.rules }, "kargo-rbac-sync")
    job.apply({
      apiVersion = "rbac.authorization.k8s.io/v1", kind = "RoleBinding", metadata = meta(),
      roleRef = { apiGroup = "rbac.authorization.k8s.io", kind = "Role", name = role.name },
      subjects = { { kind = "ServiceAccount", name = role.name, namespace = project.name } },
    }, "kargo-rbac-sync")
  end
  for _, kind in ipairs({ "rolebinding", "role", "serviceaccount" }) do
    for _, o in ipairs(k8s.list(project.name, kind, { label_selector = mark .. "=kargo-rbac-sync" }).items) do
      if not wanted[o.metadata.name] then
        job.change(("delete the %s %s/%s"):format(kind, project.name, o.metadata.name), function() k8s.delete_resource(project.name, kind, o.metadata.name) end)
      end
    end
  end
end
job.done()
