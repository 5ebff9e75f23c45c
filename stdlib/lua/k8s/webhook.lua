--- Admission webhooks: they see what is about to be changed in a cluster, and may refuse or change it.

local rest = require("../internal/rest")
local jsonpatch = require("../internal/jsonpatch")

local M = {}

---@class k8s.AdmissionRequest
---@field operation "CREATE"|"UPDATE"|"DELETE"|"CONNECT" What is done.
---@field object table? The object; none for DELETE.
---@field oldObject table? The object as it is, for UPDATE and DELETE.
---@field kind {group: string, version: string, kind: string} The kind of the object.
---@field resource {group: string, version: string, resource: string} Its kind as it is in paths.
---@field namespace string? Where it is.
---@field name string? Its name; none where the server makes one.
---@field userInfo {username: string, groups: string[]} Who asks.
---@field dryRun boolean? Whether nothing will be changed: a function that changes something elsewhere must not then.

---@class k8s.WebhookOptions
---@field validate? fun(object: table, request: k8s.AdmissionRequest): any Tells whether it is permitted: a text, or false and a text, refuses; a table has message, code, and warnings; nil, true and a table with warnings alone permit. Served at /validate.
---@field mutate? fun(object: table, request: k8s.AdmissionRequest): table? Changes the object, or gives another one. Served at /mutate.
---@field tls? http.ServeTLS The certificate and its key: files that are read again when they change. The API server asks for it.
---@field port? integer 8443 unless given.
---@field health? boolean|string Answer /healthz; so it is unless given.
---@field ready? boolean|string Answer /readyz; so it is unless given.

local own = { "validate", "mutate", "tls", "port" }

local function refusal(verdict, message)
  if type(verdict) == "table" then
    if verdict.allowed == false or verdict.allowed == nil and verdict.message then
      return { message = verdict.message or "refused", code = verdict.code or 403 }
    end
    return nil
  end
  if type(verdict) == "string" then return { message = verdict, code = 403 } end
  if verdict == false then return { message = message or "refused", code = 403 } end
end

--- The object that is talked about: what is deleted is the old one.
local function subject(request) return request.object or request.oldObject or {} end

local function validate(fn)
  return function(request, response)
    local verdict, message = fn(subject(request), request)
    local status = refusal(verdict, message)
    response.allowed, response.status = status == nil, status
    if type(verdict) == "table" then response.warnings = verdict.warnings end
  end
end

local function mutate(fn)
  return function(request, response, before)
    response.allowed = true
    local object = request.object
    if not object then return end
    local patch = jsonpatch.of(before, fn(object, request) or object)
    if #patch > 0 then response.patchType, response.patch = "JSONPatch", base64.encode(json.encode(patch)) end
  end
end

--- Answers an AdmissionReview. An error in answer is a 500: whether the change goes on, failurePolicy says.
local function handler(answer)
  return function(req)
    local ok, review = pcall(req.json, req)
    local request = ok and type(review) == "table" and review.request
    if type(request) ~= "table" or type(request.uid) ~= "string" then
      return { status = 400, body = "an AdmissionReview with a request is expected" }
    end
    local response = { uid = request.uid }
    answer(request, response, req:json().request.object)
    return { json = { apiVersion = review.apiVersion or "admission.k8s.io/v1", kind = "AdmissionReview", response = response } }
  end
end

--- Serves an admission webhook until the script is told to end: validate refuses, mutate changes the object, and the patch
--- is what it has changed. Both are called for each object that the cluster's configurations of webhooks send. A function
--- that raises is answered with 500, and the failurePolicy of the configuration says what is done then.
---
---     k8s.webhook({
---       tls = {cert = "/tls/tls.crt", key = "/tls/tls.key"},
---       validate = function(pod) if pod.spec.hostNetwork then return "hostNetwork is not permitted" end end,
---       mutate = function(pod) pod.metadata.labels = pod.metadata.labels or {} pod.metadata.labels.team = "shop" end,
---     })
---@param options k8s.WebhookOptions And those of http.serve.
function M.webhook(options)
  local o = options or {}
  if type(o.validate) ~= "function" and type(o.mutate) ~= "function" then
    error("k8s.webhook: validate or mutate is expected: a function", 2)
  end
  if not http.serve then error("k8s.webhook: only scripts serve, not checks", 2) end
  local routes = { POST = {} }
  if o.validate then routes.POST["/validate"] = handler(validate(o.validate)) end
  if o.mutate then routes.POST["/mutate"] = handler(mutate(o.mutate)) end
  local serving = rest.without(o, table.unpack(own))
  serving.tls = o.tls
  if serving.health == nil then serving.health = true end
  if serving.ready == nil then serving.ready = true end
  http.serve(o.port or 8443, routes, serving)
end

return M
