--- Rollouts of workloads.

local rest = require("../internal/rest")
local request = require("./request")
local objects = require("./objects")

local M = {}

--- Tells how far a Deployment is.
---
---     local r = k8s.rollout_status("shop", "api")
---     print(r.ready .. " of " .. r.desired)
---@param ns string
---@param name string
---@param options k8s.Options?
---@return {desired: integer, updated: integer, ready: integer, available: integer, unavailable: integer, complete: boolean} # complete: all replicas are of the newest template and ready, and the controller has seen it.
function M.rollout_status(ns, name, options)
  local d = objects.get_resource(ns, "deployment", name, options)
  local spec, status = d.spec or {}, d.status or {}
  local out = {
    desired = spec.replicas or 1, updated = status.updatedReplicas or 0, ready = status.readyReplicas or 0,
    available = status.availableReplicas or 0, unavailable = status.unavailableReplicas or 0,
  }
  local generation, seen = d.metadata and d.metadata.generation, status.observedGeneration
  local current = not (generation and seen) or seen >= generation
  out.complete = current and out.updated == out.desired and out.ready == out.desired and (status.replicas or out.updated) <= out.updated
  return out
end

--- Waits until a Deployment's rollout is complete, and raises when it gets stuck.
---
---     k8s.rollout_restart("shop", "deployment", "api")
---     k8s.rollout_wait("shop", "api", 300)
---@param ns string
---@param name string
---@param timeout? number Seconds; 300 unless given.
---@param options k8s.Options?
---@return table # As rollout_status.
function M.rollout_wait(ns, name, timeout, options)
  timeout = timeout or 300
  local last
  local ok, e = pcall(rest.poll, timeout, 1, function()
    last = M.rollout_status(ns, name, options)
    if last.complete then return true end
    local c = rest.condition(objects.get_resource(ns, "deployment", name, options), "Progressing")
    if c and c.reason == "ProgressDeadlineExceeded" then
      rest.fail("k8s.timeout", ("k8s.rollout_wait: deployment %s/%s is stuck: %s"):format(ns, name, c.message or c.reason))
    end
  end, "late")
  if ok then return last end
  if e ~= "late" then error(e, 0) end
  rest.fail("k8s.timeout", ("k8s.rollout_wait: deployment %s/%s: %d of %d updated, %d ready after %gs"):format(ns, name, last.updated, last.desired, last.ready, timeout))
end

--- Restarts the pods of a workload one after the other, as its strategy says.
---
---     k8s.rollout_restart("shop", "deployment", "api")
---@param ns string
---@param kind string Deployment, StatefulSet or DaemonSet.
---@param name string
---@param options k8s.Options?
---@return table # The workload.
function M.rollout_restart(ns, kind, name, options)
  local change = { spec = { template = { metadata = { annotations = { ["kubectl.kubernetes.io/restartedAt"] = time.format(math.floor(time())) } } } } }
  local o = rest.without(options)
  o.type = "strategic"
  return objects.patch_resource(ns, kind, name, change, o)
end

local revision = "deployment.kubernetes.io/revision"

local function revision_of(object) return tonumber((object.metadata.annotations or {})[revision]) or 0 end

--- Takes a Deployment back to an earlier template.
---
---     k8s.rollout_undo("shop", "api")
---     k8s.rollout_undo("shop", "api", {revision = 3})
---@param ns string
---@param name string
---@param options k8s.Options? And revision; without it, the one before.
---@return table # The Deployment.
function M.rollout_undo(ns, name, options)
  local o = rest.without(options, "revision")
  local d = objects.get_resource(ns, "deployment", name, o)
  local current, target = revision_of(d), nil
  for _, rs in ipairs(objects.list(ns, "replicaset", o).items) do
    for _, owner in ipairs(rs.metadata.ownerReferences or {}) do
      if owner.uid == d.metadata.uid and owner.controller then
        local n = revision_of(rs)
        local wanted = options and options.revision
        if wanted and n == wanted or not wanted and n < current and (not target or n > revision_of(target)) then target = rs end
      end
    end
  end
  if not target then
    local which = options and options.revision and "revision " .. options.revision or "earlier revision"
    rest.fail("k8s.http", ("k8s.rollout_undo: deployment %s/%s has no %s"):format(ns, name, which))
  end
  local template = target.spec.template
  if template.metadata and template.metadata.labels then template.metadata.labels["pod-template-hash"] = nil end
  o.type = "json"
  return objects.patch_resource(ns, "deployment", name, { { op = "replace", path = "/spec/template", value = template } }, o)
end

--- Sets the number of replicas.
---
---     k8s.scale("shop", "deployment", "api", 3)
---@param ns string
---@param kind string
---@param name string
---@param replicas integer
---@param options k8s.Options?
---@return table # The Scale.
function M.scale(ns, kind, name, replicas, options)
  return request.patch(objects._at(ns, kind, name, options) .. "/scale", { spec = { replicas = replicas } }, options)
end

return M
