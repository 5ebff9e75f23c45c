--- Follows what happens to objects.

local rest = require("../internal/rest")
local kinds = require("./kinds")
local objects = require("./objects")
local pods = require("./pods")

local M = {}

---@class k8s.WatchOptions
---@field label_selector? string Such as "app=api".
---@field field_selector? string Such as "metadata.name=api".
---@field resource_version? string Where to start: what was listed before. Without it, each object that is there is an event ADDED first.
---@field within? number End after that many seconds; without it, never.

--- What is kept of an object: enough to tell what a new list has changed.
local function stub(object, about)
  local m = object.metadata
  return {
    apiVersion = about.api:gsub("^/apis?/", ""), kind = about.kind,
    metadata = { name = m.name, namespace = m.namespace, uid = m.uid, resourceVersion = m.resourceVersion },
  }
end

local function key(object) return (object.metadata.namespace or "") .. "/" .. object.metadata.name end

--- Lists, and gives the differences to what is known as events.
local function relist(w)
  local list = objects.list(w.ns, w.kind, rest.without(w.o, "resource_version", "within"))
  local there = {}
  for _, object in ipairs(list.items) do
    local k, known = key(object), nil
    known, there[k] = w.known[k], true
    object.apiVersion, object.kind = object.apiVersion or w.api, object.kind or w.about.kind
    if known and known.metadata.uid ~= object.metadata.uid then
      w.known[k] = nil
      if not w.give("DELETED", known) then return false end
      known = nil
    end
    if not known or known.metadata.resourceVersion ~= object.metadata.resourceVersion then
      w.known[k] = w.keep(object, w.about)
      if not w.give(known and "MODIFIED" or "ADDED", object, known) then return false end
    end
  end
  for k, known in pairs(w.known) do
    if not there[k] then
      w.known[k] = nil
      if not w.give("DELETED", known) then return false end
    end
  end
  w.version = list.metadata and list.metadata.resourceVersion
  w.listed = true
  if w.synced then w.synced() end
  return true
end

--- Takes one line of a watch in. false ends the watch, "expired" asks for a new list.
local function take(w, line)
  if line == "" then return true end
  local event = json.parse(line)
  local object = event.object
  if event.type == "ERROR" then
    w.trouble = object
    return false
  end
  w.version = object.metadata.resourceVersion
  if event.type == "BOOKMARK" then return true end
  local k = key(object)
  local before = w.known[k]
  w.known[k] = event.type ~= "DELETED" and w.keep(object, w.about) or nil
  if not w.give(event.type, object, before) then
    w.ended = true
    return false
  end
  w.pause, w.heard = nil, true
  return true
end

local function follow(w)
  local seconds = 290
  if w.stop then seconds = math.max(1, math.ceil(math.min(seconds, w.stop - time.monotonic()))) end
  local query = {
    watch = true, allowWatchBookmarks = true, resourceVersion = w.version, timeoutSeconds = seconds,
    labelSelector = w.o.label_selector, fieldSelector = w.o.field_selector,
  }
  w.trouble = nil
  -- The server ends the stream by then; one that does not, or is heard of no more, is given up.
  local ok, e = pcall(pods._follow, kinds._path(w.about, w.ns), { query = query, timeout = seconds + (w.stop and 1 or 15) }, w.o, function(line) return take(w, line) end)
  if ok then return w.trouble and w.trouble.code or nil, w.trouble and w.trouble.message end
  if type(e) == "table" and e.code == "k8s.http" then
    if e.status == 410 then return 410 end
    if e.status == 401 or e.status == 429 or e.status >= 500 then return e.status, tostring(e) end
  elseif not w.failed and type(e) ~= "string" and tostring(e.code):find("^http%.") then
    return 0, tostring(e)
  end
  error(e, 0)
end

--- Calls fn for each change of objects, in their order, until it returns false. It goes on where it was when the
--- connection breaks; when the server no longer has what happened in between, a new list tells: nothing is lost, and
--- nothing comes twice. A DELETED that was missed that way has the object's name and identity alone.
---
---     k8s.watch("shop", "pod", function(event)
---       print(event.type, event.object.metadata.name)
---       return event.object.status.phase ~= "Failed"
---     end, {label_selector = "app=api", within = 600})
---@param ns string|nil The namespace; nil is all.
---@param kind string
---@param fn fun(event: {type: string, object: table}): boolean? type is ADDED, MODIFIED or DELETED.
---@param options k8s.WatchOptions? And those of k8s.Options.
---@return string version The resource version that was seen last.
function M.watch(ns, kind, fn, options)
  local o = options or {}
  local w = M._begin(ns, kind, o, function(event, object) return fn({ type = event, object = object }) end)
  w.version = o.resource_version
  return M._run(w)
end

--- A watch that is to run. give gets the type of an event, the object, and what was kept of it before.
function M._begin(ns, kind, o, give)
  local about = kinds._kind(kind, o)
  return {
    ns = ns, kind = kind, about = about, api = about.api:gsub("^/apis?/", ""), o = o, known = {}, keep = stub, call = give,
    stop = o.within and time.monotonic() + o.within,
  }
end

M._key = key

--- Whether an error may pass by itself. Whom the server has known before, it may not know while a token is changed.
local function passing(w, e)
  if w.failed or type(e) == "string" then return false end
  if e.status then return e.status >= 500 or e.status == 429 or w.listed and e.status == 401 end
  return tostring(e.code):find("^http%.") ~= nil
end

function M._run(w)
  w.give = function(...)
    local ok, more = pcall(w.call, ...)
    if not ok then
      w.failed = true
      error(more, 0)
    end
    return more ~= false
  end
  while true do
    local again, why
    if not w.version then
      local ok, going = pcall(relist, w)
      if ok and not going then return w.version or "" end
      if not ok then
        if not passing(w, going) then error(going, 0) end
        again, why = 0, tostring(going)
      end
    end
    if w.version then
      local began = time.monotonic()
      w.heard = false
      again, why = follow(w)
      local lasted = time.monotonic() - began
      if lasted > 10 then w.pause = nil end
      if not again and not w.heard and lasted < 1 then again, why = 0, "the server ends the stream at once" end
      if w.ended then return w.version end
      if again == 410 then w.version = nil end
    end
    if w.stop and time.monotonic() >= w.stop then return w.version or "" end
    if again and again ~= 410 then
      w.pause = math.min(30, (w.pause or 0.1) * 2)
      log.debug("k8s.watch goes on", { kind = w.kind, why = why, pause = w.pause })
      sleep(w.pause * (0.5 + math.random() / 2))
    elseif again == 410 then
      sleep(0.05)
    end
  end
end

return M
