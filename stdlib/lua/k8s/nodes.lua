--- Nodes.

local rest = require("../internal/rest")
local request = require("./request")
local kinds = require("./kinds")
local objects = require("./objects")

local M = {}

---@class k8s.DrainOptions
---@field timeout? number How long in all, in seconds; 300 unless given.
---@field grace_period? integer How long each pod may take to end, in seconds; its own unless given.
---@field delete_emptydir? boolean Evict pods with an emptyDir too, whose data is lost.
---@field force? boolean Evict pods too that nothing makes anew.
---@field interval? number How long between attempts, in seconds; 2 unless given.

--- Tells how the nodes are.
---
---     for _, node in ipairs(k8s.node_status()) do assert(node.ready, node.name) end
---@param options k8s.Options?
---@return {name: string, ready: boolean, roles: string[], capacity: table, allocatable: table}[]
function M.node_status(options)
  local out = json.array()
  for i, node in ipairs(objects.list(nil, "node", options).items) do
    local ready, roles, status = rest.condition(node, "Ready"), json.array(), node.status or {}
    for label in pairs(node.metadata.labels or {}) do
      local role = label:match("^node%-role%.kubernetes%.io/(.+)$")
      if role then roles[#roles + 1] = role end
    end
    table.sort(roles)
    out[i] = {
      name = node.metadata.name, ready = ready ~= nil and ready.status == "True", roles = roles,
      capacity = status.capacity or {}, allocatable = status.allocatable or {},
    }
  end
  return out
end

--- Keeps new pods away from a node.
---
---     k8s.cordon("node-1")
---@param node string
---@param options k8s.Options?
function M.cordon(node, options) objects.patch_resource(nil, "node", node, { spec = { unschedulable = true } }, options) end

--- Lets new pods onto a node again.
---
---     k8s.uncordon("node-1")
---@param node string
---@param options k8s.Options?
function M.uncordon(node, options) objects.patch_resource(nil, "node", node, { spec = { unschedulable = false } }, options) end

--- The pods that have to go, or why one may not.
local function leaving(node, o, asking)
  local listing = rest.without(asking)
  listing.field_selector = "spec.nodeName=" .. node
  local pods = {}
  for _, pod in ipairs(objects.list(nil, "pod", listing).items) do
    local m, owner = pod.metadata, nil
    for _, ref in ipairs(m.ownerReferences or {}) do owner = ref.controller and ref.kind or owner end
    local phase = pod.status and pod.status.phase
    local mirror = (m.annotations or {})["kubernetes.io/config.mirror"]
    if not mirror and owner ~= "DaemonSet" then
      local done = phase == "Succeeded" or phase == "Failed"
      if not owner and not o.force and not done then
        rest.fail("k8s.http", ("k8s.drain: nothing would make the pod %s/%s anew: give force"):format(m.namespace, m.name))
      end
      for _, volume in ipairs(pod.spec and pod.spec.volumes or {}) do
        if volume.emptyDir and not o.delete_emptydir and not done then
          rest.fail("k8s.http", ("k8s.drain: the pod %s/%s has an emptyDir: give delete_emptydir"):format(m.namespace, m.name))
        end
      end
      pods[#pods + 1] = pod
    end
  end
  return pods
end

--- Evicts a pod; false when a PodDisruptionBudget does not allow it now.
local function evict(pod, o, asking)
  local m = pod.metadata
  local body = {
    apiVersion = "policy/v1", kind = "Eviction", metadata = { name = m.name, namespace = m.namespace },
    deleteOptions = { gracePeriodSeconds = o.grace_period, preconditions = m.uid and { uid = m.uid } or nil },
  }
  local path = kinds._path(kinds._kind("pod"), m.namespace, m.name) .. "/eviction"
  local response = request._send("POST", path, { body = body }, asking)
  if response.status == 429 then return false end
  if not response.ok and response.status ~= 404 and response.status ~= 409 then
    rest.fail("k8s.http", ("k8s.post: HTTP %d %s: %s"):format(response.status, path, response.body), response)
  end
  return true
end

--- Empties a node: no new pods come, and those of it are evicted, as far as PodDisruptionBudgets allow, and waited for.
--- Pods of DaemonSets and static ones stay.
---
---     k8s.drain("node-1", {timeout = 600, delete_emptydir = true})
---@param node string
---@param options k8s.DrainOptions? And those of k8s.Options.
---@return integer # How many pods were evicted.
function M.drain(node, options)
  local o = options or {}
  local asking = rest.without(o, "timeout", "grace_period", "delete_emptydir", "force", "interval")
  M.cordon(node, asking)
  local evicted, left = {}, 0
  local count = 0
  local ok, e = pcall(rest.poll, o.timeout or 300, o.interval or 2, function()
    local pods = leaving(node, o, asking)
    left = #pods
    for _, pod in ipairs(pods) do
      local uid = pod.metadata.uid or pod.metadata.namespace .. "/" .. pod.metadata.name
      if not evicted[uid] and not pod.metadata.deletionTimestamp and evict(pod, o, asking) then
        evicted[uid], count = true, count + 1
      end
    end
    return left == 0
  end, "late")
  if ok then return count end
  if e ~= "late" then error(e, 0) end
  rest.fail("k8s.timeout", ("k8s.drain: %d pods are still on %s after %gs"):format(left, node, o.timeout or 300))
end

local factors = {
  n = 1e-9, u = 1e-6, m = 1e-3, [""] = 1, k = 1e3, M = 1e6, G = 1e9, T = 1e12, P = 1e15, E = 1e18,
  Ki = 2 ^ 10, Mi = 2 ^ 20, Gi = 2 ^ 30, Ti = 2 ^ 40, Pi = 2 ^ 50, Ei = 2 ^ 60,
}

--- Reads a quantity: "250m" is 0.25, "64Mi" is 67108864.
---
---     assert.eq(k8s.quantity("1500m"), 1.5)
---@param text string|number
---@return number
function M.quantity(text)
  local digits, unit = tostring(text):match("^([+-]?[%d.]+[eE][+-]?%d+)$"), ""
  if not digits then digits, unit = tostring(text):match("^([+-]?[%d.]+)(%a*)$") end
  local n, factor = tonumber(digits or ""), factors[unit or "?"]
  if not n or not factor then error("k8s.quantity: '" .. tostring(text) .. "' is no quantity", 2) end
  return n * factor
end

local function usage(item)
  return { cpu = M.quantity(item.cpu or 0), memory = M.quantity(item.memory or 0) }
end

--- Tells what nodes use, as metrics.k8s.io has it.
---
---     for _, node in ipairs(k8s.top_nodes()) do print(node.name, node.cpu, node.memory) end
---@param options k8s.Options?
---@return {name: string, cpu: number, memory: number}[] # In cores and bytes.
function M.top_nodes(options)
  local out = json.array()
  for i, item in ipairs(request.get("/apis/metrics.k8s.io/v1beta1/nodes", options).items or {}) do
    out[i] = usage(item.usage or {})
    out[i].name = item.metadata.name
  end
  return out
end

--- Tells what pods use, as metrics.k8s.io has it.
---
---     for _, pod in ipairs(k8s.top_pods("shop")) do print(pod.name, pod.cpu, pod.memory) end
---@param ns string|nil
---@param options k8s.Options?
---@return {name: string, namespace: string, cpu: number, memory: number}[] # In cores and bytes, of all containers.
function M.top_pods(ns, options)
  local out = json.array()
  local path = "/apis/metrics.k8s.io/v1beta1" .. (ns and rest.path("/namespaces/{}", ns) or "") .. "/pods"
  for i, item in ipairs(request.get(path, options).items or {}) do
    local sum = { name = item.metadata.name, namespace = item.metadata.namespace, cpu = 0, memory = 0 }
    for _, container in ipairs(item.containers or {}) do
      local used = usage(container.usage or {})
      sum.cpu, sum.memory = sum.cpu + used.cpu, sum.memory + used.memory
    end
    out[i] = sum
  end
  return out
end

return M
