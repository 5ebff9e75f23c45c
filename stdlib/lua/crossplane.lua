--- Reads what Crossplane is doing: packages, composite definitions and managed resources.
---
---     local crossplane = require("assay.crossplane")
---     local client = crossplane.client() -- the cluster that assay.k8s finds
---     assert(client:is_provider_healthy("provider-aws-s3"))
---
--- Without a URL the cluster is the one that assay.k8s finds, and options are those of assay.k8s. What is not there is nil, and a list of it empty. An answer
--- with another bad status raises an error with `code` ("crossplane.http"), `status` and `body`.

local rest = require("./internal/rest")
local custom = require("./internal/custom")

local M = {}

---@alias crossplane.code
---| "crossplane.http" # The API server answered with a failure; e.status and e.body have it.
---| "crossplane.answer" # The answer is no JSON.
---| "crossplane.missing" # There is no such object.

--- A cluster.
---@class crossplane.Client
local Client = {}
Client.__index = Client

--- Makes a client. Nothing is asked yet.
---
---     local client = crossplane.client("https://kubernetes.default.svc", token, {ca_cert_file = "ca.crt"})
---@param url? string The API server; without it the cluster is looked for.
---@param token? string Who asks.
---@param options k8s.Options?
---@return crossplane.Client
function M.client(url, token, options)
  return setmetatable({ api = custom.client("crossplane", url, token, options) }, Client)
end

--- Lists Providers.
---
---     for _, o in ipairs(client:providers().items) do print(o.metadata.name) end
---@return {items: table[]}
function Client:providers() return self.api:list("providers", custom.path("pkg.crossplane.io/v1", nil, "providers"), nil, true) end

--- Reads a Provider.
---
---     local o = client:provider("main")
---@param name string
---@return table|nil
function Client:provider(name) return self.api:read("provider", custom.path("pkg.crossplane.io/v1", nil, "providers", name)) end

--- Tells whether a Provider is healthy. One that is not there is not.
---
---     assert(client:is_provider_healthy("main"))
---@param name string
---@return boolean
function Client:is_provider_healthy(name) return custom.is(self:provider(name), "Healthy") end

--- Tells whether a Provider is installed. One that is not there is not.
---
---     assert(client:is_provider_installed("main"))
---@param name string
---@return boolean
function Client:is_provider_installed(name) return custom.is(self:provider(name), "Installed") end

--- Tells how a Provider is. One that is not there raises.
---
---     print(client:provider_status("provider-aws-s3").current_revision)
---@param name string
---@return {installed: boolean, healthy: boolean, current_revision: string?, conditions: table[]}
function Client:provider_status(name)
  local o = self:provider(name)
  if not o then rest.fail("crossplane.missing", "crossplane.provider_status: provider " .. name .. " not found") end
  local s = o.status or {}
  return {
    installed = custom.is(o, "Installed"), healthy = custom.is(o, "Healthy"), current_revision = s.currentRevision,
    conditions = s.conditions or json.array(),
  }
end

--- Lists ProviderRevisions.
---
---     for _, o in ipairs(client:provider_revisions().items) do print(o.metadata.name) end
---@return {items: table[]}
function Client:provider_revisions() return self.api:list("provider_revisions", custom.path("pkg.crossplane.io/v1", nil, "providerrevisions"), nil, true) end

--- Reads a ProviderRevision.
---
---     local o = client:provider_revision("main")
---@param name string
---@return table|nil
function Client:provider_revision(name) return self.api:read("provider_revision", custom.path("pkg.crossplane.io/v1", nil, "providerrevisions", name)) end

--- Lists Configurations.
---
---     for _, o in ipairs(client:configurations().items) do print(o.metadata.name) end
---@return {items: table[]}
function Client:configurations() return self.api:list("configurations", custom.path("pkg.crossplane.io/v1", nil, "configurations"), nil, true) end

--- Reads a Configuration.
---
---     local o = client:configuration("main")
---@param name string
---@return table|nil
function Client:configuration(name) return self.api:read("configuration", custom.path("pkg.crossplane.io/v1", nil, "configurations", name)) end

--- Tells whether a Configuration is healthy. One that is not there is not.
---
---     assert(client:is_configuration_healthy("main"))
---@param name string
---@return boolean
function Client:is_configuration_healthy(name) return custom.is(self:configuration(name), "Healthy") end

--- Tells whether a Configuration is installed. One that is not there is not.
---
---     assert(client:is_configuration_installed("main"))
---@param name string
---@return boolean
function Client:is_configuration_installed(name) return custom.is(self:configuration(name), "Installed") end

--- Lists Functions.
---
---     for _, o in ipairs(client:functions().items) do print(o.metadata.name) end
---@return {items: table[]}
function Client:functions() return self.api:list("functions", custom.path("pkg.crossplane.io/v1beta1", nil, "functions"), nil, true) end

--- Reads a Function.
---
---     local o = client:xfunction("main")
---@param name string
---@return table|nil
function Client:xfunction(name) return self.api:read("xfunction", custom.path("pkg.crossplane.io/v1beta1", nil, "functions", name)) end

--- Tells whether a Function is healthy. One that is not there is not.
---
---     assert(client:is_function_healthy("main"))
---@param name string
---@return boolean
function Client:is_function_healthy(name) return custom.is(self:xfunction(name), "Healthy") end

--- Lists CompositeResourceDefinitions.
---
---     for _, o in ipairs(client:xrds().items) do print(o.metadata.name) end
---@return {items: table[]}
function Client:xrds() return self.api:list("xrds", custom.path("apiextensions.crossplane.io/v1", nil, "compositeresourcedefinitions"), nil, true) end

--- Reads a CompositeResourceDefinition.
---
---     local o = client:xrd("main")
---@param name string
---@return table|nil
function Client:xrd(name) return self.api:read("xrd", custom.path("apiextensions.crossplane.io/v1", nil, "compositeresourcedefinitions", name)) end

--- Tells whether a CompositeResourceDefinition is established. One that is not there is not.
---
---     assert(client:is_xrd_established("main"))
---@param name string
---@return boolean
function Client:is_xrd_established(name) return custom.is(self:xrd(name), "Established") end

--- Lists Compositions.
---
---     for _, o in ipairs(client:compositions().items) do print(o.metadata.name) end
---@return {items: table[]}
function Client:compositions() return self.api:list("compositions", custom.path("apiextensions.crossplane.io/v1", nil, "compositions"), nil, true) end

--- Reads a Composition.
---
---     local o = client:composition("main")
---@param name string
---@return table|nil
function Client:composition(name) return self.api:read("composition", custom.path("apiextensions.crossplane.io/v1", nil, "compositions", name)) end

--- Reads a managed resource.
---
---     local bucket = client:managed_resource("s3.aws.upbound.io", "v1beta1", "buckets", "assets")
---@param group string
---@param version string
---@param plural string
---@param name string
---@return table|nil
function Client:managed_resource(group, version, plural, name)
  return self.api:read("managed_resource", custom.path(group .. "/" .. version, nil, plural, name))
end

--- Tells whether a managed resource is ready. One that is not there is not.
---
---     assert(client:is_managed_ready("s3.aws.upbound.io", "v1beta1", "buckets", "assets"))
---@param group string
---@param version string
---@param plural string
---@param name string
---@return boolean
function Client:is_managed_ready(group, version, plural, name)
  return custom.is(self:managed_resource(group, version, plural, name), "Ready")
end

--- Lists managed resources of a kind.
---
---     print(#client:managed_resources("s3.aws.upbound.io", "v1beta1", "buckets").items)
---@param group string
---@param version string
---@param plural string
---@return {items: table[]}
function Client:managed_resources(group, version, plural)
  return self.api:list("managed_resources", custom.path(group .. "/" .. version, nil, plural), nil, true)
end

--- Counts the Providers that are healthy.
---
---     local all = client:all_providers_healthy()
---     assert.eq(all.unhealthy, 0, table.concat(all.unhealthy_names, ", "))
---@return {healthy: integer, unhealthy: integer, total: integer, unhealthy_names: string[]}
function Client:all_providers_healthy()
  return custom.count(self:providers().items, "healthy", "unhealthy", function(o) return custom.is(o, "Healthy") end)
end

--- Counts the CompositeResourceDefinitions that are established.
---
---     local all = client:all_xrds_established()
---     assert.eq(all.not_established, 0, table.concat(all.not_established_names, ", "))
---@return {established: integer, not_established: integer, total: integer, not_established_names: string[]}
function Client:all_xrds_established()
  return custom.count(self:xrds().items, "established", "not_established", function(o) return custom.is(o, "Established") end)
end

return M
