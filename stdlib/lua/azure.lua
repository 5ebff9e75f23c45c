--- Gets tokens of Azure for a workload, and reads and writes secrets of Key Vault.
---
---     local azure = require("assay.azure")
---     local client = azure.client{vault = "https://acme.vault.azure.net"} -- in a pod with workload identity
---     local password = client:secret("shop-db")
---
--- Who asks is, in this order: token, client_secret, federated_token or the file AZURE_FEDERATED_TOKEN_FILE, which needs the level of
--- scripts (workload identity), and the managed identity of the machine. AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET and
--- AZURE_AUTHORITY_HOST count where options do not say otherwise. An answer with a bad status raises an error with `code`
--- ("azure.http"), `status` and `body`.

local rest = require("./internal/rest")

local M = {}

---@alias azure.code
---| "azure.http" # The server answered with a failure; e.status and e.body have it.
---| "azure.answer" # The answer is no JSON.

---@class azure.Options
---@field vault? string The URL of a Key Vault.
---@field tenant? string The tenant's id.
---@field client_id? string Of the application, or of the managed identity.
---@field client_secret? string Of the application.
---@field federated_token? string The token of a service account, or of another issuer.
---@field token? string An access token for the vault.
---@field authority? string "https://login.microsoftonline.com" unless given.
---@field metadata? string Another metadata server; "http://169.254.169.254" unless given.
---@field timeout? number Of each request, in seconds, and other options of http.request; and http, a client of http.client.

--- A vault, and who asks.
---@class azure.Client
local Client = {}
Client.__index = Client

--- Makes a client. Nothing is asked yet.
---
---     local client = azure.client{vault = "https://acme.vault.azure.net", tenant = tenant, client_id = id, client_secret = secret}
---@param options azure.Options?
---@return azure.Client
function M.client(options)
  local o = options or {}
  local r = rest.client("azure", o.vault or "https://vault.azure.net",
    rest.without(o, "vault", "tenant", "client_id", "client_secret", "federated_token", "token", "authority", "metadata"))
  return setmetatable({ rest = r, options = o, kept = {} }, Client)
end

local function option(self, name, variable)
  local value = self.options[name] or env.get(variable)
  return value ~= "" and value or nil
end

local function new_token(self, scope)
  local id, secret = option(self, "client_id", "AZURE_CLIENT_ID"), option(self, "client_secret", "AZURE_CLIENT_SECRET")
  local file, federated = env.get("AZURE_FEDERATED_TOKEN_FILE"), self.options.federated_token
  if not secret and not federated and file then federated = string.trim(rest.file("azure", file, "federated_token")) end
  if not secret and not federated then -- a managed identity
    local url = (self.options.metadata or "http://169.254.169.254") .. "/metadata/identity/oauth2/token"
    return (self.rest:at(url):call("token", "GET", "", {
      query = { ["api-version"] = "2018-02-01", resource = scope:gsub("/%.default$", ""), client_id = id }, headers = { metadata = "true" },
    }))
  end
  local tenant = option(self, "tenant", "AZURE_TENANT_ID") or error("azure: tenant is required", 0)
  local form = { grant_type = "client_credentials", client_id = id, scope = scope, client_secret = secret }
  if not secret then
    form.client_assertion_type, form.client_assertion = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer", federated
  end
  local authority = (option(self, "authority", "AZURE_AUTHORITY_HOST") or "https://login.microsoftonline.com"):gsub("/+$", "")
  return (self.rest:at(authority .. rest.path("/{}/oauth2/v2.0/token", tenant)):call("token", "POST", "", { form = form }))
end

--- Gives an access token: the one of before while it lives, else a new one.
---
---     local r = http.get("https://management.azure.com/subscriptions?api-version=2022-12-01", {auth = {bearer = client:token("https://management.azure.com/.default")}})
---@param scope? string "https://vault.azure.net/.default" unless given.
---@return string
function Client:token(scope)
  if self.options.token then return self.options.token end
  scope = scope or "https://vault.azure.net/.default"
  local kept = self.kept[scope]
  if not kept or time.monotonic() >= kept.ends then
    local answer = new_token(self, scope)
    kept = { token = answer.access_token, ends = time.monotonic() + math.max(0, (tonumber(answer.expires_in) or 300) - 60) }
    self.kept[scope] = kept
  end
  return kept.token
end

local function call(self, operation, method, path, o)
  if not self.options.vault then error("azure: vault is required", 3) end
  o.headers = { authorization = "Bearer " .. self:token() }
  return (self.rest:call(operation, method, path .. "?api-version=7.4", o))
end

--- Reads a secret of Key Vault.
---
---     local password = client:secret("shop-db")
---@param name string
---@param version? string The newest one unless given.
---@return string|nil # nil when there is none.
function Client:secret(name, version)
  local path = rest.path("/secrets/{}", name) .. (version and rest.path("/{}", version) or "")
  local answer = call(self, "secret", "GET", path, { missing = true })
  return answer and answer.value
end

--- Writes a secret of Key Vault: a new version.
---
---     client:put_secret("shop-db", crypto.random(32), {contentType = "text/plain"})
---@param name string
---@param value string
---@param options table? contentType, tags, attributes.
---@return string id Of the version.
function Client:put_secret(name, value, options)
  local body = rest.without(options)
  body.value = value
  return call(self, "put_secret", "PUT", rest.path("/secrets/{}", name), { body = body }).id
end

--- Lists the secrets of Key Vault, without their values.
---
---     for _, name in ipairs(client:secrets()) do print(name) end
---@return string[] names
function Client:secrets()
  local names = json.array()
  local answer = call(self, "secrets", "GET", "/secrets", {})
  while true do
    for _, s in ipairs(answer.value or {}) do names[#names + 1] = s.id:match("[^/]+$") end
    local following = answer.nextLink and answer.nextLink:match("%?([^#]*)")
    if not following then return names end
    answer = self.rest:call("secrets", "GET", "/secrets?" .. following, { headers = { authorization = "Bearer " .. self:token() } })
  end
end

return M
