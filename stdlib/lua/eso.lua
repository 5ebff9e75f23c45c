--- Reads what the External Secrets Operator is doing: external secrets and their stores.
---
---     local eso = require("assay.eso")
---     local client = eso.client() -- the cluster that assay.k8s finds
---     client:wait_secret_synced("shop", "db", 60)
---
--- Without a URL the cluster is the one that assay.k8s finds, and options are those of assay.k8s. An object that is not there is nil. An answer
--- with another bad status raises an error with `code` ("eso.http"), `status` and `body`.

local rest = require("./internal/rest")
local custom = require("./internal/custom")

local M = {}

---@alias eso.code
---| "eso.http" # The API server answered with a failure; e.status and e.body have it.
---| "eso.answer" # The answer is no JSON.
---| "eso.timeout" # What was waited for did not come in time.
---| "eso.missing" # There is no such object.

--- A cluster.
---@class eso.Client
local Client = {}
Client.__index = Client

--- Makes a client. Nothing is asked yet.
---
---     local client = eso.client("https://kubernetes.default.svc", token, {ca_cert_file = "ca.crt"})
---@param url? string The API server; without it the cluster is looked for.
---@param token? string Who asks.
---@param options k8s.Options? And version, "v1" for newer operators; "v1beta1" unless given.
---@return eso.Client
function M.client(url, token, options)
  local version = options and options.version or "v1beta1"
  return setmetatable({ api = custom.client("eso", url, token, rest.without(options, "version")), version = "external-secrets.io/" .. version }, Client)
end

--- Lists ExternalSecrets.
---
---     for _, o in ipairs(client:external_secrets("shop").items) do print(o.metadata.name) end
---@param ns string|nil The namespace; nil is all.
---@return {items: table[]}
function Client:external_secrets(ns) return self.api:list("external_secrets", custom.path(self.version, ns, "externalsecrets")) end

--- Reads an ExternalSecret.
---
---     local o = client:external_secret("shop", "main")
---@param ns string
---@param name string
---@return table|nil
function Client:external_secret(ns, name) return self.api:read("external_secret", custom.path(self.version, ns, "externalsecrets", name)) end

local function found(operation, o, ns, name)
  if not o then rest.fail("eso.missing", ("eso.%s: %s/%s not found"):format(operation, ns, name)) end
  return o
end

--- Tells how an ExternalSecret is. One that is not there raises.
---
---     print(client:external_secret_status("shop", "db").status)
---@param ns string
---@param name string
---@return {ready: boolean, status: string, sync_hash: string, conditions: table[]} # status is the reason of the condition Ready, or "Unknown".
function Client:external_secret_status(ns, name)
  local o = found("external_secret_status", self:external_secret(ns, name), ns, name)
  local c, s = rest.condition(o, "Ready"), o.status or {}
  return {
    ready = c ~= nil and c.status == "True", status = c and c.reason or "Unknown", sync_hash = s.syncedResourceVersion or "",
    conditions = s.conditions or json.array(),
  }
end

--- Tells whether an ExternalSecret is synced. One that is not there is not.
---
---     assert(client:is_secret_synced("shop", "main"))
---@param ns string
---@param name string
---@return boolean
function Client:is_secret_synced(ns, name) return custom.is(self:external_secret(ns, name), "Ready") end

--- Waits until an ExternalSecret is synced.
---
---     client:wait_secret_synced("shop", "main", 120)
---@param ns string
---@param name string
---@param timeout? number Seconds; 60 unless given.
---@return boolean # true; when it takes too long, it raises.
function Client:wait_secret_synced(ns, name, timeout)
  timeout = timeout or 60
  return rest.wait("eso", "eso.wait_secret_synced: " .. ns .. "/" .. name, timeout, 5, function() return self:is_secret_synced(ns, name) end)
end

--- Lists SecretStores.
---
---     for _, o in ipairs(client:secret_stores("shop").items) do print(o.metadata.name) end
---@param ns string|nil The namespace; nil is all.
---@return {items: table[]}
function Client:secret_stores(ns) return self.api:list("secret_stores", custom.path(self.version, ns, "secretstores")) end

--- Reads a SecretStore.
---
---     local o = client:secret_store("shop", "main")
---@param ns string
---@param name string
---@return table|nil
function Client:secret_store(ns, name) return self.api:read("secret_store", custom.path(self.version, ns, "secretstores", name)) end

--- Tells how a SecretStore is. One that is not there raises.
---
---     assert(client:secret_store_status("shop", "vault").ready)
---@param ns string
---@param name string
---@return {ready: boolean, conditions: table[]}
function Client:secret_store_status(ns, name)
  local o = found("secret_store_status", self:secret_store(ns, name), ns, name)
  return { ready = custom.is(o, "Ready"), conditions = o.status and o.status.conditions or json.array() }
end

--- Tells whether a SecretStore is ready. One that is not there is not.
---
---     assert(client:is_store_ready("shop", "main"))
---@param ns string
---@param name string
---@return boolean
function Client:is_store_ready(ns, name) return custom.is(self:secret_store(ns, name), "Ready") end

--- Lists ClusterSecretStores.
---
---     for _, o in ipairs(client:cluster_secret_stores().items) do print(o.metadata.name) end
---@return {items: table[]}
function Client:cluster_secret_stores() return self.api:list("cluster_secret_stores", custom.path(self.version, nil, "clustersecretstores")) end

--- Reads a ClusterSecretStore.
---
---     local o = client:cluster_secret_store("main")
---@param name string
---@return table|nil
function Client:cluster_secret_store(name) return self.api:read("cluster_secret_store", custom.path(self.version, nil, "clustersecretstores", name)) end

--- Tells whether a ClusterSecretStore is ready. One that is not there is not.
---
---     assert(client:is_cluster_store_ready("main"))
---@param name string
---@return boolean
function Client:is_cluster_store_ready(name) return custom.is(self:cluster_secret_store(name), "Ready") end

--- Lists ClusterExternalSecrets.
---
---     for _, o in ipairs(client:cluster_external_secrets().items) do print(o.metadata.name) end
---@return {items: table[]}
function Client:cluster_external_secrets() return self.api:list("cluster_external_secrets", custom.path(self.version, nil, "clusterexternalsecrets")) end

--- Reads a ClusterExternalSecret.
---
---     local o = client:cluster_external_secret("main")
---@param name string
---@return table|nil
function Client:cluster_external_secret(name) return self.api:read("cluster_external_secret", custom.path(self.version, nil, "clusterexternalsecrets", name)) end

--- Counts the ExternalSecrets that are synced.
---
---     local all = client:all_secrets_synced("shop")
---     assert.eq(all.failed, 0, table.concat(all.failed_names, ", "))
---@param ns string|nil
---@return {synced: integer, failed: integer, total: integer, failed_names: string[]}
function Client:all_secrets_synced(ns)
  return custom.count(self:external_secrets(ns).items, "synced", "failed", function(o) return custom.is(o, "Ready") end)
end

--- Counts the SecretStores that are ready.
---
---     local all = client:all_stores_ready("shop")
---     assert.eq(all.not_ready, 0, table.concat(all.not_ready_names, ", "))
---@param ns string|nil
---@return {ready: integer, not_ready: integer, total: integer, not_ready_names: string[]}
function Client:all_stores_ready(ns)
  return custom.count(self:secret_stores(ns).items, "ready", "not_ready", function(o) return custom.is(o, "Ready") end)
end

return M
