--- Reads and steers rollouts of Argo Rollouts, and reads their analyses.
---
---     local rollouts = require("assay.argo_rollouts")
---     local client = rollouts.client() -- the cluster that assay.k8s finds
---     client:wait_healthy("shop", "api", 300)
---
--- Without a URL the cluster is the one that assay.k8s finds, and options are those of assay.k8s. What is not there is nil, and a list of it empty. An answer
--- with another bad status raises an error with `code` ("argo_rollouts.http"), `status` and `body`.

local rest = require("./internal/rest")
local custom = require("./internal/custom")

local M = {}

---@alias argo_rollouts.code
---| "argo_rollouts.http" # The API server answered with a failure; e.status and e.body have it.
---| "argo_rollouts.answer" # The answer is no JSON.
---| "argo_rollouts.missing" # There is no such rollout.
---| "argo_rollouts.degraded" # The rollout has failed.
---| "argo_rollouts.timeout" # What was waited for did not come in time.

---@class argo_rollouts.Status
---@field phase "Healthy"|"Progressing"|"Paused"|"Degraded" "Progressing" until the controller has seen the last change.
---@field message string Why.
---@field step integer How many steps are done.
---@field steps integer How many there are.
---@field weight integer How much traffic the new version gets, in percent.
---@field desired integer Pods that there should be.
---@field updated integer Pods of the new version.
---@field available integer Pods that serve.
---@field aborted boolean Whether it was aborted.

--- A cluster.
---@class argo_rollouts.Client
local Client = {}
Client.__index = Client

--- Makes a client. Nothing is asked yet.
---
---     local client = argo_rollouts.client("https://kubernetes.default.svc", token, {ca_cert_file = "ca.crt"})
---@param url? string The API server; without it the cluster is looked for.
---@param token? string Who asks.
---@param options k8s.Options?
---@return argo_rollouts.Client
function M.client(url, token, options) return setmetatable({ api = custom.client("argo_rollouts", url, token, options) }, Client) end

local function path(ns, plural, name) return custom.path("argoproj.io/v1alpha1", ns, plural, name) end

--- Lists rollouts.
---
---     for _, r in ipairs(client:rollouts("shop").items) do print(r.metadata.name, r.status.phase) end
---@param ns string
---@return {items: table[]}
function Client:rollouts(ns) return self.api:list("rollouts", path(ns, "rollouts"), nil, true) end

--- Reads a rollout.
---
---     local r = client:rollout("shop", "api")
---@param ns string
---@param name string
---@return table|nil
function Client:rollout(ns, name) return self.api:read("rollout", path(ns, "rollouts", name)) end

local function found(self, ns, name)
  local o = self:rollout(ns, name)
  if not o then rest.fail("argo_rollouts.missing", ("argo_rollouts: rollout %s/%s not found"):format(ns, name)) end
  o.spec, o.status = o.spec or {}, o.status or {}
  return o
end

--- Tells how a rollout is. One that is not there raises.
---
---     local s = client:rollout_status("shop", "api")
---     print(s.phase, s.step .. "/" .. s.steps, s.weight .. "%")
---@param ns string
---@param name string
---@return argo_rollouts.Status
function Client:rollout_status(ns, name)
  local o = found(self, ns, name)
  local s, canary = o.status, (o.spec.strategy or {}).canary or {}
  local phase = s.phase
  -- Before the controller has seen a change, the phase is that of the last one.
  if not phase or s.observedGeneration and o.metadata.generation and tostring(s.observedGeneration) ~= tostring(o.metadata.generation) then phase = "Progressing" end
  local weights = ((s.canary or {}).weights or {}).canary or {}
  return {
    phase = phase, message = s.message or "", step = s.currentStepIndex or 0, steps = #(canary.steps or {}), weight = weights.weight or 0,
    desired = o.spec.replicas or 1, updated = s.updatedReplicas or 0, available = s.availableReplicas or 0, aborted = s.abort == true,
  }
end

--- Tells whether a rollout is healthy. One that is not there is not.
---
---     print(client:is_healthy("shop", "api"))
---@param ns string
---@param name string
---@return boolean
function Client:is_healthy(ns, name)
  return self:rollout(ns, name) ~= nil and self:rollout_status(ns, name).phase == "Healthy"
end

--- Waits until a rollout is healthy. One that has failed raises at once.
---
---     client:wait_healthy("shop", "api", 300)
---@param ns string
---@param name string
---@param timeout? number Seconds; 300 unless given.
---@param interval? number Between looks, in seconds; 2 unless given.
---@return argo_rollouts.Status
function Client:wait_healthy(ns, name, timeout, interval)
  local last
  rest.wait("argo_rollouts", ("argo_rollouts.wait_healthy: %s/%s"):format(ns, name), timeout or 300, interval or 2, function()
    last = self:rollout_status(ns, name)
    if last.phase == "Degraded" then rest.fail("argo_rollouts.degraded", ("argo_rollouts.wait_healthy: %s/%s is degraded: %s"):format(ns, name, last.message)) end
    return last.phase == "Healthy"
  end)
  return last
end

local function patch(self, operation, ns, name, change, status)
  local at = path(ns, "rollouts", name) .. (status and "/status" or "")
  return self.api:ask(operation, "PATCH", at, { body = change, headers = { ["content-type"] = "application/merge-patch+json" } }, "2xx")
end

--- Lets a rollout go on: from its pause, or to its next step.
---
---     client:promote("shop", "api")
---     client:promote("shop", "api", {full = true}) -- past all steps and analyses
---@param ns string
---@param name string
---@param options {full: boolean?}?
function Client:promote(ns, name, options)
  local o = found(self, ns, name)
  if o.spec.paused then patch(self, "promote", ns, name, { spec = { paused = false } }) end
  if options and options.full then
    patch(self, "promote", ns, name, { status = { promoteFull = true } }, true)
  elseif o.status.pauseConditions and #o.status.pauseConditions > 0 then
    patch(self, "promote", ns, name, { status = { pauseConditions = json.null } }, true)
  elseif not o.spec.paused and o.status.currentStepIndex then
    patch(self, "promote", ns, name, { status = { currentStepIndex = o.status.currentStepIndex + 1 } }, true)
  end
end

--- Takes a rollout back to the version before.
---
---     client:abort("shop", "api")
---@param ns string
---@param name string
function Client:abort(ns, name) patch(self, "abort", ns, name, { status = { abort = true } }, true) end

--- Begins a rollout again that was aborted.
---
---     client:retry("shop", "api")
---@param ns string
---@param name string
function Client:retry(ns, name) patch(self, "retry", ns, name, { status = { abort = false } }, true) end

--- Pauses a rollout until promote.
---
---     client:pause("shop", "api")
---@param ns string
---@param name string
function Client:pause(ns, name) patch(self, "pause", ns, name, { spec = { paused = true } }) end

--- Starts the pods of a rollout again, a few at a time.
---
---     client:restart("shop", "api")
---@param ns string
---@param name string
function Client:restart(ns, name) patch(self, "restart", ns, name, { spec = { restartAt = time.format(math.floor(time())) } }) end

--- Lists what analyses of rollouts found.
---
---     for _, a in ipairs(client:analysis_runs("shop").items) do print(a.metadata.name, a.status.phase) end
---@param ns string
---@return {items: table[]}
function Client:analysis_runs(ns) return self.api:list("analysis_runs", path(ns, "analysisruns"), nil, true) end

--- Reads what an analysis found.
---
---     print(client:analysis_run("shop", "api-5d-2").status.message)
---@param ns string
---@param name string
---@return table|nil
function Client:analysis_run(ns, name) return self.api:read("analysis_run", path(ns, "analysisruns", name)) end

return M
