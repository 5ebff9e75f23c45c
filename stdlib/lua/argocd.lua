--- Reads and syncs applications of Argo CD.
---
---     local argocd = require("assay.argocd")
---     local client = argocd.client("https://argocd-server", {token = env.get("ARGOCD_TOKEN")})
---     client:sync("shop", {prune = true})
---     client:wait_healthy("shop", 300)
---
--- An answer with another status than 200 raises an error with `code` ("argocd.http"), `status` and `body`.

local rest = require("./internal/rest")

local M = {}

---@alias argocd.code
---| "argocd.http" # The server answered with a failure; e.status and e.body have it.
---| "argocd.answer" # The answer is no JSON.
---| "argocd.timeout" # What was waited for did not come in time.

---@class argocd.Options
---@field token? string Of an account.
---@field username? string A name, with password.
---@field password? string Its password.
---@field timeout? number Of each request, in seconds, and other options of http.request; and http, a client of http.client.

---@class argocd.SyncOptions
---@field revision? string Which one; the target revision unless given.
---@field prune? boolean Delete what is no longer there.
---@field dry_run? boolean Change nothing.
---@field strategy? table Such as {apply = {force = true}}.

--- A server.
---@class argocd.Client
---@field url string The server.
local Client = {}
Client.__index = Client

--- Makes a client. Nothing is asked yet.
---
---     local client = argocd.client("https://argocd-server", {token = env.get("ARGOCD_TOKEN")})
---@param url string
---@param options argocd.Options?
---@return argocd.Client
function M.client(url, options)
  local o = options or {}
  local r = rest.client("argocd", url, rest.without(o, "token", "username", "password"), rest.credentials(o.token, o.username, o.password))
  return setmetatable({ rest = r, url = r.base }, Client)
end

local function get(self, operation, path, query) return (self.rest:call(operation, "GET", path, { query = query })) end

local function items(answer) return answer and answer.items or json.array() end

local function app(name, suffix) return rest.path("/api/v1/applications/{}", name) .. (suffix or "") end

--- Lists applications.
---
---     for _, a in ipairs(client:applications{project = "shop"}) do print(a.metadata.name, a.status.sync.status) end
---@param options {project: string?, selector: string?}? selector: of labels.
---@return table[]
function Client:applications(options) return items(get(self, "applications", "/api/v1/applications", options)) end

--- Reads an application.
---
---     print(client:application("shop").spec.source.targetRevision)
---@param name string
---@return table
function Client:application(name) return get(self, "application", app(name)) end

--- Tells how an application is.
---
---     local h = client:app_health("shop")
---     print(h.status, h.sync, h.message)
---@param name string
---@return {status: string?, sync: string?, message: string?} # status such as "Healthy", sync such as "Synced".
function Client:app_health(name)
  local status = self:application(name).status or {}
  local health = status.health or {}
  return { status = health.status, sync = status.sync and status.sync.status, message = health.message }
end

--- Begins a sync.
---
---     client:sync("shop", {revision = "v1.2", prune = true})
---@param name string
---@param options argocd.SyncOptions?
---@return table # The application.
function Client:sync(name, options)
  return (self.rest:call("sync", "POST", app(name, "/sync"), { body = rest.renamed(options, { dry_run = "dryRun" }) }))
end

--- Compares an application with its source again.
---
---     client:refresh("shop", {type = "hard"})
---@param name string
---@param options {type: "normal"|"hard"|nil}? hard also makes the manifests anew.
---@return table # The application.
function Client:refresh(name, options) return get(self, "refresh", app(name), { refresh = options and options.type or "normal" }) end

--- Takes an application back to an earlier deployment.
---
---     client:rollback("shop", 12)
---@param name string
---@param id integer Of its history.
---@return table # The application.
function Client:rollback(name, id) return (self.rest:call("rollback", "PUT", app(name, "/rollback"), { body = { id = id } })) end

--- Reads the tree of an application's objects.
---
---     for _, node in ipairs(client:app_resources("shop").nodes) do print(node.kind, node.name) end
---@param name string
---@return table
function Client:app_resources(name) return get(self, "app_resources", app(name, "/resource-tree")) end

--- Reads the manifests of an application.
---
---     print(#client:app_manifests("shop", {revision = "v1.2"}).manifests)
---@param name string
---@param options {revision: string?}?
---@return table
function Client:app_manifests(name, options) return get(self, "app_manifests", app(name, "/manifests"), options) end

--- Deletes an application.
---
---     client:delete_app("shop", {cascade = true, propagation_policy = "foreground"})
---@param name string
---@param options {cascade: boolean?, propagation_policy: string?}? cascade: with what it has made.
function Client:delete_app(name, options)
  self.rest:call("delete_app", "DELETE", app(name), { query = rest.renamed(options, { propagation_policy = "propagationPolicy" }) })
end

--- Lists projects.
---
---     print(#client:projects())
---@return table[]
function Client:projects() return items(get(self, "projects", "/api/v1/projects")) end

--- Reads a project.
---
---     print(client:project("shop").spec.description)
---@param name string
---@return table
function Client:project(name) return get(self, "project", rest.path("/api/v1/projects/{}", name)) end

--- Lists repositories.
---
---     for _, r in ipairs(client:repositories()) do print(r.repo, r.connectionState.status) end
---@return table[]
function Client:repositories() return items(get(self, "repositories", "/api/v1/repositories")) end

--- Reads a repository.
---
---     print(client:repository("https://git.example.com/shop.git").connectionState.status)
---@param url string
---@return table
function Client:repository(url) return get(self, "repository", rest.path("/api/v1/repositories/{}", url)) end

--- Lists clusters.
---
---     for _, c in ipairs(client:clusters()) do print(c.name, c.server) end
---@return table[]
function Client:clusters() return items(get(self, "clusters", "/api/v1/clusters")) end

--- Reads a cluster.
---
---     print(client:cluster("https://kubernetes.default.svc").connectionState.status)
---@param server string Its URL.
---@return table
function Client:cluster(server) return get(self, "cluster", rest.path("/api/v1/clusters/{}", server)) end

--- Reads the server's settings.
---
---     print(client:settings().url)
---@return table
function Client:settings() return get(self, "settings", "/api/v1/settings") end

--- Reads the server's version.
---
---     print(client:version().Version)
---@return table
function Client:version() return get(self, "version", "/api/version") end

--- Tells whether an application is healthy.
---
---     assert(client:is_healthy("shop"))
---@param name string
---@return boolean
function Client:is_healthy(name) return self:app_health(name).status == "Healthy" end

--- Tells whether an application is as its source says.
---
---     assert(client:is_synced("shop"))
---@param name string
---@return boolean
function Client:is_synced(name) return self:app_health(name).sync == "Synced" end

local function wait(self, name, timeout, is, what)
  if type(timeout) ~= "number" then error("argocd: a timeout in seconds is expected, got " .. type(timeout), 3) end
  local last
  local ok, e = pcall(rest.poll, timeout, 2, function()
    last = self:app_health(name)
    return is(last)
  end, "late")
  if ok then return true end
  if e ~= "late" then error(e, 0) end
  rest.fail("argocd.timeout", ("argocd: timeout waiting for %s to become %s: it is %s and %s%s"):format(
    name, what, tostring(last.status), tostring(last.sync), last.message and ": " .. last.message or ""))
end

--- Waits until an application is healthy. Errors are raised at once.
---
---     client:wait_healthy("shop", 300)
---@param name string
---@param timeout number Seconds.
---@return boolean # true; when it takes too long, it raises.
function Client:wait_healthy(name, timeout)
  return wait(self, name, timeout, function(h) return h.status == "Healthy" end, "healthy")
end

--- Waits until an application is synced. Errors are raised at once.
---
---     client:wait_synced("shop", 300)
---@param name string
---@param timeout number Seconds.
---@return boolean # true; when it takes too long, it raises.
function Client:wait_synced(name, timeout)
  return wait(self, name, timeout, function(h) return h.sync == "Synced" end, "synced")
end

return M
