--- Gets tokens of Google Cloud for a workload, reads and writes Secret Manager, and asks any API of it.
---
---     local gcp = require("assay.gcp")
---     local client = gcp.client{project = "acme"} -- in a pod with a service account of Google
---     local password = client:secret("shop-db")
---
--- Who asks is, in this order: token, credentials (a service account's key, or an external account: workload identity
--- federation), the file GOOGLE_APPLICATION_CREDENTIALS, which needs the level of scripts, and the metadata server of the machine
--- or pod. An answer with a bad status raises an error with `code` ("gcp.http"), `status` and `body`.

local rest = require("./internal/rest")

local M = {}

---@alias gcp.code
---| "gcp.http" # The server answered with a failure; e.status and e.body have it.
---| "gcp.answer" # The answer is no JSON.
---| "gcp.credentials" # There are no credentials, or they are of a kind that is not known.

---@class gcp.Options
---@field project? string The project's id.
---@field token? string An access token.
---@field credentials? table What the JSON file of a service account or of an external account has.
---@field subject_token? string The token of an external account, instead of the file that its credentials name.
---@field scope? string "https://www.googleapis.com/auth/cloud-platform" unless given.
---@field endpoint? string Another server for Secret Manager.
---@field metadata? string Another metadata server; "http://metadata.google.internal", or GCE_METADATA_HOST, unless given.
---@field timeout? number Of each request, in seconds, and other options of http.request; and http, a client of http.client.

--- A project, and who asks.
---@class gcp.Client
---@field project string? The project's id.
local Client = {}
Client.__index = Client

--- Makes a client. Nothing is asked yet.
---
---     local client = gcp.client{project = "acme", credentials = json.parse(fs.read("key.json"))}
---@param options gcp.Options?
---@return gcp.Client
function M.client(options)
  local o = options or {}
  local r = rest.client("gcp", o.endpoint or "https://secretmanager.googleapis.com",
    rest.without(o, "project", "token", "credentials", "subject_token", "scope", "endpoint", "metadata"))
  return setmetatable({ rest = r, options = o, project = o.project or env.get("GOOGLE_CLOUD_PROJECT") }, Client)
end

local function scope(self) return self.options.scope or "https://www.googleapis.com/auth/cloud-platform" end

local function ask(self, url, given)
  given.ok = { [200] = true }
  return (self.rest:at(url):call("token", given.method or "POST", "", given))
end

-- The token of a service account's key (https://developers.google.com/identity/protocols/oauth2/service-account).
local function of_key(self, c)
  local now, url = math.floor(time()), c.token_uri or "https://oauth2.googleapis.com/token"
  local assertion = crypto.jwt_sign(
    { iss = c.client_email, scope = scope(self), aud = url, iat = now, exp = now + 3600 }, c.private_key, "RS256", { kid = c.private_key_id })
  return ask(self, url, { form = { grant_type = "urn:ietf:params:oauth:grant-type:jwt-bearer", assertion = assertion } })
end

-- Workload identity federation (https://cloud.google.com/iam/docs/workload-identity-federation): a token of another issuer is
-- exchanged, and what comes for it may stand for a service account.
local function of_external(self, c)
  local source = c.credential_source or {}
  local token = self.options.subject_token
  if not token then
    if not source.file then rest.fail("gcp.credentials", "gcp: an external account needs subject_token, or credentials whose source is a file") end
    token = rest.file("gcp", source.file, "subject_token")
    if source.format and source.format.type == "json" then token = json.parse(token)[source.format.subject_token_field_name] end
  end
  local answer = ask(self, c.token_url or "https://sts.googleapis.com/v1/token", { form = {
    grant_type = "urn:ietf:params:oauth:grant-type:token-exchange", audience = c.audience, scope = scope(self),
    requested_token_type = "urn:ietf:params:oauth:token-type:access_token", subject_token = string.trim(token),
    subject_token_type = c.subject_token_type or "urn:ietf:params:oauth:token-type:jwt",
  } })
  if not c.service_account_impersonation_url then return answer end
  local as = ask(self, c.service_account_impersonation_url, {
    body = { scope = { scope(self) } }, headers = { authorization = "Bearer " .. answer.access_token },
  })
  return { access_token = as.accessToken, expires_in = time.parse(as.expireTime) - time() }
end

local function of_metadata(self)
  local host = env.get("GCE_METADATA_HOST")
  local base = self.options.metadata or host and "http://" .. host or "http://metadata.google.internal"
  return ask(self, base .. "/computeMetadata/v1/instance/service-accounts/default/token", {
    method = "GET", query = { scopes = scope(self) }, headers = { ["metadata-flavor"] = "Google" },
  })
end

--- Gives an access token: the one of before while it lives, else a new one.
---
---     local r = http.get("https://storage.googleapis.com/storage/v1/b?project=acme", {auth = {bearer = client:token()}})
---@return string
function Client:token()
  local o = self.options
  if o.token then return o.token end
  if self.kept and time.monotonic() < self.ends then return self.kept end
  local file, c = env.get("GOOGLE_APPLICATION_CREDENTIALS"), o.credentials
  if not c and file and file ~= "" then c = json.parse(rest.file("gcp", file, "credentials")) end
  local answer
  if not c then
    answer = of_metadata(self)
  elseif c.type == "service_account" then
    answer = of_key(self, c)
  elseif c.type == "external_account" then
    answer = of_external(self, c)
  else
    rest.fail("gcp.credentials", "gcp: credentials of the type " .. tostring(c.type) .. " are not known: service_account and external_account are")
  end
  self.kept, self.ends = answer.access_token, time.monotonic() + math.max(0, (answer.expires_in or 300) - 60)
  return self.kept
end

--- Makes a request to any API of Google Cloud, and gives the answer, whatever its status.
---
---     local r = client:request("GET", "https://storage.googleapis.com/storage/v1/b", {query = {project = "acme"}})
---@param method string
---@param url string
---@param options table? query, body, headers, as of http.request.
---@return http.Response
function Client:request(method, url, options)
  local given = rest.without(options)
  local headers = { authorization = "Bearer " .. self:token() }
  for name, value in pairs(given.headers or {}) do headers[name:lower()] = value end
  given.headers = headers
  return self.rest:at(url):send(method, "", given)
end

local function secrets(self, template, ...)
  if not self.project then error("gcp: project is required", 3) end
  return self.rest.base .. rest.path("/v1/projects/{}/secrets", self.project) .. rest.path(template, ...)
end

local function call(self, operation, method, url, options, missing)
  local response = self:request(method, url, options)
  if missing and response.status == 404 then return nil end
  if response.status ~= 200 then self.rest:refuse(operation, response) end
  return self.rest:decode(operation, response)
end

--- Reads a secret of Secret Manager.
---
---     local password = client:secret("shop-db")
---@param name string
---@param version? string|integer "latest" unless given.
---@return string|nil # Bytes; nil when there is none.
function Client:secret(name, version)
  local answer = call(self, "secret", "GET", secrets(self, "/{}/versions/{}:access", name, version or "latest"), nil, true)
  return answer and base64.decode(answer.payload.data)
end

--- Writes a secret of Secret Manager: a new version, and the secret first where there is none.
---
---     client:put_secret("shop-db", crypto.random(32))
---@param name string
---@param value string
---@return boolean created Whether there was none.
function Client:put_secret(name, value)
  local created = false
  local body = { payload = { data = base64.encode(value) } }
  local url = secrets(self, "/{}:addVersion", name)
  if not call(self, "put_secret", "POST", url, { body = body }, true) then
    call(self, "put_secret", "POST", secrets(self, ""), { query = { secretId = name }, body = { replication = { automatic = json.object({}) } } })
    call(self, "put_secret", "POST", url, { body = body })
    created = true
  end
  return created
end

--- Lists the secrets of Secret Manager, without their values.
---
---     for _, name in ipairs(client:secrets()) do print(name) end
---@return string[] names
function Client:secrets()
  local names, following = json.array(), nil
  repeat
    local answer = call(self, "secrets", "GET", secrets(self, ""), { query = { pageToken = following } })
    for _, s in ipairs(answer.secrets or {}) do names[#names + 1] = s.name:match("[^/]+$") end
    following = answer.nextPageToken
  until not following or following == ""
  return names
end

return M
