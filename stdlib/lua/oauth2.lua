--- Gets tokens of OAuth 2.0 and OpenID Connect for machines: client credentials, refresh, JWT bearer, exchange.
---
---     local oauth2 = require("assay.oauth2")
---     local client = oauth2.client{issuer = "https://id.example.com", client_id = "ci", client_secret = env.get("SECRET")}
---     local r = http.get("https://api.example.com/me", {auth = {bearer = client:token()}})
---
--- A token is kept until shortly before it ends. A refusal raises an error with `code` ("oauth2.refused"), `status` and `body`.

local rest = require("./internal/rest")

local M = {}

---@alias oauth2.code
---| "oauth2.refused" # The server gives no token; the message has its error and description.
---| "oauth2.http" # The server answered with another failure; e.status and e.body have it.
---| "oauth2.answer" # The answer is no JSON, or has no token.

---@class oauth2.Options
---@field token_url? string Where tokens are; otherwise issuer is asked for it.
---@field issuer? string The provider, whose discovery document has the URLs.
---@field client_id string Who asks.
---@field client_secret? string Its secret.
---@field private_key? string Its key in PEM instead of a secret: private_key_jwt (RFC 7523).
---@field key_id? string Of that key.
---@field algorithm? string Of its signature; "RS256" unless given.
---@field auth? "basic"|"post" How the secret is sent: in the header unless given, or in the form.
---@field scope? string What the token is for, with blanks between.
---@field audience? string Whom it is for.
---@field timeout? number Of each request, in seconds, and other options of http.request; and http, a client of http.client.

---@class oauth2.Token
---@field access_token string The token.
---@field token_type string "Bearer".
---@field expires_in integer? How long it lives, in seconds.
---@field refresh_token string? For refresh.
---@field id_token string? Of OpenID Connect.
---@field scope string? What it is for.

--- An application at a provider.
---@class oauth2.Client
local Client = {}
Client.__index = Client

--- Makes a client. Nothing is asked yet.
---
---     local client = oauth2.client{token_url = "https://id.example.com/token", client_id = "ci", client_secret = secret, scope = "deploy"}
---@param options oauth2.Options
---@return oauth2.Client
function M.client(options)
  local o = options or {}
  if not o.client_id then error("oauth2.client: client_id is required", 2) end
  if not (o.token_url or o.issuer) then error("oauth2.client: token_url or issuer is required", 2) end
  local r = rest.client("oauth2", o.issuer or o.token_url,
    rest.without(o, "token_url", "issuer", "client_id", "client_secret", "private_key", "key_id", "algorithm", "auth", "scope", "audience"))
  return setmetatable({ rest = r, options = o }, Client)
end

--- Reads the provider's discovery document, once.
---
---     print(client:discovery().token_endpoint)
---@return table # issuer, token_endpoint, jwks_uri, ... as OpenID Connect Discovery has them.
function Client:discovery()
  if not self.found then
    if not self.options.issuer then error("oauth2: discovery needs issuer", 2) end
    self.found = self.rest:get("discovery", "/.well-known/openid-configuration")
  end
  return self.found
end

local function url_of(self, name)
  local own = name == "token_endpoint" and self.options.token_url
  return own or self:discovery()[name] or rest.fail("oauth2.answer", "oauth2: the provider has no " .. name)
end

-- Names and secrets of the header are form-encoded first (RFC 6749, section 2.3.1).
local function form_encoded(text) return (rest.escape(text):gsub("%%20", "+")) end

local function post(self, operation, url, form)
  local o, headers = self.options, {}
  if o.private_key then
    local now = math.floor(time())
    form.client_id, form.client_assertion_type = o.client_id, "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    form.client_assertion = crypto.jwt_sign(
      { iss = o.client_id, sub = o.client_id, aud = o.issuer or url, iat = now, exp = now + 300, jti = crypto.uuid() },
      o.private_key, o.algorithm or "RS256", { kid = o.key_id })
  elseif o.client_secret and o.auth ~= "post" then
    headers.authorization = "Basic " .. base64.encode(form_encoded(o.client_id) .. ":" .. form_encoded(o.client_secret))
  else
    form.client_id, form.client_secret = o.client_id, o.client_secret
  end
  headers.accept = "application/json"
  local response = self.rest:at(url):send("POST", "", { form = form, headers = headers })
  if response.status == 200 then return response end
  local ok, said = pcall(response.json, response)
  if ok and type(said) == "table" and said.error then
    local why = said.error_description and ": " .. said.error_description or ""
    rest.fail("oauth2.refused", ("oauth2.%s: HTTP %d: %s%s"):format(operation, response.status, said.error, why), response)
  end
  self.rest:refuse(operation, response)
end

local function ask(self, operation, form)
  local response = post(self, operation, url_of(self, "token_endpoint"), form)
  local answer = self.rest:decode(operation, response)
  if type(answer) ~= "table" or type(answer.access_token) ~= "string" then
    -- The body is not shown: it may have a token all the same.
    rest.fail("oauth2.answer", "oauth2." .. operation .. ": unexpected response format: there is no access_token")
  end
  return answer
end

--- Asks for a token with the client's own credentials.
---
---     local answer = client:client_credentials{scope = "deploy"}
---     print(answer.expires_in)
---@param options {scope: string?, audience: string?, resource: string?}? Other than the client's.
---@return oauth2.Token
function Client:client_credentials(options)
  local o = options or {}
  return ask(self, "client_credentials", {
    grant_type = "client_credentials", scope = o.scope or self.options.scope, audience = o.audience or self.options.audience, resource = o.resource,
  })
end

--- Gives an access token: the one of before while it lives, else a new one.
---
---     local r = http.get(url, {auth = {bearer = client:token()}})
---@return string
function Client:token()
  if self.kept and time.monotonic() < self.ends then return self.kept.access_token end
  if self.kept and self.kept.refresh_token then
    local ok, answer = pcall(self.refresh, self, self.kept.refresh_token)
    if ok then return answer.access_token end
  end
  local answer = self:client_credentials()
  self.kept, self.ends = answer, time.monotonic() + math.max(0, (answer.expires_in or 60) - 30)
  return answer.access_token
end

--- Gets a token for a refresh token. The client's token is that from then on.
---
---     local answer = client:refresh(kept_refresh_token)
---     kept_refresh_token = answer.refresh_token or kept_refresh_token
---@param refresh_token string
---@param options {scope: string?}? Less than it had.
---@return oauth2.Token
function Client:refresh(refresh_token, options)
  local answer = ask(self, "refresh", { grant_type = "refresh_token", refresh_token = refresh_token, scope = options and options.scope })
  answer.refresh_token = answer.refresh_token or refresh_token
  self.kept, self.ends = answer, time.monotonic() + math.max(0, (answer.expires_in or 60) - 30)
  return answer
end

--- Gets a token for a signed assertion (RFC 7523).
---
---     local answer = client:jwt_bearer(crypto.jwt_sign(claims, key, "RS256"))
---@param assertion string
---@param options {scope: string?}?
---@return oauth2.Token
function Client:jwt_bearer(assertion, options)
  return ask(self, "jwt_bearer", {
    grant_type = "urn:ietf:params:oauth:grant-type:jwt-bearer", assertion = assertion, scope = options and options.scope or self.options.scope,
  })
end

--- Exchanges a token for another (RFC 8693).
---
---     local answer = client:exchange(fs.read("/var/run/secrets/tokens/id"), {audience = "api"})
---@param subject_token string
---@param options {subject_token_type: string?, requested_token_type: string?, audience: string?, scope: string?, resource: string?}? subject_token_type: a JWT unless given.
---@return oauth2.Token
function Client:exchange(subject_token, options)
  local form = rest.without(options)
  form.grant_type, form.subject_token = "urn:ietf:params:oauth:grant-type:token-exchange", subject_token
  form.subject_token_type = form.subject_token_type or "urn:ietf:params:oauth:token-type:jwt"
  return ask(self, "exchange", form)
end

--- Asks the provider what a token is (RFC 7662).
---
---     assert(client:introspect(token).active)
---@param token string
---@return {active: boolean, scope: string?, sub: string?, exp: integer?}
function Client:introspect(token)
  return self.rest:decode("introspect", post(self, "introspect", url_of(self, "introspection_endpoint"), { token = token }))
end

--- Ends a token (RFC 7009).
---
---     client:revoke(token)
---@param token string
function Client:revoke(token) post(self, "revoke", url_of(self, "revocation_endpoint"), { token = token }) end

return M
