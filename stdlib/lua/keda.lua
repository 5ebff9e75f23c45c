--- Reads what KEDA scales, and pauses it.
---
---     local keda = require("assay.keda")
---     local client = keda.client() -- the cluster that assay.k8s finds
---     assert(client:is_ready("shop", "worker"))
---
--- Without a URL the cluster is the one that assay.k8s finds, and options are those of assay.k8s. What is not there is nil, and a list of it empty. An answer
--- with another bad status raises an error with `code` ("keda.http"), `status` and `body`.

local rest = require("./internal/rest")
local custom = require("./internal/custom")

local M = {}

---@alias keda.code
---| "keda.http" # The API server answered with a failure; e.status and e.body have it.
---| "keda.answer" # The answer is no JSON.
---| "keda.missing" # There is no such object.

---@class keda.Status
---@field ready boolean Whether KEDA can scale it.
---@field active boolean Whether a trigger is.
---@field fallback boolean Whether triggers fail and the replicas are those of the fallback.
---@field paused boolean Whether scaling is paused.
---@field hpa string The name of its HorizontalPodAutoscaler.
---@field metrics string[] The names of the metrics that it asks for.
---@field last_active string? When a trigger was last active, as RFC 3339.

--- A cluster.
---@class keda.Client
local Client = {}
Client.__index = Client

--- Makes a client. Nothing is asked yet.
---
---     local client = keda.client("https://kubernetes.default.svc", token, {ca_cert_file = "ca.crt"})
---@param url? string The API server; without it the cluster is looked for.
---@param token? string Who asks.
---@param options k8s.Options?
---@return keda.Client
function M.client(url, token, options) return setmetatable({ api = custom.client("keda", url, token, options) }, Client) end

local function path(ns, plural, name) return custom.path("keda.sh/v1alpha1", ns, plural, name) end

--- Lists scaled objects.
---
---     for _, o in ipairs(client:scaled_objects("shop").items) do print(o.metadata.name, o.spec.scaleTargetRef.name) end
---@param ns string
---@return {items: table[]}
function Client:scaled_objects(ns) return self.api:list("scaled_objects", path(ns, "scaledobjects"), nil, true) end

--- Reads a scaled object.
---
---     print(client:scaled_object("shop", "worker").spec.maxReplicaCount)
---@param ns string
---@param name string
---@return table|nil
function Client:scaled_object(ns, name) return self.api:read("scaled_object", path(ns, "scaledobjects", name)) end

--- Tells how a scaled object is. One that is not there raises.
---
---     local s = client:scaled_object_status("shop", "worker")
---     print(s.ready, s.active, s.hpa)
---@param ns string
---@param name string
---@return keda.Status
function Client:scaled_object_status(ns, name)
  local o = self:scaled_object(ns, name)
  if not o then rest.fail("keda.missing", ("keda: scaled object %s/%s not found"):format(ns, name)) end
  local s, annotations = o.status or {}, o.metadata.annotations or {}
  return {
    ready = custom.is(o, "Ready"), active = custom.is(o, "Active"), fallback = custom.is(o, "Fallback"),
    paused = annotations["autoscaling.keda.sh/paused"] == "true" or annotations["autoscaling.keda.sh/paused-replicas"] ~= nil,
    hpa = s.hpaName or "", metrics = s.externalMetricNames or json.array(), last_active = s.lastActiveTime,
  }
end

--- Tells whether KEDA can scale something. What is not there it cannot.
---
---     assert(client:is_ready("shop", "worker"))
---@param ns string
---@param name string
---@return boolean
function Client:is_ready(ns, name) return custom.is(self:scaled_object(ns, name), "Ready") end

--- Tells whether a trigger of a scaled object is active.
---
---     print(client:is_active("shop", "worker"))
---@param ns string
---@param name string
---@return boolean
function Client:is_active(ns, name) return custom.is(self:scaled_object(ns, name), "Active") end

--- Tells how many scaled objects of a namespace are ready.
---
---     local all = client:all_ready("shop")
---     assert.eq(all.not_ready, 0, table.concat(all.not_ready_names, ", "))
---@param ns string
---@return {ready: integer, not_ready: integer, total: integer, not_ready_names: string[]}
function Client:all_ready(ns)
  return custom.count(self:scaled_objects(ns).items, "ready", "not_ready", function(o) return custom.is(o, "Ready") end)
end

local function annotate(self, operation, ns, name, annotations)
  self.api:ask(operation, "PATCH", path(ns, "scaledobjects", name), {
    body = { metadata = { annotations = annotations } }, headers = { ["content-type"] = "application/merge-patch+json" },
  }, "2xx")
end

--- Pauses scaling, at the replicas that there are or at some.
---
---     client:pause("shop", "worker", 0)
---@param ns string
---@param name string
---@param replicas? integer
function Client:pause(ns, name, replicas)
  annotate(self, "pause", ns, name, {
    ["autoscaling.keda.sh/paused"] = not replicas and "true" or nil, ["autoscaling.keda.sh/paused-replicas"] = replicas and tostring(replicas),
  })
end

--- Ends a pause.
---
---     client:resume("shop", "worker")
---@param ns string
---@param name string
function Client:resume(ns, name)
  annotate(self, "resume", ns, name, { ["autoscaling.keda.sh/paused"] = json.null, ["autoscaling.keda.sh/paused-replicas"] = json.null })
end

--- Lists scaled jobs.
---
---     print(#client:scaled_jobs("shop").items)
---@param ns string
---@return {items: table[]}
function Client:scaled_jobs(ns) return self.api:list("scaled_jobs", path(ns, "scaledjobs"), nil, true) end

--- Reads a scaled job.
---
---     print(client:scaled_job("shop", "import").spec.maxReplicaCount)
---@param ns string
---@param name string
---@return table|nil
function Client:scaled_job(ns, name) return self.api:read("scaled_job", path(ns, "scaledjobs", name)) end

--- Lists what triggers log in with.
---
---     print(#client:trigger_authentications("shop").items)
---@param ns string
---@return {items: table[]}
function Client:trigger_authentications(ns) return self.api:list("trigger_authentications", path(ns, "triggerauthentications"), nil, true) end

return M
