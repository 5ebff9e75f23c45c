--- Configures a Zitadel server: domains, projects, applications, identity providers, users and the login policy.
---
---     local zitadel = require("assay.zitadel")
---     local client = zitadel.client{url = "http://zitadel:8080", domain = "example.com", machine_key_file = "/secrets/key.json"}
---     local project = client:ensure_project("platform")
---     client:ensure_oidc_app(project.id, {name = "grafana", subdomain = "grafana", callbackPath = "/login/generic_oauth"})
---
--- Requests have the header Host: auth.DOMAIN, by which Zitadel finds its instance. A client with a machine key gets its
--- token when it is first needed, and a new one before that ends. An answer with a bad status raises an error with `code`
--- ("zitadel.http"), `status` and `body`, where the entry does not say otherwise.

local rest = require("./internal/rest")

local M = {}

---@alias zitadel.code
---| "zitadel.http" # The server answered with a failure; e.status and e.body have it.
---| "zitadel.answer" # The answer is no JSON.

---@class zitadel.Options
---@field url string Where the server is reached, inside the cluster too.
---@field domain string The server is auth.DOMAIN, and applications are below DOMAIN.
---@field machine_key? {userId: string, key: string, keyId: string} The key of a service user.
---@field machine_key_file? string The same as a JSON file, as Zitadel gives it; needs the level of scripts.
---@field token? string A personal access token instead.
---@field timeout? number Of each request, in seconds, and other options of http.request; and http, a client of http.client.

---@class zitadel.AppOptions
---@field name string Its name.
---@field subdomain? string It is at https://SUBDOMAIN.DOMAIN.
---@field callbackPath? string Where it is called back, from its root.
---@field redirectUris? string[] Instead of those that subdomain and callbackPath give.
---@field postLogoutRedirectUris? string[] Likewise.
---@field appType? string "OIDC_APP_TYPE_WEB" unless given. All other fields of the API can be given, too.

---@class zitadel.IdpOptions
---@field name? string What it is called.
---@field clientId string Of the application there.
---@field clientSecret string Its secret.
---@field issuer? string The URL of an OpenID Connect provider.
---@field scopes? string[] What it is asked for.
---@field providerOptions? table isLinkingAllowed, isCreationAllowed, isAutoCreation, isAutoUpdate, ...

--- A server, and who asks it.
---@class zitadel.Client
---@field url string The server.
---@field domain string What applications are below.
local Client = {}
Client.__index = Client

-- A token for the machine key of a service user (RFC 7523).
local function login(self)
  local key, now = self.key, math.floor(time())
  local assertion = crypto.jwt_sign(
    { iss = key.userId, sub = key.userId, aud = "https://" .. self.host, iat = now, exp = now + 300 }, key.key, "RS256", { kid = key.keyId })
  local answer = self.rest:call("token", "POST", "/oauth/v2/token", {
    auth = false, headers = { host = self.host },
    form = {
      grant_type = "urn:ietf:params:oauth:grant-type:jwt-bearer", assertion = assertion,
      scope = "openid urn:zitadel:iam:org:project:id:zitadel:aud",
    },
  })
  self.token, self.ends = answer.access_token, time.monotonic() + (answer.expires_in or 300) - 30
end

--- Makes a client. Nothing is asked yet.
---
---     local client = zitadel.client{url = "http://zitadel:8080", domain = "example.com", token = env.get("ZITADEL_PAT")}
---@param options zitadel.Options
---@return zitadel.Client
function M.client(options)
  local o = options or {}
  for _, name in ipairs({ "url", "domain" }) do
    if type(o[name]) ~= "string" or o[name] == "" then error("zitadel.client: " .. name .. " is required", 2) end
  end
  if not (o.machine_key or o.machine_key_file or o.token) then error("zitadel.client: machine_key, machine_key_file or token is required", 2) end
  local key = o.machine_key or not o.token and json.parse(rest.file("zitadel", o.machine_key_file, "machine_key")) or nil
  for _, name in ipairs(key and { "userId", "key", "keyId" } or {}) do
    if not key[name] then error("zitadel.client: the machine key has no " .. name, 2) end
  end
  local client = setmetatable({ domain = o.domain, host = "auth." .. o.domain, key = key, token = o.token }, Client)
  client.rest = rest.client("zitadel", o.url, rest.without(o, "url", "domain", "machine_key", "machine_key_file", "token"), function()
    if client.key and (not client.token or time.monotonic() > client.ends) then login(client) end
    return { authorization = "Bearer " .. client.token, host = client.host }
  end)
  client.url = client.rest.base
  return client
end

local function send(self, method, path, body)
  local response = self.rest:send(method, path, { body = body })
  if response.status == 401 and self.key then -- the token was ended
    self.token = nil
    response = self.rest:send(method, path, { body = body })
  end
  return response
end

-- Makes a request, whose answer must be good.
local function call(self, operation, method, path, body)
  local response = send(self, method, path, body)
  if not response.ok then self.rest:refuse(operation, response) end
  return self.rest:decode(operation, response) or {}
end

-- Makes a request whose failure is a warning: nil.
local function try(self, operation, method, path, body)
  local ok, answer = pcall(call, self, operation, method, path, body)
  if ok then return answer end
  log.warn(tostring(answer))
end

local function named(kind, name) return { queries = { { [kind] = { name = name, method = "TEXT_QUERY_METHOD_EQUALS" } } } } end

local function with_name(list, name)
  for _, item in ipairs(list or {}) do
    if item.name == name then return item end
  end
end

--- Makes a domain the primary one of the organization, and adds it first if it is not there.
---
---     assert(client:ensure_primary_domain("example.com"))
---@param domain string
---@return boolean # false, with a warning in the log, when the server does not want it.
---@return boolean changed Whether it was not primary before.
function Client:ensure_primary_domain(domain)
  local answer = try(self, "ensure_primary_domain", "GET", "/admin/v1/orgs/me/domains")
  if not answer then return false, false end
  for _, d in ipairs(answer.result or {}) do
    if d.domainName == domain and d.isPrimary then return true, false end
  end
  local added = send(self, "POST", "/admin/v1/orgs/me/domains", { domain = domain })
  if added.status ~= 200 and added.status ~= 409 then
    log.warn(("zitadel.ensure_primary_domain: HTTP %d: %s"):format(added.status, added.body))
    return false, false
  end
  local done = try(self, "ensure_primary_domain", "POST", rest.path("/admin/v1/orgs/me/domains/{}/_set_primary", domain), {}) ~= nil
  return done, done
end

--- Finds a project by its name.
---
---     local project = client:find_project("platform")
---@param name string
---@return table|nil # nil also when the server cannot tell, with a warning in the log.
function Client:find_project(name)
  local answer = try(self, "find_project", "POST", "/management/v1/projects/_search", named("nameQuery", name))
  return answer and (with_name(answer.result, name) or (answer.result or {})[1])
end

--- Makes a project.
---
---     local project = client:create_project("platform", {projectRoleAssertion = true})
---@param name string
---@param options {projectRoleAssertion: boolean?, projectRoleCheck: boolean?}?
---@return {id: string}
function Client:create_project(name, options)
  local body = rest.without(options)
  body.name = name
  return call(self, "create_project", "POST", "/management/v1/projects", body)
end

--- Gives a project, and makes it first if it is not there.
---
---     local project = client:ensure_project("platform")
---@param name string
---@param options table? As for create_project.
---@return {id: string} project
---@return boolean created Whether it was made.
function Client:ensure_project(name, options)
  local found = self:find_project(name)
  if found then return found, false end
  return self:create_project(name, options), true
end

local function project(id, suffix) return rest.path("/management/v1/projects/{}", id) .. suffix end

--- Finds an application of a project by its name.
---
---     local app = client:find_app(project.id, "grafana")
---     print(app and app.oidcConfig.clientId)
---@param project_id string
---@param name string
---@return table|nil
function Client:find_app(project_id, name)
  local path = project(project_id, "/apps/_search")
  local response = send(self, "POST", path, named("nameQuery", name))
  if response.status ~= 200 then response = send(self, "POST", path, {}) end
  if response.status ~= 200 then self.rest:refuse("find_app", response) end
  return with_name((self.rest:decode("find_app", response) or {}).result, name)
end

-- The fields of an application, as the API has them.
local function app(self, o)
  local site = o.subdomain and ("https://%s.%s"):format(o.subdomain, self.domain)
  local body = {
    redirectUris = site and { site .. (o.callbackPath or "/") }, postLogoutRedirectUris = site and { site .. "/" },
    responseTypes = { "OIDC_RESPONSE_TYPE_CODE" }, grantTypes = { "OIDC_GRANT_TYPE_AUTHORIZATION_CODE", "OIDC_GRANT_TYPE_REFRESH_TOKEN" },
    appType = "OIDC_APP_TYPE_WEB", authMethodType = "OIDC_AUTH_METHOD_TYPE_BASIC", accessTokenType = "OIDC_TOKEN_TYPE_BEARER",
    accessTokenRoleAssertion = true, idTokenRoleAssertion = true, idTokenUserinfoAssertion = true, devMode = false, clockSkew = "0s",
  }
  for key, value in pairs(rest.without(o, "subdomain", "callbackPath")) do body[key] = value end
  return body
end

--- Makes an application that logs people in by OpenID Connect: a web server's, with code and refresh token, unless options
--- say otherwise.
---
---     local app = client:create_oidc_app(project.id, {name = "grafana", subdomain = "grafana", callbackPath = "/login/generic_oauth"})
---     print(app.clientId)
---@param project_id string
---@param options zitadel.AppOptions
---@return table # appId, clientId and clientSecret; of one that is there already, what find_app finds of it.
function Client:create_oidc_app(project_id, options)
  local response = send(self, "POST", project(project_id, "/apps/oidc"), app(self, options))
  if response.status == 409 then return self:find_app(project_id, options.name) or { id = "existing", name = options.name } end
  if response.status ~= 200 then self.rest:refuse("create_oidc_app", response) end
  return self.rest:decode("create_oidc_app", response)
end

--- Gives an application, and makes it first if it is not there. One that is there is left as it is.
---
---     local app, created = client:ensure_oidc_app(project.id, {name = "grafana", subdomain = "grafana", callbackPath = "/login/generic_oauth"})
---     if created then print(app.clientId) end -- and app.clientSecret, this time alone
---@param project_id string
---@param options zitadel.AppOptions
---@return table app
---@return boolean created Whether it was made.
function Client:ensure_oidc_app(project_id, options)
  local found = self:find_app(project_id, options.name)
  if found then return found, false end
  return self:create_oidc_app(project_id, options), true
end

--- Changes an application to what options say, which are all of its fields as for create_oidc_app.
---
---     client:update_oidc_app(project.id, app.id, {name = "grafana", redirectUris = {"https://grafana.example.com/login"}})
---@param project_id string
---@param app_id string
---@param options zitadel.AppOptions
---@return table
function Client:update_oidc_app(project_id, app_id, options)
  return call(self, "update_oidc_app", "PUT", project(project_id, rest.path("/apps/{}/oidc_config", app_id)), rest.without(app(self, options), "name"))
end

--- Makes a new secret for an application, in place of the one that it has.
---
---     local secret = client:generate_app_secret(project.id, app.id)
---@param project_id string
---@param app_id string
---@return string secret
function Client:generate_app_secret(project_id, app_id)
  local path = project(project_id, rest.path("/apps/{}/oidc_config/_generate_client_secret", app_id))
  return call(self, "generate_app_secret", "POST", path, {}).clientSecret
end

--- Finds an identity provider by its name.
---
---     print(client:find_idp("Google") ~= nil)
---@param name string
---@return table|nil # nil also when the server cannot tell, with a warning in the log.
function Client:find_idp(name)
  local answer = try(self, "find_idp", "POST", "/admin/v1/idps/templates/_search", named("idpNameQuery", name))
  return answer and with_name(answer.result, name)
end

--- Gives the id of the identity provider Google, and makes it first if it is not there.
---
---     local id = client:ensure_google_idp{clientId = id, clientSecret = secret, scopes = {"openid", "profile", "email"}}
---@param options zitadel.IdpOptions name: "Google" unless given.
---@return string|nil id nil, with a warning in the log, when the server does not want it.
---@return boolean created Whether it was made.
function Client:ensure_google_idp(options)
  local body = rest.without(options)
  body.name = body.name or "Google"
  local found = self:find_idp(body.name)
  if found then return found.id, false end
  local made = try(self, "ensure_google_idp", "POST", "/admin/v1/idps/google", body)
  return made and made.id, made ~= nil
end

--- Makes an identity provider of OpenID Connect, or changes the one of its name.
---
---     local id = client:ensure_oidc_idp{name = "Corp", clientId = id, clientSecret = secret, issuer = "https://login.corp.example.com"}
---@param options zitadel.IdpOptions
---@return string|nil id nil, with a warning in the log, when the server does not want it.
---@return boolean created Whether it was made.
function Client:ensure_oidc_idp(options)
  local found = self:find_idp(options.name)
  if found then
    try(self, "ensure_oidc_idp", "PUT", rest.path("/admin/v1/idps/generic_oidc/{}", found.id), options)
    return found.id, false
  end
  local made = try(self, "ensure_oidc_idp", "POST", "/admin/v1/idps/generic_oidc", options)
  return made and made.id, made ~= nil
end

--- Lets people log in with an identity provider.
---
---     client:add_idp_to_login_policy(id)
---@param id string
---@return boolean # Also when it was there; false when the server does not want it.
function Client:add_idp_to_login_policy(id)
  local response = send(self, "POST", "/admin/v1/policies/login/idps", { idpId = id, ownerType = "IDPOWNERTYPE_SYSTEM" })
  return response.status == 200 or response.status == 409
end

--- Finds users.
---
---     for _, u in ipairs(client:search_users{queries = {{emailQuery = {emailAddress = "a@example.com"}}}}) do print(u.id) end
---@param query table? As the API has it.
---@return table[]
function Client:search_users(query)
  return call(self, "search_users", "POST", "/management/v1/users/_search", rest.without(query)).result or json.array()
end

--- Changes the email of a user, which counts as verified.
---
---     client:update_user_email(user.id, "a@example.com")
---@param id string
---@param email string
---@return boolean # false when the server does not want it.
function Client:update_user_email(id, email)
  return send(self, "PUT", rest.path("/management/v1/users/{}/email", id), { email = email, isEmailVerified = true }).status == 200
end

--- Reads the login policy.
---
---     print(client:get_login_policy().allowUsernamePassword)
---@return table|nil # nil when the server does not tell.
function Client:get_login_policy()
  local response = send(self, "GET", "/admin/v1/policies/login")
  return response.status == 200 and (self.rest:decode("get_login_policy", response) or {}).policy or nil
end

--- Writes the login policy.
---
---     client:update_login_policy{allowUsernamePassword = true, allowExternalIdp = true}
---@param policy table All its fields.
---@return boolean # false when the server does not want it.
function Client:update_login_policy(policy) return send(self, "PUT", "/admin/v1/policies/login", rest.without(policy)).status == 200 end

--- Takes the password off the login: people log in with identity providers.
---
---     assert(client:disable_password_login())
---@return boolean # Also when it was off; false when there is no policy, or the server does not want it.
---@return boolean changed Whether it was on before.
function Client:disable_password_login()
  local policy = self:get_login_policy()
  if not policy then return false, false end
  if not policy.allowUsernamePassword then return true, false end
  policy.allowUsernamePassword, policy.allowExternalIdp, policy.hidePasswordReset = false, true, true
  local done = self:update_login_policy(policy)
  return done, done
end

return M
