--- Knows where kinds are: those that every cluster has, those that a script registers, and those that the cluster names.

local rest = require("../internal/rest")
local request = require("./request")

local M = {}

local known, places = {}, {}

local function add(api, cluster, plurals, kinds)
  for i, plural in ipairs(plurals) do
    local about = { api = api, plural = plural, namespaced = not cluster, kind = kinds[i] }
    known[plural], known[kinds[i]:lower()] = about, about
  end
end

add("/api/v1", false,
  { "pods", "services", "secrets", "configmaps", "endpoints", "serviceaccounts", "persistentvolumeclaims", "limitranges", "resourcequotas", "events", "replicationcontrollers" },
  { "Pod", "Service", "Secret", "ConfigMap", "Endpoints", "ServiceAccount", "PersistentVolumeClaim", "LimitRange", "ResourceQuota", "Event", "ReplicationController" })
add("/api/v1", true, { "namespaces", "nodes", "persistentvolumes" }, { "Namespace", "Node", "PersistentVolume" })
add("/apis/apps/v1", false, { "deployments", "statefulsets", "daemonsets", "replicasets" }, { "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet" })
add("/apis/batch/v1", false, { "jobs", "cronjobs" }, { "Job", "CronJob" })
add("/apis/networking.k8s.io/v1", false, { "ingresses", "networkpolicies" }, { "Ingress", "NetworkPolicy" })
add("/apis/networking.k8s.io/v1", true, { "ingressclasses" }, { "IngressClass" })
add("/apis/storage.k8s.io/v1", true, { "storageclasses" }, { "StorageClass" })
add("/apis/rbac.authorization.k8s.io/v1", false, { "roles", "rolebindings" }, { "Role", "RoleBinding" })
add("/apis/rbac.authorization.k8s.io/v1", true, { "clusterroles", "clusterrolebindings" }, { "ClusterRole", "ClusterRoleBinding" })
add("/apis/autoscaling/v2", false, { "horizontalpodautoscalers" }, { "HorizontalPodAutoscaler" })
add("/apis/policy/v1", false, { "poddisruptionbudgets" }, { "PodDisruptionBudget" })
add("/apis/coordination.k8s.io/v1", false, { "leases" }, { "Lease" })
add("/apis/apiextensions.k8s.io/v1", true, { "customresourcedefinitions" }, { "CustomResourceDefinition" })
for short, plural in pairs({
  pvc = "persistentvolumeclaims", pv = "persistentvolumes", hpa = "horizontalpodautoscalers", pdb = "poddisruptionbudgets", po = "pods",
  svc = "services", cm = "configmaps", ns = "namespaces", no = "nodes", sa = "serviceaccounts", deploy = "deployments", sts = "statefulsets",
  ds = "daemonsets", rs = "replicasets", cj = "cronjobs", ing = "ingresses", netpol = "networkpolicies", sc = "storageclasses",
  ep = "endpoints", quota = "resourcequotas", limits = "limitranges", ev = "events", crd = "customresourcedefinitions",
}) do known[short] = known[plural] end

--- Makes a kind known, without asking the cluster for it.
---
---     k8s.register_crd("Certificate", "cert-manager.io", "v1", "certificates")
---     local c = k8s.get_resource("shop", "certificate", "api")
---@param kind string
---@param group string
---@param version string
---@param plural string
---@param cluster_scoped? boolean Whether it has no namespace.
function M.register_crd(kind, group, version, plural, cluster_scoped)
  add("/apis/" .. group .. "/" .. version, cluster_scoped, { plural }, { kind })
end

local aggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList, "
  .. "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList, application/json"

local function called(resource, name)
  if resource.name:find("/", 1, true) then return false end -- a subresource
  if resource.name == name or (resource.singularName or "") == name or (resource.kind or ""):lower() == name then return true end
  for _, short in ipairs(resource.shortNames or {}) do
    if short == name then return true end
  end
  return false
end

local function pick(list, api, name)
  for _, resource in ipairs(list and list.resources or {}) do
    if called(resource, name) then
      return { api = api, plural = resource.name, namespaced = resource.namespaced, kind = resource.kind }
    end
  end
end

local function resources(api, o) return (request._ask("get", "GET", api, nil, o, nil, true)) end

--- The kinds of the groups that have one of this name.
local function search(name, group, o)
  local found = {}
  local groups = request._ask("get", "GET", "/apis", { headers = { accept = aggregated } }, o, nil, true) or {}
  if groups.kind == "APIGroupDiscoveryList" then
    for _, g in ipairs(groups.items or {}) do
      for _, v in ipairs(not (group and g.metadata.name ~= group) and g.versions or {}) do
        local list = {}
        for i, r in ipairs(v.resources or {}) do
          list[i] = { name = r.resource, singularName = r.singularResource, kind = r.responseKind and r.responseKind.kind, shortNames = r.shortNames, namespaced = r.scope == "Namespaced" }
        end
        local about = pick({ resources = list }, "/apis/" .. g.metadata.name .. "/" .. v.version, name)
        if about then found[#found + 1] = about break end
      end
    end
    return found
  end
  for _, g in ipairs(groups.groups or {}) do
    if not group or g.name == group then
      local api = "/apis/" .. g.preferredVersion.groupVersion
      local about = pick(resources(api, o), api, name)
      if about then found[#found + 1] = about end
    end
  end
  return found
end

local function unknown(kind, why)
  rest.fail("k8s.kind", ("k8s: unknown resource kind '%s'%s"):format(kind, why))
end

--- Where a kind is: {api, plural, namespaced, kind}. Without options the cluster is not asked.
function M._kind(kind, o)
  if type(kind) ~= "string" or kind == "" then error("k8s: a kind is expected, got " .. type(kind), 3) end
  local name = kind:lower()
  if known[name] then return known[name] end
  if not o then unknown(kind, ": register_crd makes one known") end
  local server = request._place(o)
  places[server] = places[server] or {}
  if places[server][name] then return places[server][name] end
  local plain, group = name:match("^([^.]+)%.(.+)$")
  local found = {}
  if not group then
    found[1] = pick(resources("/api/v1", o), "/api/v1", name)
  end
  if #found == 0 then found = search(plain or name, group, o) end
  if #found == 0 then unknown(kind, ": the cluster has none of this name") end
  if #found > 1 then
    local names = {}
    for i, about in ipairs(found) do names[i] = about.plural .. "." .. about.api:match("^/apis/([^/]+)") end
    unknown(kind, ": several groups have one: write " .. table.concat(names, " or "))
  end
  places[server][name] = found[1]
  return found[1]
end

--- Where the kind of an object is, by its apiVersion and kind.
function M._kind_of(object, o)
  local version, kind = object.apiVersion, object.kind
  if type(version) ~= "string" or type(kind) ~= "string" then error("k8s: an object with apiVersion and kind is expected", 3) end
  local api = version:find("/", 1, true) and "/apis/" .. version or "/api/" .. version
  local about = known[kind:lower()]
  if about and about.api == api then return about end
  local server = request._place(o)
  places[server] = places[server] or {}
  local key = api .. " " .. kind
  if not places[server][key] then
    places[server][key] = pick(resources(api, o), api, kind:lower()) or unknown(kind, " in " .. version)
  end
  return places[server][key]
end

local function path(about, ns, name)
  local at = about.api
  if about.namespaced and ns and ns ~= "" then at = at .. rest.path("/namespaces/{}", ns) end
  at = at .. "/" .. about.plural
  return name and at .. rest.path("/{}", name) or at
end
M._path = path

--- The path of an object.
function M._resource_path(ns, kind, name, o) return path(M._kind(kind, o), ns, name) end

--- The path of a list.
function M._list_path(ns, kind, o) return path(M._kind(kind, o), ns) end

return M
