--- What a reconcile function works with.

local rest = require("../internal/rest")
local request = require("./request")
local kinds = require("./kinds")
local objects = require("./objects")
local apply = require("./apply")

--- What a reconcile function works with.
---@class k8s.ReconcileContext
---@field key string "namespace/name", or "/name".
---@field attempt integer 1, and one more for each failure in a row.
---@field options table The options of the controller's requests, for other functions of this module.
local Context = {}
Context.__index = Context

local function version(about) return (about.api:gsub("^/apis?/", "")) end

local function reference(object, about)
  return {
    apiVersion = version(about), kind = about.kind, name = object.metadata.name, uid = object.metadata.uid, controller = true, blockOwnerDeletion = true,
  }
end

function Context._new(controller, key, object, attempt)
  return setmetatable({ key = key, attempt = attempt, options = controller.asking, _controller = controller, _object = object, _applied = {} }, Context)
end

--- Whether one object may own the other: owners are in the same namespace, or in none.
local function may_own(owner, object)
  local ns = owner.metadata.namespace
  return ns == nil or ns == (object.metadata or {}).namespace
end

--- Applies an object on the server as this controller, and makes the object that is reconciled its owner, if it may be
--- one: then it is deleted with it, and its changes are reconciled where it is watched with owned.
---
---     ctx:apply({apiVersion = "v1", kind = "ConfigMap", metadata = {name = "c", namespace = "shop"}, data = {a = "1"}})
---@param object table
---@param options {owned: boolean?}? owned = false makes no owner.
---@return table # As it is then.
function Context:apply(object, options)
  local c = self._controller
  local o = rest.without(c.asking)
  o.field_manager, o.force = c.name, true
  if not (options and options.owned == false) and may_own(self._object, object) then
    object = rest.without(object)
    object.metadata = rest.without(object.metadata)
    object.metadata.ownerReferences = { reference(self._object, c.primary.about) }
  end
  local applied = apply.apply(object, o)
  local m = object.metadata
  self._applied[object.kind .. " " .. (m.namespace or applied.metadata.namespace or "") .. "/" .. m.name] = true
  return applied
end

--- Gets an object: a copy of what is watched, or what the server has.
---
---     local secret = ctx:get("secret", "shop", "db")
---@param kind string
---@param ns string|nil
---@param name string
---@return table|nil # nil when it is not there.
function Context:get(kind, ns, name)
  local c = self._controller
  local about = kinds._kind(kind, c.asking)
  for _, w in ipairs(c.watches) do
    if w.about == about and not w.o.label_selector and not w.o.field_selector and (w.ns == nil or w.ns == ns) then
      local found = w.known[(about.namespaced and ns or "") .. "/" .. name]
      return found and json.parse(json.encode(found)) or nil
    end
  end
  return (request._ask("get", "GET", objects._at(ns, kind, name, c.asking), nil, c.asking, nil, true))
end

--- Lists the objects of a kind that is watched. They are not copies: change none of them.
---
---     for _, ns in ipairs(ctx:list("namespace", {labels = {team = "shop"}})) do print(ns.metadata.name) end
---@param kind string
---@param options {labels: table<string, string>?}? Only those that have these labels.
---@return table[]
function Context:list(kind, options)
  local c = self._controller
  local about, found = kinds._kind(kind, c.asking), json.array()
  local function wanted(object)
    local labels = object.metadata.labels or {}
    for name, value in pairs(options and options.labels or {}) do
      if labels[name] ~= value then return false end
    end
    return true
  end
  for _, w in ipairs(c.watches) do
    if w.about == about then
      for _, object in pairs(w.known) do
        if wanted(object) then found[#found + 1] = object end
      end
      return found
    end
  end
  error("k8s.controller: " .. kind .. " is not watched", 2)
end

--- Deletes the objects of a kind that is watched that the reconciled object owns, and that were not applied in this call:
--- what it once wanted and wants no more. Call it when all is applied.
---
---     ctx:prune("secret")
---@param kind string
---@return integer # How many there were.
function Context:prune(kind)
  local c, n = self._controller, 0
  local about = kinds._kind(kind, c.asking)
  for _, object in ipairs(self:list(kind)) do
    local m, owned = object.metadata, false
    for _, ref in ipairs(m.ownerReferences or {}) do owned = owned or ref.uid == self._object.metadata.uid end
    if owned and not m.deletionTimestamp and not self._applied[about.kind .. " " .. (m.namespace or "") .. "/" .. m.name] then
      request._ask("delete", "DELETE", kinds._path(about, m.namespace, m.name), nil, c.asking, "2xx", true)
      n = n + 1
    end
  end
  return n
end

local function same(a, b)
  if type(a) ~= "table" or type(b) ~= "table" then return a == b end
  for k, v in pairs(a) do
    if not same(v, b[k]) then return false end
  end
  for k in pairs(b) do
    if a[k] == nil then return false end
  end
  return true
end

--- Sets fields of the object's status. Nothing is sent when it has them.
---
---     ctx:status({copies = 3, observedGeneration = object.metadata.generation})
---@param fields table
---@return table # The object.
function Context:status(fields)
  local c, object = self._controller, self._object
  local differs = false
  for k, v in pairs(fields) do
    if not same(v, (object.status or {})[k]) then differs = true end
  end
  if not differs then return object end
  local path = kinds._path(c.primary.about, object.metadata.namespace, object.metadata.name) .. "/status"
  local o = rest.without(c.asking)
  o.query = { fieldManager = c.name }
  self._object = request.patch(path, { status = fields }, o)
  return self._object
end

--- Sets a condition of the object's status; the time is that of its last change.
---
---     ctx:condition("Ready", false, "NoSource", "there is no Secret shop/db")
---@param kind string
---@param is boolean
---@param reason string One word.
---@param message? string
---@return table # The object.
function Context:condition(kind, is, reason, message)
  local list, now = json.array(), nil
  local fresh = {
    type = kind, status = is and "True" or "False", reason = reason, message = message or "", observedGeneration = self._object.metadata.generation,
  }
  for _, c in ipairs((self._object.status or {}).conditions or {}) do
    if c.type == kind then now = c else list[#list + 1] = c end
  end
  fresh.lastTransitionTime = now and now.status == fresh.status and now.lastTransitionTime or time.format(math.floor(time()))
  list[#list + 1] = fresh
  return self:status({ conditions = list })
end

--- Tells what happened in an Event of the object.
---
---     ctx:event("Warning", "NoSource", "there is no Secret shop/db")
---@param kind "Normal"|"Warning"
---@param reason string One word.
---@param message string
function Context:event(kind, reason, message)
  local c, m = self._controller, self._object.metadata
  local now = time.format(math.floor(time()))
  local ns = m.namespace or "default"
  objects.create(ns, "event", {
    metadata = { generateName = m.name .. ".", namespace = ns }, type = kind, reason = reason, message = message,
    involvedObject = { apiVersion = version(c.primary.about), kind = c.primary.about.kind, name = m.name, namespace = m.namespace, uid = m.uid },
    source = { component = c.name }, firstTimestamp = now, lastTimestamp = now, count = 1,
  }, c.asking)
end

--- Tells whether the controller is to end: what takes long may stop at a good place.
---
---     if ctx:stopping() then return end
---@return boolean
function Context:stopping() return self._controller.stopping == true end

return Context
