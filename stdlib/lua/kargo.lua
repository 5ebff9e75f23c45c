--- Reads stages, freight and promotions of Kargo, and promotes.
---
---     local kargo = require("assay.kargo")
---     local client = kargo.client() -- the cluster that assay.k8s finds
---     client:promote("shop", "prod", "f5f87aa23c9e97f43eb83dd63768ee41f5ba3766")
---     client:wait_stage_healthy("shop", "prod", 300)
---
--- Without a URL the cluster is the one that assay.k8s finds, and options are those of assay.k8s. An answer with a bad
--- status raises an error with `code` ("kargo.http"), `status` and `body`.

local rest = require("./internal/rest")
local custom = require("./internal/custom")

local M = {}

---@alias kargo.code
---| "kargo.http" # The API server answered with a failure; e.status and e.body have it.
---| "kargo.answer" # The answer is no JSON.
---| "kargo.timeout" # What was waited for did not come in time.

--- A cluster.
---@class kargo.Client
local Client = {}
Client.__index = Client

--- Makes a client. Nothing is asked yet.
---
---     local client = kargo.client("https://kubernetes.default.svc", token, {ca_cert_file = "ca.crt"})
---@param url? string The API server; without it the cluster is looked for.
---@param token? string Who asks.
---@param options k8s.Options?
---@return kargo.Client
function M.client(url, token, options)
  return setmetatable({ api = custom.client("kargo", url, token, options) }, Client)
end

local function path(ns, plural, name) return custom.path("kargo.akuity.io/v1alpha1", ns, plural, name) end

local function get(self, operation, ns, plural, name) return self.api:ask(operation, "GET", path(ns, plural, name)) end

local function list(self, operation, ns, plural, query) return self.api:list(operation, path(ns, plural), query).items end

--- Lists the stages of a project.
---
---     for _, stage in ipairs(client:stages("shop")) do print(stage.metadata.name) end
---@param ns string The project's namespace.
---@return table[]
function Client:stages(ns) return list(self, "stages", ns, "stages") end

--- Reads a stage.
---
---     print(client:stage("shop", "prod").spec.requestedFreight[1].origin.name)
---@param ns string
---@param name string
---@return table
function Client:stage(ns, name) return get(self, "stage", ns, "stages", name) end

local function status_of(stage)
  local s = stage.status or {}
  return {
    phase = s.phase, current_freight_id = s.currentFreight and s.currentFreight.name or s.currentFreightId, health = s.health,
    conditions = s.conditions or json.array(),
  }
end

local function healthy(stage)
  if status_of(stage).phase == "Steady" then return true end
  local last
  for _, c in ipairs(status_of(stage).conditions) do
    if c.type == "Healthy" then last = c end
  end
  return last ~= nil and last.status == "True"
end

--- Tells how a stage is, and which freight it has.
---
---     print(client:stage_status("shop", "prod").current_freight_id)
---@param ns string
---@param name string
---@return {phase: string?, current_freight_id: string?, health: table?, conditions: table[]}
function Client:stage_status(ns, name) return status_of(self:stage(ns, name)) end

--- Tells whether a stage is steady, or its last condition Healthy is True.
---
---     assert(client:is_stage_healthy("shop", "prod"))
---@param ns string
---@param name string
---@return boolean
function Client:is_stage_healthy(ns, name) return healthy(self:stage(ns, name)) end

--- Waits until a stage is healthy. Errors are not raised: it may come yet.
---
---     client:wait_stage_healthy("shop", "prod", 300)
---@param ns string
---@param name string
---@param timeout? number Seconds; 60 unless given.
---@return boolean # true; when it takes too long, it raises.
function Client:wait_stage_healthy(ns, name, timeout)
  return rest.wait("kargo", ("kargo.wait_stage_healthy: %s/%s"):format(ns, name), timeout or 60, 5, function()
    local ok, is = pcall(self.is_stage_healthy, self, ns, name)
    return ok and is
  end)
end

--- Lists the freight of a project.
---
---     for _, f in ipairs(client:freight_list("shop", {warehouse = "images"})) do print(f.metadata.name, f.alias) end
---@param ns string
---@param options {stage: string?, warehouse: string?}? Of one stage, of one warehouse, or both.
---@return table[]
function Client:freight_list(ns, options)
  local labels = {}
  for _, name in ipairs({ "stage", "warehouse" }) do
    if options and options[name] then labels[#labels + 1] = "kargo.akuity.io/" .. name .. "=" .. options[name] end
  end
  return list(self, "freight_list", ns, "freights", #labels > 0 and { labelSelector = table.concat(labels, ",") } or nil)
end

--- Reads a piece of freight.
---
---     print(client:freight("shop", id).alias)
---@param ns string
---@param name string
---@return table
function Client:freight(ns, name) return get(self, "freight", ns, "freights", name) end

--- Tells where a piece of freight is, and where it was verified and approved.
---
---     print(json.encode(client:freight_status("shop", id).verifiedIn))
---@param ns string
---@param name string
---@return table
function Client:freight_status(ns, name) return self:freight(ns, name).status or {} end

--- Lists the promotions of a project.
---
---     for _, p in ipairs(client:promotions("shop", {stage = "prod"})) do print(p.metadata.name, p.status.phase) end
---@param ns string
---@param options {stage: string?}?
---@return table[]
function Client:promotions(ns, options)
  local query = options and options.stage and { labelSelector = "kargo.akuity.io/stage=" .. options.stage } or nil
  return list(self, "promotions", ns, "promotions", query)
end

--- Reads a promotion.
---
---     print(client:promotion("shop", name).spec.freight)
---@param ns string
---@param name string
---@return table
function Client:promotion(ns, name) return get(self, "promotion", ns, "promotions", name) end

--- Tells how far a promotion is.
---
---     print(client:promotion_status("shop", name).phase)
---@param ns string
---@param name string
---@return {phase: string?, message: string?, freight_id: string?}
function Client:promotion_status(ns, name)
  local p = self:promotion(ns, name)
  local s = p.status or {}
  return { phase = s.phase, message = s.message, freight_id = s.freight and s.freight.name or s.freightId or p.spec and p.spec.freight }
end

--- Promotes freight to a stage.
---
---     local p = client:promote("shop", "prod", id)
---     print(p.metadata.name)
---@param ns string
---@param stage string
---@param freight string Its name.
---@return table # The Promotion.
function Client:promote(ns, stage, freight)
  local body = {
    apiVersion = "kargo.akuity.io/v1alpha1", kind = "Promotion", metadata = { namespace = ns, generateName = stage .. "-" },
    spec = { stage = stage, freight = freight },
  }
  return self.api:ask("promote", "POST", path(ns, "promotions"), { body = body }, "2xx")
end

--- Lists the warehouses of a project.
---
---     print(#client:warehouses("shop"))
---@param ns string
---@return table[]
function Client:warehouses(ns) return list(self, "warehouses", ns, "warehouses") end

--- Reads a warehouse.
---
---     print(#client:warehouse("shop", "images").spec.subscriptions)
---@param ns string
---@param name string
---@return table
function Client:warehouse(ns, name) return get(self, "warehouse", ns, "warehouses", name) end

--- Lists the projects.
---
---     for _, p in ipairs(client:projects()) do print(p.metadata.name) end
---@return table[]
function Client:projects() return list(self, "projects", nil, "projects") end

--- Reads a project.
---
---     print(json.encode(client:project("shop").status))
---@param name string
---@return table
function Client:project(name) return get(self, "project", nil, "projects", name) end

--- Tells how all stages of a project are.
---
---     for _, s in ipairs(client:pipeline_status("shop")) do print(s.name, s.freight, s.healthy) end
---@param ns string
---@return {name: string, phase: string?, freight: string?, healthy: boolean}[]
function Client:pipeline_status(ns)
  local out = json.array()
  for i, stage in ipairs(self:stages(ns)) do
    local s = status_of(stage)
    out[i] = { name = stage.metadata.name, phase = s.phase, freight = s.current_freight_id, healthy = healthy(stage) }
  end
  return out
end

return M
