--- Reads and changes projects, feature flags, strategies and API tokens of an Unleash server.
---
---     local unleash = require("assay.unleash")
---     local client = unleash.client("http://unleash:4242", {token = env.get("UNLEASH_ADMIN_TOKEN")})
---     client:toggle_on("default", "new-checkout", "production")
---
--- What is not there is nil. An answer with another bad status raises an error with `code` ("unleash.http"), `status` and `body`.

local rest = require("./internal/rest")

local M = {}

---@alias unleash.code
---| "unleash.http" # The server answered with a failure; e.status and e.body have it.
---| "unleash.answer" # The answer is no JSON.
---| "unleash.timeout" # The server was not reachable in time.

---@class unleash.Options
---@field token? string An admin token, as it is: "*:*.secret", or a personal one.
---@field timeout? number Of each request, in seconds, and other options of http.request; and http, a client of http.client.

---@class unleash.WaitOptions
---@field timeout? number How long in all, in seconds; 60 unless given.
---@field interval? number How long between attempts, in seconds; 2 unless given.

---@class unleash.Feature
---@field name string Its name, which is its identity.
---@field type? string "release", "experiment", "operational", "kill-switch" or "permission".
---@field description? string What it is for.
---@field impressionData? boolean Whether clients report each decision.

---@class unleash.Strategy
---@field name string "default", "flexibleRollout", "userWithId", ...
---@field parameters? table<string, string> What the strategy wants; all values are texts.
---@field constraints? table[] When it applies.

---@class unleash.Token
---@field tokenName string What it is called.
---@field type string "client", "frontend" or "admin".
---@field environment? string Of a token for clients.
---@field projects? string[] Which ones; {"*"} is all.
---@field secret? string The token itself, in answers.

--- A server.
---@class unleash.Client
---@field url string The server.
local Client = {}
Client.__index = Client

--- Makes a client. Nothing is asked yet.
---
---     local client = unleash.client("http://unleash:4242", {token = env.get("UNLEASH_ADMIN_TOKEN"), timeout = 10})
---@param url string
---@param options unleash.Options?
---@return unleash.Client
function M.client(url, options)
  local token = options and options.token
  local r = rest.client("unleash", url, rest.without(options, "token"), function() return { authorization = token } end)
  return setmetatable({ rest = r, url = r.base }, Client)
end

local function get(self, operation, path) return (self.rest:call(operation, "GET", path, { missing = true })) end

local function send(self, operation, method, path, body)
  return (self.rest:call(operation, method, path, { body = body and rest.without(body), ok = "2xx" }))
end

local function project(id, suffix) return rest.path("/api/admin/projects/{}", id) .. (suffix or "") end

local function feature(id, name, suffix) return project(id) .. rest.path("/features/{}", name) .. (suffix or "") end

local function environment(id, name, env, suffix) return feature(id, name) .. rest.path("/environments/{}", env) .. suffix end

--- Asks how the server is.
---
---     assert.eq(client:health().health, "GOOD")
---@return {health: string}
function Client:health() return (self.rest:call("health", "GET", "/health", { auth = false })) end

--- Lists the projects.
---
---     for _, p in ipairs(client:projects()) do print(p.id, p.name) end
---@return table[]
function Client:projects() return (get(self, "projects", "/api/admin/projects") or {}).projects or json.array() end

--- Reads a project.
---
---     local p = client:project("default")
---     print(p and p.name)
---@param id string
---@return table|nil
function Client:project(id) return get(self, "project", project(id)) end

--- Makes a project. Open-source servers have the project "default" alone.
---
---     client:create_project{id = "shop", name = "Shop", description = "Flags of the shop"}
---@param fields {id: string, name: string, description: string?}
---@return table|nil
function Client:create_project(fields) return send(self, "create_project", "POST", "/api/admin/projects", fields) end

--- Changes a project.
---
---     client:update_project("shop", {name = "The shop", description = "Flags of the shop"})
---@param id string
---@param fields {name: string, description: string?}
---@return table|nil
function Client:update_project(id, fields) return send(self, "update_project", "PUT", project(id), fields) end

--- Deletes a project.
---
---     client:delete_project("old")
---@param id string
function Client:delete_project(id) send(self, "delete_project", "DELETE", project(id)) end

--- Lists the environments of the server.
---
---     for _, e in ipairs(client:environments()) do print(e.name, e.type, e.enabled) end
---@return table[]
function Client:environments() return (get(self, "environments", "/api/admin/environments") or {}).environments or json.array() end

--- Takes an environment into a project. One that is there already is a failure with the status 409; ensure_environment takes it.
---
---     client:enable_environment("default", "staging")
---@param project_id string
---@param env string
---@return table|nil
function Client:enable_environment(project_id, env)
  return send(self, "enable_environment", "POST", project(project_id, "/environments"), { environment = env })
end

--- Takes an environment out of a project.
---
---     client:disable_environment("default", "staging")
---@param project_id string
---@param env string
function Client:disable_environment(project_id, env)
  send(self, "disable_environment", "DELETE", project(project_id) .. rest.path("/environments/{}", env))
end

--- Lists the feature flags of a project.
---
---     for _, f in ipairs(client:features("default")) do print(f.name, f.stale) end
---@param project_id string
---@return table[]
function Client:features(project_id) return (get(self, "features", project(project_id, "/features")) or {}).features or json.array() end

--- Reads a feature flag.
---
---     for _, e in ipairs(client:feature("default", "new-checkout").environments) do print(e.name, e.enabled) end
---@param project_id string
---@param name string
---@return table|nil
function Client:feature(project_id, name) return get(self, "feature", feature(project_id, name)) end

--- Makes a feature flag. It is off everywhere.
---
---     client:create_feature("default", {name = "new-checkout", type = "release"})
---@param project_id string
---@param fields unleash.Feature
---@return table|nil
function Client:create_feature(project_id, fields) return send(self, "create_feature", "POST", project(project_id, "/features"), fields) end

--- Changes a feature flag.
---
---     client:update_feature("default", "new-checkout", {name = "new-checkout", description = "The checkout of 2.0"})
---@param project_id string
---@param name string
---@param fields unleash.Feature
---@return table|nil
function Client:update_feature(project_id, name, fields) return send(self, "update_feature", "PUT", feature(project_id, name), fields) end

--- Archives a feature flag: clients do not see it any more.
---
---     client:archive_feature("default", "old-checkout")
---@param project_id string
---@param name string
function Client:archive_feature(project_id, name) send(self, "archive_feature", "DELETE", feature(project_id, name)) end

--- Turns a feature flag on in an environment.
---
---     client:toggle_on("default", "new-checkout", "production")
---@param project_id string
---@param name string
---@param env string
---@return table|nil
function Client:toggle_on(project_id, name, env) return send(self, "toggle_on", "POST", environment(project_id, name, env, "/on"), {}) end

--- Turns a feature flag off in an environment.
---
---     client:toggle_off("default", "new-checkout", "production")
---@param project_id string
---@param name string
---@param env string
---@return table|nil
function Client:toggle_off(project_id, name, env) return send(self, "toggle_off", "POST", environment(project_id, name, env, "/off"), {}) end

--- Lists the strategies of a feature flag in an environment.
---
---     for _, s in ipairs(client:strategies("default", "new-checkout", "production")) do print(s.name) end
---@param project_id string
---@param name string
---@param env string
---@return table[]
function Client:strategies(project_id, name, env)
  return get(self, "strategies", environment(project_id, name, env, "/strategies")) or json.array()
end

--- Adds a strategy to a feature flag in an environment.
---
---     client:add_strategy("default", "new-checkout", "production", {
---       name = "flexibleRollout", parameters = {rollout = "25", stickiness = "default", groupId = "new-checkout"},
---     })
---@param project_id string
---@param name string
---@param env string
---@param strategy unleash.Strategy
---@return table|nil
function Client:add_strategy(project_id, name, env, strategy)
  return send(self, "add_strategy", "POST", environment(project_id, name, env, "/strategies"), strategy)
end

--- Lists the API tokens. Their secrets are among what it gives.
---
---     for _, t in ipairs(client:tokens()) do print(t.tokenName, t.type, t.environment) end
---@return unleash.Token[]
function Client:tokens() return (get(self, "tokens", "/api/admin/api-tokens") or {}).tokens or json.array() end

--- Makes an API token. A person's `username` is not taken: give `tokenName`.
---
---     local secret = client:create_token{tokenName = "shop", type = "client", environment = "production", projects = {"default"}}.secret
---@param fields unleash.Token
---@return unleash.Token
function Client:create_token(fields) return send(self, "create_token", "POST", "/api/admin/api-tokens", fields) end

--- Deletes an API token.
---
---     client:delete_token(secret)
---@param secret string
function Client:delete_token(secret) send(self, "delete_token", "DELETE", rest.path("/api/admin/api-tokens/{}", secret)) end

--- Waits until the server is healthy.
---
---     unleash.wait("http://unleash:4242", {timeout = 120})
---@param url string
---@param options unleash.WaitOptions? And those of http.request.
---@return boolean # true; when it takes too long, it raises.
function M.wait(url, options) return rest.reachable("unleash", url, "/health", options) end

--- Gives a project, and makes it first if it is not there.
---
---     unleash.ensure_project(client, "shop", {name = "Shop"})
---@param client unleash.Client
---@param id string
---@param options {name: string?, description: string?}? name: the id unless given.
---@return table project
---@return boolean created Whether it was made.
function M.ensure_project(client, id, options)
  local found = client:project(id)
  if found then return found, false end
  local fields = rest.without(options)
  fields.id, fields.name = id, fields.name or id
  return client:create_project(fields) or fields, true
end

--- Takes an environment into a project, unless it is there.
---
---     unleash.ensure_environment(client, "default", "staging")
---@param client unleash.Client
---@param project_id string
---@param env string
---@return boolean # true
---@return boolean created Whether it was not there.
function M.ensure_environment(client, project_id, env)
  local ok, e = pcall(client.enable_environment, client, project_id, env)
  if ok then return true, true end
  local text = tostring(e)
  if text:find("409", 1, true) or text:find("already", 1, true) then return true, false end
  error(e, 0)
end

local function same(t, fields)
  return (t.tokenName or t.username) == fields.tokenName and t.type:lower() == fields.type:lower()
    and (not fields.environment or t.environment == fields.environment)
end

--- Gives the API token of a name, a type and, where one is given, an environment; and makes it first if there is none.
---
---     local token = unleash.ensure_token(client, {tokenName = "shop", type = "client", environment = "production", projects = {"default"}})
---@param client unleash.Client
---@param fields unleash.Token
---@return unleash.Token token
---@return boolean created Whether it was made.
function M.ensure_token(client, fields)
  for _, t in ipairs(client:tokens()) do
    if same(t, fields) then return t, false end
  end
  return client:create_token(fields), true
end

return M
