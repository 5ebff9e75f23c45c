--- Looks at Dex, or another OpenID Connect provider: what it offers, and whether its discovery document is right.
---
---     local dex = require("assay.dex")
---     local check = dex.validate_config("https://dex.example.com")
---     assert(check.ok, table.concat(check.errors, "; "))
---
--- An answer with another status than 200 raises an error with `code` ("dex.http"), `status` and `body`, unless the entry
--- says otherwise. The last argument of each function may be options of http.request, and `http`, a client of http.client.

local rest = require("./internal/rest")

local M = {}

---@alias dex.code
---| "dex.http" # The server answered with a failure; e.status and e.body have it.
---| "dex.answer" # The answer is no JSON, or lacks what it must have.

--- Reads the discovery document (OpenID Connect Discovery 1.0).
---
---     print(dex.discovery(url).token_endpoint)
---@param url string The issuer.
---@param options http.Options?
---@return table
function M.discovery(url, options)
  local answer, response = rest.client("dex", url, options):call("discovery", "GET", "/.well-known/openid-configuration")
  if type(answer) ~= "table" then rest.fail("dex.answer", "dex.discovery: unexpected response format", response) end
  return answer
end

--- Reads the keys that tokens are signed with, from where the discovery document says.
---
---     local claims = crypto.jwt_verify(token, dex.jwks(url), {iss = url})
---@param url string
---@param options http.Options?
---@return {keys: table[]}
function M.jwks(url, options)
  local at = M.discovery(url, options).jwks_uri
  if type(at) ~= "string" then rest.fail("dex.answer", "dex.jwks: the discovery document has no jwks_uri") end
  return (rest.client("dex", url, options):at(at):call("jwks", "GET", ""))
end

--- Tells who the discovery document says that it is of.
---
---     assert.eq(dex.issuer(url), url)
---@param url string
---@param options http.Options?
---@return string
function M.issuer(url, options) return M.discovery(url, options).issuer end

--- Tells whether the server answers that it is healthy. A status is never an error.
---
---     assert(dex.health(url))
---@param url string
---@param options http.Options?
---@return boolean
function M.health(url, options) return rest.client("dex", url, options):send("GET", "/healthz").status == 200 end

--- The same as health.
---
---     assert(dex.ready(url))
---@param url string
---@param options http.Options?
---@return boolean
function M.ready(url, options) return M.health(url, options) end

--- Tells whether the discovery document has a field.
---
---     assert(dex.has_endpoint(url, "device_authorization_endpoint"))
---@param url string
---@param field string
---@param options http.Options?
---@return boolean
function M.has_endpoint(url, field, options) return M.discovery(url, options)[field] ~= nil end

--- Lists the scopes that the provider knows.
---
---     assert.contains(dex.supported_scopes(url), "openid")
---@param url string
---@param options http.Options?
---@return string[]
function M.supported_scopes(url, options) return M.discovery(url, options).scopes_supported or json.array() end

--- Lists the types of responses that the provider knows.
---
---     assert.contains(dex.supported_response_types(url), "code")
---@param url string
---@param options http.Options?
---@return string[]
function M.supported_response_types(url, options) return M.discovery(url, options).response_types_supported or json.array() end

--- Lists the types of grants that the provider knows.
---
---     assert.contains(dex.supported_grant_types(url), "refresh_token")
---@param url string
---@param options http.Options?
---@return string[]
function M.supported_grant_types(url, options) return M.discovery(url, options).grant_types_supported or json.array() end

local function has(list, item)
  for _, one in ipairs(list) do
    if one == item then return true end
  end
  return false
end

--- Tells whether the provider knows a scope.
---
---     assert(dex.supports_scope(url, "groups"))
---@param url string
---@param scope string
---@param options http.Options?
---@return boolean
function M.supports_scope(url, scope, options) return has(M.supported_scopes(url, options), scope) end

--- Tells whether the provider knows a type of grant.
---
---     assert(dex.supports_grant_type(url, "authorization_code"))
---@param url string
---@param kind string
---@param options http.Options?
---@return boolean
function M.supports_grant_type(url, kind, options) return has(M.supported_grant_types(url, options), kind) end

--- Looks whether the discovery document has what clients need, and is of the issuer at the URL. It does not raise.
---
---     local check = dex.validate_config(url)
---     for _, why in ipairs(check.errors) do log.error(why) end
---@param url string
---@param options http.Options?
---@return {ok: boolean, errors: string[]}
function M.validate_config(url, options)
  local errors = json.array()
  local ok, found = pcall(M.discovery, url, options)
  if not ok then
    errors[1] = "discovery failed: " .. tostring(found)
    return { ok = false, errors = errors }
  end
  for _, field in ipairs({ "issuer", "authorization_endpoint", "token_endpoint", "jwks_uri" }) do
    if not found[field] then errors[#errors + 1] = "missing " .. field end
  end
  local wanted = url:gsub("/+$", "")
  if found.issuer and found.issuer:gsub("/+$", "") ~= wanted then
    errors[#errors + 1] = ("issuer mismatch: expected %s, got %s"):format(wanted, found.issuer)
  end
  return { ok = #errors == 0, errors = errors }
end

--- Reads the version, where the server tells it. It never raises.
---
---     local v = dex.admin_version(url)
---     print(v and v.server)
---@param url string
---@param options http.Options?
---@return table|nil
function M.admin_version(url, options)
  local ok, version = pcall(function() return (rest.client("dex", url, options):call("admin_version", "GET", "/api/v1/version")) end)
  return ok and version or nil
end

return M
