--- Reads and changes objects by kind and name.

local rest = require("../internal/rest")
local request = require("./request")
local kinds = require("./kinds")

local M = {}

--- An object's path; the cluster is asked for kinds that are not known.
local function at(ns, kind, name, o)
  local about = kinds._kind(kind, o or {})
  if about.namespaced and (ns == nil or ns == "") then
    error("k8s: a namespace is expected: " .. about.plural .. " are in namespaces", 3)
  end
  return kinds._path(about, ns, name)
end
M._at = at

---@class k8s.ListOptions
---@field label_selector? string Such as "app=api,tier!=db".
---@field field_selector? string Such as "status.phase=Running".
---@field limit? integer How many at most: the rest is left away.
---@field page_size? integer How many to ask for at a time; all are given.

--- Reads an object.
---
---     local api = k8s.get_resource("shop", "deployment", "api")
---     print(api.spec.replicas)
---@param ns string|nil The namespace; nil for kinds that have none.
---@param kind string
---@param name string
---@param options k8s.Options?
---@return table
function M.get_resource(ns, kind, name, options) return request.get(at(ns, kind, name, options), options) end

--- Lists objects: all of them, over several pages if the server gives them so, unless limit is given.
---
---     local pods = k8s.list("shop", "pod", {label_selector = "app=api"}).items
---     local all = k8s.list(nil, "pod", {page_size = 500}).items
---@param ns string|nil The namespace; nil is all.
---@param kind string
---@param options k8s.ListOptions? And those of k8s.Options.
---@return {items: table[], metadata: table} # The whole List; its items are never nil.
function M.list(ns, kind, options)
  local o = options or {}
  local path = kinds._path(kinds._kind(kind, o), ns)
  local query = { labelSelector = o.label_selector, fieldSelector = o.field_selector, limit = o.limit or o.page_size }
  local pages, whole = request._pages(query), nil
  repeat
    local page, response = request._ask("get", "GET", path, { query = query }, o)
    if type(page) ~= "table" then rest.fail("k8s.answer", "k8s.get: unexpected response format", response) end
    if not whole then
      whole = page
      whole.items = page.items or json.array()
    else
      for _, item in ipairs(page.items or {}) do whole.items[#whole.items + 1] = item end
      whole.metadata = page.metadata
    end
  until o.limit or not pages(page, response)
  return whole
end

--- Creates an object.
---
---     k8s.create("shop", "configmap", {metadata = {name = "c"}, data = {a = "1"}})
---@param ns string|nil
---@param kind string
---@param body table
---@param options k8s.Options? And dry_run, field_manager.
---@return table # As it was made.
function M.create(ns, kind, body, options)
  return (request._ask("post", "POST", at(ns, kind, nil, options), { body = body, query = M._changes(options) }, options, "2xx"))
end

--- Replaces an object. With a metadata.resourceVersion that is old, it raises with the status 409.
---
---     local c = k8s.get_resource("shop", "configmap", "c")
---     c.data.a = "2"
---     k8s.update("shop", "configmap", "c", c)
---@param ns string|nil
---@param kind string
---@param name string
---@param body table
---@param options k8s.Options? And dry_run, field_manager.
---@return table
function M.update(ns, kind, name, body, options)
  return (request._ask("put", "PUT", at(ns, kind, name, options), { body = body, query = M._changes(options) }, options, "2xx"))
end

--- The parameters of what changes something.
function M._changes(o)
  return { dryRun = o and o.dry_run and "All" or nil, fieldManager = o and o.field_manager }
end

--- Patches an object.
---
---     k8s.patch_resource("shop", "deployment", "api", {spec = {replicas = 3}})
---     k8s.patch_resource("shop", "deployment", "api", change, {type = "strategic"})
---@param ns string|nil
---@param kind string
---@param name string
---@param body table|string
---@param options k8s.Options? And type ("merge", "strategic", "json"), dry_run, field_manager.
---@return table
function M.patch_resource(ns, kind, name, body, options)
  local o = rest.without(options)
  o.query = M._changes(o)
  return request.patch(at(ns, kind, name, options), body, o)
end

--- Deletes an object. One that is not there raises with the status 404.
---
---     k8s.delete_resource("shop", "job", "migrate", {propagation = "Foreground"})
---@param ns string|nil
---@param kind string
---@param name string
---@param options k8s.Options? And propagation ("Foreground", "Background", "Orphan"), grace_period (seconds), dry_run.
function M.delete_resource(ns, kind, name, options) request.delete(at(ns, kind, name, options), options) end

--- Tells whether an object is there. What the server refuses is false as well.
---
---     if not k8s.exists("shop", "secret", "tls") then error("there is no certificate") end
---@param ns string|nil
---@param kind string
---@param name string
---@param options k8s.Options?
---@return boolean
function M.exists(ns, kind, name, options) return request._send("GET", at(ns, kind, name, options), nil, options).status == 200 end

--- Tells whether a namespace is there.
---
---     assert(k8s.namespace_exists("shop"))
---@param name string
---@param options k8s.Options?
---@return boolean
function M.namespace_exists(name, options) return M.exists(nil, "namespace", name, options) end

--- Reads what a Secret has, decoded. Values may be binary.
---
---     local password = k8s.get_secret("shop", "db").password
---@param ns string
---@param name string
---@param options k8s.Options?
---@return table<string, string>
function M.get_secret(ns, name, options)
  local values = {}
  for key, value in pairs(M.get_resource(ns, "secret", name, options).data or {}) do values[key] = base64.decode(value) end
  return values
end

--- Reads what a ConfigMap has.
---
---     print(k8s.get_configmap("shop", "settings")["app.yaml"])
---@param ns string
---@param name string
---@param options k8s.Options?
---@return table<string, string>
function M.get_configmap(ns, name, options) return M.get_resource(ns, "configmap", name, options).data or {} end

--- Lists events.
---
---     for _, e in ipairs(k8s.list_events("shop").items) do print(e.reason, e.message) end
---@param ns string|nil
---@param options k8s.ListOptions?
---@return {items: table[]}
function M.list_events(ns, options) return M.list(ns, "event", options) end

--- Lists the events of an object.
---
---     for _, e in ipairs(k8s.events_for("shop", "Pod", "api-0").items) do print(e.reason, e.message) end
---@param ns string
---@param kind string As events have it; in any case.
---@param name string
---@param options k8s.Options?
---@return {items: table[]}
function M.events_for(ns, kind, name, options)
  local o = rest.without(options)
  o.field_selector = ("involvedObject.kind=%s,involvedObject.name=%s"):format(kinds._kind(kind, o).kind, name)
  return M.list(ns, "event", o)
end

--- Lists the addresses that are ready behind a Service.
---
---     assert.gt(#k8s.service_endpoints("shop", "api"), 0)
---@param ns string
---@param name string
---@param options k8s.Options?
---@return string[]
function M.service_endpoints(ns, name, options)
  local addresses = json.array()
  for _, subset in ipairs(M.get_resource(ns, "endpoints", name, options).subsets or {}) do
    for _, address in ipairs(subset.addresses or {}) do addresses[#addresses + 1] = address.ip end
  end
  return addresses
end

return M
