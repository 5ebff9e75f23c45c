--- Controllers: they make what is there as objects say it shall be.

local rest = require("../internal/rest")
local Controller = require("../internal/controller")
local Lease = require("../internal/lease")

local M = {}

---@class k8s.WatchedKind
---@field kind string Such as "configmap", or "widgets.example.com".
---@field namespace? string Where; without it where the controller watches.
---@field label_selector? string Such as "app=api".
---@field field_selector? string Such as "metadata.name=api".
---@field owned? boolean The owners of what has changed are reconciled. So it is for kinds after the first unless map is given.
---@field map? fun(object: table, all: fun(): table[]): (string|table)[] Which objects are reconciled when this one changes: keys "namespace/name", or objects; all gives those that there are.

---@class k8s.LeaseOptions
---@field name? string Of the Lease; the controller's name unless given.
---@field namespace? string Of the Lease; the pod's unless given.
---@field duration? number How long a leader that is not heard of stays one, in seconds; 15 unless given.
---@field renew? number How long a leader that cannot renew goes on, in seconds; two thirds of duration unless given.
---@field retry? number How long between attempts, in seconds; 2 unless given.
---@field identity? string Who this replica is; made of the host's name unless given.

---@class k8s.ControllerOptions
---@field watch string|k8s.WatchedKind|(string|k8s.WatchedKind)[] What is watched; the objects of the first kind are reconciled.
---@field namespace? string Where it watches; without it, everywhere.
---@field reconcile fun(object: table, ctx: k8s.ReconcileContext): number? Makes what is there as the object says, and may give the seconds after which it is to be called again.
---@field finalize? fun(object: table, ctx: k8s.ReconcileContext) Cleans up before an object goes. It is called until it does not raise; until then a finalizer keeps the object.
---@field deleted? fun(object: table, ctx: k8s.ReconcileContext) Hears of an object that has gone, as it was last seen; not of those that went while nobody watched.
---@field name? string Of the field manager, the finalizer and the Lease; "assay-" and the kind unless given.
---@field finalizer? string "assay.rs/" and the name unless given.
---@field workers? integer How many objects are reconciled at a time; 1 unless given.
---@field resync? number After how many seconds each object is reconciled again; 600 unless given, 0 for never.
---@field backoff? {initial: number?, max: number?} How long an object waits after a failure, in seconds, twice as long each time: from 0.1 to 60 unless given.
---@field lease? boolean|k8s.LeaseOptions Let one of several replicas reconcile.
---@field port? integer Serve /healthz, /readyz and /metrics.
---@field host? string The address to serve at; all of this host's unless given.
---@field on_listen? fun(port: integer) Called once it is served.
---@field grace? number How long reconciles that run may take to finish at the end, in seconds; 20 unless given.

local own = { "watch", "reconcile", "finalize", "deleted", "finalizer", "workers", "resync", "backoff", "lease", "port", "host", "on_listen", "grace", "name" }

local function list_of(watched)
  if type(watched) == "string" or type(watched) == "table" and watched.kind then watched = { watched } end
  if type(watched) ~= "table" or #watched == 0 then error("k8s.controller: watch is expected: which kinds", 3) end
  local list = {}
  for i, w in ipairs(watched) do
    if type(w) == "string" then w = { kind = w } end
    if type(w) ~= "table" or type(w.kind) ~= "string" then error(("k8s.controller: watch[%d]: a kind is expected"):format(i), 3) end
    list[i] = w
  end
  return list
end

--- Runs a controller until the script is told to end: it watches objects, and calls reconcile for each that is there and
--- whenever it, or what it owns, has changed. Changes of one object that come while it waits or is worked at are one call;
--- one object is worked at by one task at a time. What raises is tried again, later each time. Calls are for the state that
--- is there, not for events: reconcile is to do the same when it is called once more.
---
--- With lease, one of several replicas reconciles; one that loses the Lease stops its reconciles, and another takes over
--- once the Lease is over. At SIGTERM running reconciles have grace seconds to finish, the Lease is given back, and the
--- status is 0. What cannot go on, such as a watch that is forbidden, raises.
---
---     k8s.controller({
---       watch = {{kind = "replications.example.com"}, {kind = "configmap", owned = true}},
---       reconcile = function(object, ctx)
---         ctx:apply({apiVersion = "v1", kind = "ConfigMap", metadata = {name = object.metadata.name, namespace = "shop"}, data = object.spec.data})
---         ctx:condition("Ready", true, "Copied")
---       end,
---       lease = true, port = 8080,
---     })
---@param options k8s.ControllerOptions And those of k8s.Options.
function M.controller(options)
  local o = options or {}
  if type(o.reconcile) ~= "function" then error("k8s.controller: reconcile is expected: a function", 2) end
  local list = list_of(o.watch)
  if not (http.serve and async.graceful) then error("k8s.controller: only scripts run controllers, not checks", 2) end
  local c = Controller.new(o, list, rest.without(o, table.unpack(own)))
  local lease
  if o.lease then
    local settings = rest.without(o.lease ~= true and o.lease or {})
    settings.name = settings.name or c.name
    lease = Lease.new(settings, c.asking)
  end
  if o.port then c:serve(o) end
  async.graceful(function(ending)
    async.spawn(function()
      ending.recv()
      c:stop()
    end)
    c:run(lease)
    if c.failed then error(c.failed, 0) end
  end, o.grace or 20)
end

return M
