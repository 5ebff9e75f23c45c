--- Reads what a Harbor registry has: projects, repositories, artifacts and what scanners found in them.
---
---     local harbor = require("assay.harbor")
---     local client = harbor.client("https://harbor.example.com", {username = "robot$ci", password = env.get("HARBOR_SECRET")})
---     assert(client:image_exists("shop", "api", "1.2"))
---
--- Lists are read over all their pages unless page or page_size is given. An answer with another status than 200 raises an error
--- with `code` ("harbor.http"), `status` and `body`.

local rest = require("./internal/rest")

local M = {}

---@alias harbor.code
---| "harbor.http" # The server answered with a failure; e.status and e.body have it.
---| "harbor.answer" # The answer is no JSON.

---@class harbor.Options
---@field api_key? string A token of OpenID Connect.
---@field username? string A person or a robot account, with password.
---@field password? string Its password or secret.
---@field timeout? number Of each request, in seconds, and other options of http.request; and http, a client of http.client.

---@class harbor.ProjectOptions
---@field name? string A part of the name.
---@field public? boolean Public ones alone, or those that are not.
---@field page? integer Which page, from 1.
---@field page_size? integer How many at most, up to 100.

---@class harbor.ArtifactOptions
---@field page? integer Which page, from 1.
---@field page_size? integer How many at most, up to 100.
---@field with_tag? boolean With their tags.
---@field with_scan_overview? boolean With what scanners found.

---@class harbor.Vulnerabilities
---@field total integer All of them.
---@field fixable integer Those with a fix.
---@field critical integer Of this severity.
---@field high integer Of this severity.
---@field medium integer Of this severity.
---@field low integer Of this severity.
---@field negligible integer Of this severity.

--- A registry.
---@class harbor.Client
---@field url string The server.
local Client = {}
Client.__index = Client

--- Makes a client. Nothing is asked yet.
---
---     local client = harbor.client("https://harbor.example.com", {api_key = env.get("HARBOR_TOKEN")})
---@param url string Without /api/v2.0.
---@param options harbor.Options?
---@return harbor.Client
function M.client(url, options)
  local o = options or {}
  local r = rest.client("harbor", url, rest.without(o, "api_key", "username", "password"), rest.credentials(o.api_key, o.username, o.password))
  local client = setmetatable({ url = r.base }, Client)
  client.rest = r:at(r.base .. "/api/v2.0")
  return client
end

-- A repository may have slashes, and Harbor wants them encoded twice.
local function repository(name, repo, suffix)
  return rest.path("/projects/{}/repositories/{}", name, (repo:gsub("/", "%%2F"))) .. (suffix or "")
end

local function artifact(name, repo, reference, suffix)
  return repository(name, repo, rest.path("/artifacts/{}", reference)) .. (suffix or "")
end

--- Asks how the registry's components are.
---
---     for _, c in ipairs(client:health().components) do print(c.name, c.status) end
---@return {status: string, components: {name: string, status: string}[]}
function Client:health() return self.rest:get("health", "/health") end

--- Tells whether all components are healthy.
---
---     assert(client:is_healthy())
---@return boolean
function Client:is_healthy()
  local components = self:health().components or {}
  for _, c in ipairs(components) do
    if c.status ~= "healthy" then return false end
  end
  return #components > 0
end

--- Reads what the registry says about itself.
---
---     print(client:system_info().harbor_version)
---@return table
function Client:system_info() return self.rest:get("system_info", "/systeminfo") end

--- Counts projects and repositories.
---
---     print(client:statistics().total_repo_count)
---@return table
function Client:statistics() return self.rest:get("statistics", "/statistics") end

--- Lists projects.
---
---     for _, p in ipairs(client:projects{public = true}) do print(p.name, p.repo_count) end
---@param options harbor.ProjectOptions?
---@return table[]
function Client:projects(options) return self.rest:pages("projects", "/projects", options) end

--- Reads a project.
---
---     print(client:project("shop").project_id, client:project(2).name)
---@param name string|integer Its name, or the number of its id.
---@return table
function Client:project(name)
  -- Without the header Harbor takes a name of digits for an id.
  local headers = type(name) == "string" and name:find("^%d+$") and { ["x-is-resource-name"] = "true" } or nil
  return (self.rest:call("project", "GET", rest.path("/projects/{}", name), { headers = headers }))
end

--- Lists the repositories of a project.
---
---     for _, r in ipairs(client:repositories("shop", {q = "name=~api"})) do print(r.name, r.artifact_count) end
---@param project string
---@param options {page: integer?, page_size: integer?, q: string?}? q: a query of Harbor.
---@return table[]
function Client:repositories(project, options)
  return self.rest:pages("repositories", rest.path("/projects/{}/repositories", project), options)
end

--- Reads a repository.
---
---     print(client:repository("shop", "backend/api").pull_count)
---@param project string
---@param repo string Without the project.
---@return table
function Client:repository(project, repo) return self.rest:get("repository", repository(project, repo)) end

--- Lists artifacts, the newest first.
---
---     for _, a in ipairs(client:artifacts("shop", "api", {with_tag = true})) do print(a.digest, a.push_time) end
---@param project string
---@param repo string Without the project.
---@param options harbor.ArtifactOptions?
---@return table[]
function Client:artifacts(project, repo, options) return self.rest:pages("artifacts", repository(project, repo, "/artifacts"), options) end

--- Reads an artifact.
---
---     print(client:artifact("shop", "api", "1.2").digest)
---@param project string
---@param repo string Without the project.
---@param reference string A tag or a digest.
---@return table
function Client:artifact(project, repo, reference) return self.rest:get("artifact", artifact(project, repo, reference)) end

--- Lists the tags of an artifact.
---
---     for _, t in ipairs(client:artifact_tags("shop", "api", "1.2")) do print(t.name) end
---@param project string
---@param repo string Without the project.
---@param reference string A tag or a digest.
---@return table[]
function Client:artifact_tags(project, repo, reference)
  return self.rest:pages("artifact_tags", artifact(project, repo, reference, "/tags"))
end

--- Begins a scan.
---
---     client:scan_artifact("shop", "api", "1.2")
---@param project string
---@param repo string Without the project.
---@param reference string A tag or a digest.
---@return boolean # true
function Client:scan_artifact(project, repo, reference)
  self.rest:call("scan_artifact", "POST", artifact(project, repo, reference, "/scan"), { body = {}, ok = { [202] = true } })
  return true
end

--- Counts what the last scan found.
---
---     local v = client:artifact_vulnerabilities("shop", "api", "1.2")
---     assert(v and v.critical == 0)
---@param project string
---@param repo string Without the project.
---@param reference string A tag or a digest.
---@return harbor.Vulnerabilities|nil # nil when there was no scan.
function Client:artifact_vulnerabilities(project, repo, reference)
  local answer = self.rest:call("artifact_vulnerabilities", "GET", artifact(project, repo, reference), { query = { with_scan_overview = true } })
  local kinds = {}
  for kind in pairs(answer.scan_overview or {}) do kinds[#kinds + 1] = kind end
  if #kinds == 0 then return nil end
  table.sort(kinds)
  local report = answer.scan_overview[kinds[1]]
  local summary = report.summary or {}
  local n = summary.summary or {}
  return {
    total = summary.total or 0, fixable = summary.fixable or 0,
    critical = n.Critical or 0, high = n.High or 0, medium = n.Medium or 0, low = n.Low or 0, negligible = n.Negligible or 0,
  }
end

--- Tells whether an image is there.
---
---     assert(client:image_exists("shop", "api", "1.2"))
---@param project string
---@param repo string Without the project.
---@param tag string A tag or a digest.
---@return boolean
function Client:image_exists(project, repo, tag) return self.rest:send("GET", artifact(project, repo, tag)).status == 200 end

--- Reads the artifact that was pushed last.
---
---     local a = client:latest_artifact("shop", "api")
---     print(a and a.push_time)
---@param project string
---@param repo string Without the project.
---@return table|nil # nil when there is none.
function Client:latest_artifact(project, repo) return self:artifacts(project, repo, { page_size = 1 })[1] end

--- Lists the rules of replication.
---
---     for _, p in ipairs(client:replication_policies()) do print(p.name, p.enabled) end
---@return table[]
function Client:replication_policies() return self.rest:pages("replication_policies", "/replication/policies") end

--- Lists what replications did.
---
---     for _, e in ipairs(client:replication_executions{policy_id = 1, page_size = 10}) do print(e.status) end
---@param options {policy_id: integer?, page: integer?, page_size: integer?}?
---@return table[]
function Client:replication_executions(options) return self.rest:pages("replication_executions", "/replication/executions", options) end

return M
