--- Applies objects: the server joins what several have written, and says who else has a field.

local rest = require("../internal/rest")
local request = require("./request")
local kinds = require("./kinds")

local M = {}

---@class k8s.ApplyOptions
---@field field_manager? string Who applies; "assay" unless given.
---@field force? boolean Take fields that others have. Without it, they are an error with the status 409, which names them.
---@field dry_run? boolean Let the server check it, and change nothing.
---@field namespace? string For objects that say none.

local function place(object, o)
  local about = kinds._kind_of(object, o)
  local m = object.metadata or {}
  if not m.name then error("k8s: an object with metadata.name is expected", 3) end
  local ns = m.namespace or o.namespace
  if about.namespaced and not ns then
    local _, default = request._place(o)
    ns = default
  end
  return kinds._path(about, ns, m.name), about
end

--- Applies an object on the server (server-side apply): makes it, or changes the fields that it has.
---
---     k8s.apply({apiVersion = "v1", kind = "ConfigMap", metadata = {name = "c", namespace = "shop"}, data = {a = "1"}})
---@param object table With apiVersion, kind and metadata.name.
---@param options k8s.ApplyOptions? And those of k8s.Options.
---@return table # As it is then.
function M.apply(object, options)
  local o = options or {}
  local query = { fieldManager = o.field_manager or "assay", force = o.force and true or nil, dryRun = o.dry_run and "All" or nil }
  return (request._ask("patch", "PATCH", place(object, o), { body = object, query = query, headers = { ["content-type"] = "application/apply-patch+yaml" } }, o, "2xx"))
end

local ignored = { managedFields = true, resourceVersion = true, generation = true, uid = true, creationTimestamp = true }

local function compare(path, a, b, found)
  if type(a) ~= "table" or type(b) ~= "table" then
    if a ~= b then found[#found + 1] = { path = path, from = a, to = b } end
    return
  end
  local keys, seen = {}, {}
  for _, t in ipairs({ a, b }) do
    for k in pairs(t) do
      if not seen[k] then seen[k], keys[#keys + 1] = true, k end
    end
  end
  table.sort(keys, function(x, y)
    if type(x) == type(y) then return x < y end
    return type(x) == "number"
  end)
  for _, k in ipairs(keys) do
    local at = type(k) == "number" and ("%s[%d]"):format(path, k - 1) or path .. "." .. k
    if not (path == ".metadata" and ignored[k]) and not (path == "" and k == "status") then compare(at, a[k], b[k], found) end
  end
end

--- Tells what applying an object would change, as the server sees it.
---
---     for _, d in ipairs(k8s.diff(object)) do print(d.path, d.from, "->", d.to) end
---@param object table
---@param options k8s.ApplyOptions? And those of k8s.Options.
---@return {path: string, from: any, to: any}[] # Empty when nothing would; path "" alone when the object is not there yet.
function M.diff(object, options)
  local o = rest.without(options)
  local live = request._ask("get", "GET", place(object, o), nil, o, nil, true)
  o.dry_run = true
  local after, found = M.apply(object, o), json.array()
  if not live then
    found[1] = { path = "", to = after }
  else
    compare("", live, after, found)
  end
  return found
end

-- What others stand on comes first.
local order = {}
for i, kind in ipairs({
  "Namespace", "CustomResourceDefinition", "PriorityClass", "StorageClass", "ResourceQuota", "LimitRange", "NetworkPolicy", "PodDisruptionBudget",
  "ServiceAccount", "Secret", "ConfigMap", "PersistentVolume", "PersistentVolumeClaim", "ClusterRole", "ClusterRoleBinding", "Role",
  "RoleBinding", "Service", "DaemonSet", "Pod", "ReplicaSet", "Deployment", "HorizontalPodAutoscaler", "StatefulSet", "Job", "CronJob",
  "Ingress",
}) do order[kind] = i end

--- Applies several objects, those first that others need: namespaces and definitions of kinds, then accounts, secrets,
--- roles, services and workloads. The kinds that a definition makes are waited for.
---
---     k8s.apply_all(yaml.parse_all(text), {namespace = "shop"})
---@param list table[]
---@param options k8s.ApplyOptions? And those of k8s.Options.
---@return table[] # As they are then, in the order in which they were applied.
function M.apply_all(list, options)
  local o, all = options or {}, {}
  local function add(object)
    if type(object) ~= "table" or next(object) == nil then return end -- an empty document
    if object.kind == "List" or tostring(object.kind):find("List$") and object.items then
      for _, item in ipairs(object.items) do add(item) end
      return
    end
    all[#all + 1] = { object = object, at = order[object.kind] or 100, n = #all }
  end
  for _, object in ipairs(list) do add(object) end
  table.sort(all, function(a, b) return a.at < b.at or a.at == b.at and a.n < b.n end)
  local applied, wait = json.array(), require("./wait").wait
  for i, item in ipairs(all) do
    applied[i] = M.apply(item.object, o)
    if item.object.kind == "CustomResourceDefinition" and not o.dry_run then
      local asking = rest.without(o, "force", "field_manager", "namespace")
      asking.condition, asking.timeout, asking.interval = "Established", 30, 0.2
      wait(nil, "crd", item.object.metadata.name, asking)
    end
  end
  return applied
end

--- Applies the objects of a YAML file, as apply_all does.
---
---     k8s.apply_file("manifests/shop.yaml", {namespace = "shop"})
---@param path string
---@param options k8s.ApplyOptions? And those of k8s.Options.
---@return table[]
function M.apply_file(path, options)
  if not fs then error("k8s.apply_file: this script may not read files: use apply_all", 2) end
  return M.apply_all(yaml.parse_all(fs.read(path)), options)
end

---@class k8s.PruneOptions
---@field label_selector string Which objects belong to the set; it may not be empty.
---@field kinds? string[] Kinds to look for besides those of the set; without it the usual ones, which are those of workloads, their configuration and their roles.
---@field namespace? string Where to look, besides the namespaces of the set.
---@field field_manager? string Whose objects; "assay" unless given.
---@field dry_run? boolean Delete nothing.

-- What sets mostly have, and what takes no data with it.
local usual = {
  "configmap", "secret", "service", "serviceaccount", "deployment", "statefulset", "daemonset", "job", "cronjob", "ingress",
  "networkpolicy", "poddisruptionbudget", "horizontalpodautoscaler", "role", "rolebinding",
}

--- Whether the manager has applied the object, and no controller makes it.
local function applied_by(object, manager)
  for _, owner in ipairs(object.metadata.ownerReferences or {}) do
    if owner.controller then return false end
  end
  for _, fields in ipairs(object.metadata.managedFields or {}) do
    if fields.manager == manager and fields.operation == "Apply" then return true end
  end
  return false
end

--- Deletes what was applied once and is no more in the set: objects with the labels that this field manager has applied
--- and that are not among those that are given. What controllers have made is theirs. Objects are looked for in the
--- namespaces of the set; those without a namespace only if the set has their kind, or kinds says so. When one kind may
--- not be listed, nothing is deleted.
---
---     local set = k8s.apply_file("shop.yaml")
---     for _, o in ipairs(k8s.prune(set, {label_selector = "app=shop"})) do print("deleted", o.kind, o.name) end
---@param set table[] What apply_all or apply_file gave.
---@param options k8s.PruneOptions And those of k8s.Options.
---@return {kind: string, namespace: string?, name: string}[] # What was deleted; with dry_run, what would be.
function M.prune(set, options)
  local o = options or {}
  if type(o.label_selector) ~= "string" or not o.label_selector:find("%S") then
    error("k8s.prune: label_selector is expected: an empty one would be of all objects", 2)
  end
  local asking = rest.without(o, "dry_run")
  local keep, places, looked = {}, { [o.namespace or ""] = o.namespace and true or nil }, {}
  local where = {}
  local function look(about) if not where[about.api .. about.plural] then where[about.api .. about.plural], looked[#looked + 1] = true, about end end
  for _, object in ipairs(set) do
    if not object.metadata or not object.metadata.uid then error("k8s.prune: the set is what apply_all gave, with a uid of each object", 2) end
    keep[object.metadata.uid] = true
    if object.metadata.namespace then places[object.metadata.namespace] = true end
    look(kinds._kind_of(object, asking))
  end
  for _, kind in ipairs(o.kinds or usual) do look(kinds._kind(kind, asking)) end
  local pruned, found = json.array(), {}
  local function visit(about, ns)
    local query = { labelSelector = o.label_selector, limit = 500 }
    local pages = request._pages(query)
    repeat
      local page, response = request._ask("get", "GET", kinds._path(about, ns), { query = query }, asking)
      for _, object in ipairs(page.items or {}) do
        local m = object.metadata
        if not keep[m.uid] and not m.deletionTimestamp and applied_by(object, o.field_manager or "assay") then
          pruned[#pruned + 1] = { kind = about.kind, namespace = m.namespace, name = m.name }
          found[#found + 1] = { path = kinds._path(about, m.namespace, m.name), uid = m.uid }
        end
      end
    until not pages(page, response)
  end
  for _, about in ipairs(looked) do
    if about.namespaced then
      for ns in pairs(places) do visit(about, ns) end
    else
      visit(about)
    end
  end
  for _, it in ipairs(not o.dry_run and found or {}) do
    local body = { kind = "DeleteOptions", apiVersion = "v1", propagationPolicy = "Background", preconditions = { uid = it.uid } }
    local answer = request._send("DELETE", it.path, { body = body }, asking)
    if not answer.ok and answer.status ~= 404 then
      rest.fail("k8s.http", ("k8s.delete: HTTP %d %s: %s"):format(answer.status, it.path, answer.body), answer)
    end
  end
  return pruned
end

return M
