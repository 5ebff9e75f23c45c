--- Who may do what.

local rest = require("../internal/rest")
local request = require("./request")
local kinds = require("./kinds")

local M = {}

---@class k8s.AccessOptions
---@field namespace? string Where; without it, in all namespaces.
---@field name? string One object.
---@field subresource? string Such as "log" or "scale".

---@class k8s.TokenOptions
---@field audiences? string[] Whom the token is for; the API server unless given.
---@field expiration? integer How long it lives, in seconds; 3600 unless given.

--- Tells whether whoever asks may do something.
---
---     assert(k8s.can_i("create", "deployment", {namespace = "shop"}))
---@param verb string get, list, watch, create, update, patch, delete, ...
---@param kind string
---@param options k8s.AccessOptions? And those of k8s.Options.
---@return boolean allowed
---@return string? reason Why, where the server says so.
function M.can_i(verb, kind, options)
  local o = options or {}
  local about = kinds._kind(kind, o)
  local review = {
    apiVersion = "authorization.k8s.io/v1", kind = "SelfSubjectAccessReview",
    spec = { resourceAttributes = {
      verb = verb, group = about.api:match("^/apis/([^/]+)") or "", resource = about.plural,
      namespace = o.namespace, name = o.name, subresource = o.subresource,
    } },
  }
  local status = request.post("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", review, o).status or {}
  return status.allowed == true, status.reason
end

--- Makes a token of a service account.
---
---     local t = k8s.token_request("shop", "api", {audiences = {"vault"}, expiration = 600})
---     print(t.expires_at)
---@param ns string
---@param account string
---@param options k8s.TokenOptions? And those of k8s.Options.
---@return {token: string, expires_at: string} # expires_at as RFC 3339.
function M.token_request(ns, account, options)
  local o = options or {}
  local body = {
    apiVersion = "authentication.k8s.io/v1", kind = "TokenRequest",
    spec = { audiences = json.array(o.audiences), expirationSeconds = o.expiration or 3600 },
  }
  local status = request.post(kinds._path(kinds._kind("serviceaccount"), ns, account) .. "/token", body, o).status
  if not status or not status.token then rest.fail("k8s.answer", "k8s.token_request: the answer has no token") end
  return { token = status.token, expires_at = status.expirationTimestamp }
end

return M
