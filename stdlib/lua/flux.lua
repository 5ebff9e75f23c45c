--- Reads what Flux is doing: sources, Kustomizations and HelmReleases.
---
---     local flux = require("assay.flux")
---     local client = flux.client() -- the cluster that assay.k8s finds
---     assert(client:is_kustomization_ready("flux-system", "apps"))
---
--- Without a URL the cluster is the one that assay.k8s finds, and options are those of assay.k8s. An object that is not there is nil. An answer
--- with another bad status raises an error with `code` ("flux.http"), `status` and `body`.

local custom = require("./internal/custom")

local M = {}

---@alias flux.code
---| "flux.http" # The API server answered with a failure; e.status and e.body have it.
---| "flux.answer" # The answer is no JSON.

--- A cluster.
---@class flux.Client
local Client = {}
Client.__index = Client

--- Makes a client. Nothing is asked yet.
---
---     local client = flux.client("https://kubernetes.default.svc", token, {ca_cert_file = "ca.crt"})
---@param url? string The API server; without it the cluster is looked for.
---@param token? string Who asks.
---@param options k8s.Options?
---@return flux.Client
function M.client(url, token, options)
  return setmetatable({ api = custom.client("flux", url, token, options) }, Client)
end

--- Lists GitRepositories.
---
---     for _, o in ipairs(client:git_repositories("shop").items) do print(o.metadata.name) end
---@param ns string|nil The namespace; nil is all.
---@return {items: table[]}
function Client:git_repositories(ns) return self.api:list("git_repositories", custom.path("source.toolkit.fluxcd.io/v1", ns, "gitrepositories")) end

--- Reads a GitRepository.
---
---     local o = client:git_repository("shop", "main")
---@param ns string
---@param name string
---@return table|nil
function Client:git_repository(ns, name) return self.api:read("git_repository", custom.path("source.toolkit.fluxcd.io/v1", ns, "gitrepositories", name)) end

--- Tells whether a GitRepository is ready. One that is not there is not.
---
---     assert(client:is_git_repo_ready("shop", "main"))
---@param ns string
---@param name string
---@return boolean
function Client:is_git_repo_ready(ns, name) return custom.is(self:git_repository(ns, name), "Ready") end

--- Lists HelmRepositories.
---
---     for _, o in ipairs(client:helm_repositories("shop").items) do print(o.metadata.name) end
---@param ns string|nil The namespace; nil is all.
---@return {items: table[]}
function Client:helm_repositories(ns) return self.api:list("helm_repositories", custom.path("source.toolkit.fluxcd.io/v1", ns, "helmrepositories")) end

--- Reads a HelmRepository.
---
---     local o = client:helm_repository("shop", "main")
---@param ns string
---@param name string
---@return table|nil
function Client:helm_repository(ns, name) return self.api:read("helm_repository", custom.path("source.toolkit.fluxcd.io/v1", ns, "helmrepositories", name)) end

--- Tells whether a HelmRepository is ready. One that is not there is not.
---
---     assert(client:is_helm_repo_ready("shop", "main"))
---@param ns string
---@param name string
---@return boolean
function Client:is_helm_repo_ready(ns, name) return custom.is(self:helm_repository(ns, name), "Ready") end

--- Lists HelmCharts.
---
---     for _, o in ipairs(client:helm_charts("shop").items) do print(o.metadata.name) end
---@param ns string|nil The namespace; nil is all.
---@return {items: table[]}
function Client:helm_charts(ns) return self.api:list("helm_charts", custom.path("source.toolkit.fluxcd.io/v1", ns, "helmcharts")) end

--- Lists OCIRepositories.
---
---     for _, o in ipairs(client:oci_repositories("shop").items) do print(o.metadata.name) end
---@param ns string|nil The namespace; nil is all.
---@return {items: table[]}
function Client:oci_repositories(ns) return self.api:list("oci_repositories", custom.path("source.toolkit.fluxcd.io/v1beta2", ns, "ocirepositories")) end

--- Lists Kustomizations.
---
---     for _, o in ipairs(client:kustomizations("shop").items) do print(o.metadata.name) end
---@param ns string|nil The namespace; nil is all.
---@return {items: table[]}
function Client:kustomizations(ns) return self.api:list("kustomizations", custom.path("kustomize.toolkit.fluxcd.io/v1", ns, "kustomizations")) end

--- Reads a Kustomization.
---
---     local o = client:kustomization("shop", "main")
---@param ns string
---@param name string
---@return table|nil
function Client:kustomization(ns, name) return self.api:read("kustomization", custom.path("kustomize.toolkit.fluxcd.io/v1", ns, "kustomizations", name)) end

--- Tells whether a Kustomization is ready. One that is not there is not.
---
---     assert(client:is_kustomization_ready("shop", "main"))
---@param ns string
---@param name string
---@return boolean
function Client:is_kustomization_ready(ns, name) return custom.is(self:kustomization(ns, name), "Ready") end

local function revisions(o)
  if not o then return nil end
  local s = o.status or {}
  local applied = s.lastAppliedRevision
  -- A HelmRelease has in its history what is deployed, the latest first.
  for _, release in ipairs(s.history or {}) do
    if not applied and release.status == "deployed" then applied = release.chartVersion end
  end
  return {
    ready = custom.is(o, "Ready"), revision = s.lastAttemptedRevision or "", last_applied_revision = applied or "",
    conditions = s.conditions or json.array(),
  }
end

--- Tells how a Kustomization is, and what it has applied.
---
---     local s = client:kustomization_status("flux-system", "apps")
---     print(s and s.last_applied_revision)
---@param ns string
---@param name string
---@return {ready: boolean, revision: string, last_applied_revision: string, conditions: table[]}|nil
function Client:kustomization_status(ns, name) return revisions(self:kustomization(ns, name)) end

--- Lists HelmReleases.
---
---     for _, o in ipairs(client:helm_releases("shop").items) do print(o.metadata.name) end
---@param ns string|nil The namespace; nil is all.
---@return {items: table[]}
function Client:helm_releases(ns) return self.api:list("helm_releases", custom.path("helm.toolkit.fluxcd.io/v2", ns, "helmreleases")) end

--- Reads a HelmRelease.
---
---     local o = client:helm_release("shop", "main")
---@param ns string
---@param name string
---@return table|nil
function Client:helm_release(ns, name) return self.api:read("helm_release", custom.path("helm.toolkit.fluxcd.io/v2", ns, "helmreleases", name)) end

--- Tells whether a HelmRelease is ready. One that is not there is not.
---
---     assert(client:is_helm_release_ready("shop", "main"))
---@param ns string
---@param name string
---@return boolean
function Client:is_helm_release_ready(ns, name) return custom.is(self:helm_release(ns, name), "Ready") end

--- Tells how a HelmRelease is, and what it has applied.
---
---     local s = client:helm_release_status("shop", "api")
---     print(s and s.ready, s and s.revision)
---@param ns string
---@param name string
---@return {ready: boolean, revision: string, last_applied_revision: string, conditions: table[]}|nil
function Client:helm_release_status(ns, name) return revisions(self:helm_release(ns, name)) end

--- Lists Alerts.
---
---     for _, o in ipairs(client:alerts("shop").items) do print(o.metadata.name) end
---@param ns string|nil The namespace; nil is all.
---@return {items: table[]}
function Client:alerts(ns) return self.api:list("alerts", custom.path("notification.toolkit.fluxcd.io/v1beta3", ns, "alerts")) end

--- Lists Providers.
---
---     for _, o in ipairs(client:providers_list("shop").items) do print(o.metadata.name) end
---@param ns string|nil The namespace; nil is all.
---@return {items: table[]}
function Client:providers_list(ns) return self.api:list("providers_list", custom.path("notification.toolkit.fluxcd.io/v1beta3", ns, "providers")) end

--- Lists Receivers.
---
---     for _, o in ipairs(client:receivers("shop").items) do print(o.metadata.name) end
---@param ns string|nil The namespace; nil is all.
---@return {items: table[]}
function Client:receivers(ns) return self.api:list("receivers", custom.path("notification.toolkit.fluxcd.io/v1", ns, "receivers")) end

--- Lists ImagePolicies.
---
---     for _, o in ipairs(client:image_policies("shop").items) do print(o.metadata.name) end
---@param ns string|nil The namespace; nil is all.
---@return {items: table[]}
function Client:image_policies(ns) return self.api:list("image_policies", custom.path("image.toolkit.fluxcd.io/v1beta2", ns, "imagepolicies")) end

--- Counts the GitRepositories and HelmRepositories that are ready.
---
---     local all = client:all_sources_ready("flux-system")
---     assert.eq(all.not_ready, 0, table.concat(all.not_ready_names, ", "))
---@param ns string|nil
---@return {ready: integer, not_ready: integer, total: integer, not_ready_names: string[]}
function Client:all_sources_ready(ns)
  local all = {}
  for _, list in ipairs({ self:git_repositories(ns).items, self:helm_repositories(ns).items }) do
    for _, o in ipairs(list) do all[#all + 1] = o end
  end
  return custom.count(all, "ready", "not_ready", function(o) return custom.is(o, "Ready") end)
end

--- Counts the Kustomizations that are ready.
---
---     local all = client:all_kustomizations_ready("shop")
---     assert.eq(all.not_ready, 0, table.concat(all.not_ready_names, ", "))
---@param ns string|nil
---@return {ready: integer, not_ready: integer, total: integer, not_ready_names: string[]}
function Client:all_kustomizations_ready(ns)
  return custom.count(self:kustomizations(ns).items, "ready", "not_ready", function(o) return custom.is(o, "Ready") end)
end

--- Counts the HelmReleases that are ready.
---
---     local all = client:all_helm_releases_ready("shop")
---     assert.eq(all.not_ready, 0, table.concat(all.not_ready_names, ", "))
---@param ns string|nil
---@return {ready: integer, not_ready: integer, total: integer, not_ready_names: string[]}
function Client:all_helm_releases_ready(ns)
  return custom.count(self:helm_releases(ns).items, "ready", "not_ready", function(o) return custom.is(o, "Ready") end)
end

return M
