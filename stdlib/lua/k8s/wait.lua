--- Waits for what objects become.

local rest = require("../internal/rest")
local request = require("./request")
local kinds = require("./kinds")
local objects = require("./objects")

local M = {}

---@class k8s.WaitOptions
---@field condition? string "Available", or with the status it must have: "Ready=False".
---@field jsonpath? string "{.status.phase}=Running", or without a value that something is there.
---@field deleted? boolean Until the object is gone.
---@field timeout? number How long in all, in seconds; 60 unless given.
---@field interval? number How long between looks, in seconds; 1 unless given.

--- The value at a path such as {.status.phase} or {.spec.containers[0]['image']}.
local function at(object, path)
  local text, value = path:match("^{?(.-)}?$"), object
  while text ~= "" do
    local key, left
    key, left = text:match("^%[['\"](.-)['\"]%](.*)$")
    if not key then
      local index
      index, left = text:match("^%[(%d+)%](.*)$")
      key = index and tonumber(index) + 1
    end
    if not key then
      key, left = text:gsub("^%.", ""):gsub("\\%.", "\0"):match("^([^.%[]+)(.*)$")
      if not key or key == "*" or key:find("[?@*]") then error("k8s.wait: the jsonpath " .. path .. " is not one of fields, [n] and ['name']", 0) end
      key, left = key:gsub("%z", "."), left:gsub("%z", "\\.")
    end
    if type(value) ~= "table" then return nil end
    value, text = value[key], left
  end
  return value
end

--- Tells what an object must be: gives a function of the object, and its description.
local function wanted(o)
  if o.deleted then return function(object) return object == nil end, "gone" end
  if o.condition then
    local kind, status = o.condition:match("^([^=]+)=(.*)$")
    kind, status = kind or o.condition, (status or "True"):lower()
    return function(object)
      local c = rest.condition(object, kind)
      local seen = c and c.observedGeneration or object and object.status and object.status.observedGeneration
      -- What is said about an older generation says nothing about this one.
      if seen and object.metadata.generation and seen < object.metadata.generation then return false end
      return c ~= nil and tostring(c.status):lower() == status
    end, o.condition
  end
  if o.jsonpath then
    local path, value = o.jsonpath:match("^({.-})=(.*)$")
    path = path or o.jsonpath
    return function(object)
      local found = object and at(object, path)
      if value == nil then return found ~= nil end
      return found ~= nil and tostring(found) == value
    end, o.jsonpath
  end
  error("k8s.wait: condition, jsonpath or deleted is expected", 3)
end

local function tolerable(e)
  local status = type(e) ~= "string" and e.status
  return status == nil and type(e) ~= "string" and tostring(e.code):find("^http%.") ~= nil or status == 429 or status ~= nil and status ~= false and status >= 500
end

--- Waits until an object has a condition or a value, or is gone. One that is not there yet is waited for; what keeps
--- the server from answering is, too. What it refuses raises at once.
---
---     k8s.wait("shop", "deployment", "api", {condition = "Available", timeout = 300})
---     k8s.wait("shop", "pod", "api-0", {jsonpath = "{.status.phase}=Running"})
---     k8s.wait("shop", "job", "migrate", {deleted = true})
---@param ns string|nil
---@param kind string
---@param name string
---@param options k8s.WaitOptions And those of k8s.Options.
---@return table|nil object As it is then; nil when it is gone.
function M.wait(ns, kind, name, options)
  local o = options or {}
  local is, what = wanted(o)
  local asking = rest.without(o, "timeout")
  local path, last = objects._at(ns, kind, name, asking), "not found"
  local found
  local ok, e = pcall(rest.poll, o.timeout or 60, o.interval or 1, function()
    local sent, object = pcall(request._ask, "get", "GET", path, nil, asking, nil, true)
    if not sent then
      if not tolerable(object) then error(object, 0) end
      last = tostring(object)
      return false
    end
    found, last = object, object and "there" or "not found"
    local c = object and o.condition and rest.condition(object, o.condition:match("^[^=]+"))
    if c then last = ("%s is %s (%s)"):format(c.type, c.status, c.message or c.reason or "no reason") end
    return is(object)
  end, "late")
  if ok then return found end
  if e ~= "late" then error(e, 0) end
  rest.fail("k8s.timeout", ("k8s.wait: %s %s/%s is not %s after %gs: %s"):format(kind, ns or "-", name, what, o.timeout or 60, last))
end

local function ready(object)
  local kind, status, spec = (object.kind or ""):lower(), object.status or {}, object.spec or {}
  if kind == "deployment" or kind == "statefulset" then
    local replicas, count = status.replicas or spec.replicas or 0, status.readyReplicas or 0
    return count > 0 and count >= replicas
  elseif kind == "daemonset" then
    local desired = status.desiredNumberScheduled or 0
    return desired > 0 and (status.numberReady or 0) >= desired
  elseif kind == "job" then
    return (status.succeeded or 0) >= 1
  end
  local c = rest.condition(object, "Ready")
  if c then return c.status == "True" end
  local phase = status.phase
  return phase == "Active" or phase == "Running" or phase == "Bound" or phase == "Ready"
end

--- Tells whether an object is ready: replicas of workloads, success of a job, the condition Ready, or a phase of
--- Active, Running, Bound or Ready. One that cannot be read raises.
---
---     assert(k8s.is_ready("shop", "statefulset", "db"))
---@param ns string|nil
---@param kind string
---@param name string
---@param options k8s.Options?
---@return boolean
function M.is_ready(ns, kind, name, options)
  local object = objects.get_resource(ns, kind, name, options)
  object.kind = object.kind or kinds._kind(kind, options or {}).kind
  return ready(object)
end

--- Waits until an object is ready. Errors are not raised: it may come yet.
---
---     k8s.wait_ready("shop", "deployment", "api", 120)
---@param ns string|nil
---@param kind string
---@param name string
---@param timeout? number Seconds; 60 unless given. With 0 it looks once.
---@param options k8s.Options?
---@return boolean # true; when it takes too long, k8s.wait_ready raises.
function M.wait_ready(ns, kind, name, timeout, options)
  timeout = timeout or 60
  local last
  local ok, e = pcall(rest.poll, timeout, 2, function()
    local asked, is = pcall(M.is_ready, ns, kind, name, options)
    last = asked and "" or ": " .. tostring(is)
    return asked and is
  end, "late")
  if ok then return true end
  if e ~= "late" then error(e, 0) end
  rest.fail("k8s.timeout", ("k8s.wait_ready: %s %s/%s not ready after %gs%s"):format(kind, ns or "-", name, timeout, last))
end

return M
