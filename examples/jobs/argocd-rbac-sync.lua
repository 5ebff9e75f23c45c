#!/usr/bin/env assay
-- Writes who may do what in Argo CD: the ConfigMap argocd-rbac-cm, from roles, groups and people. Zitadel tells Argo CD ids of
-- people rather than their addresses, so those are looked up.
--
--   ZITADEL_TOKEN=... assay argocd-rbac-sync.lua argocd-rbac-sync.yaml [--dry-run]
local job = require("./job")

local config = job.config()
local lines = {}

local function add(...) lines[#lines + 1] = table.concat({ ... }, ", ") end

local function sorted(t)
  local names = {}
  for name in pairs(t or {}) do names[#names + 1] = name end
  table.sort(names)
  return names
end

for _, role in ipairs(sorted(config.roles)) do
  for _, rule in ipairs(config.roles[role]) do add("p", "role:" .. role, rule) end
end
for _, group in ipairs(sorted(config.groups)) do add("g", group, config.groups[group]) end

local people = sorted(config.people)
if #people > 0 then
  local zitadel = require("./oauth").zitadel(config.zitadel)
  for _, email in ipairs(people) do
    local found = zitadel:search_users({ queries = { { emailQuery = { emailAddress = email, method = "TEXT_QUERY_METHOD_EQUALS_IGNORE_CASE" } } } })
    if #found == 1 then
      add("g", found[1].id or found[1].userId, config.people[email])
    else
      log.warn("no such person in Zitadel, or several", { email = email })
    end
  end
end

job.apply({
  apiVersion = "v1", kind = "ConfigMap",
  metadata = { name = "argocd-rbac-cm", namespace = config.namespace or "argocd", labels = { ["app.kubernetes.io/part-of"] = "argocd" } },
  data = { ["policy.csv"] = table.concat(lines, "\n") .. "\n", ["policy.default"] = config.default or "", scopes = config.scopes or "[groups]" },
}, "argocd-rbac-sync")
job.done()
