--- Works with tables: keys, values, and tables made of others.
---
---     local tables = require("assay.tables")
---     local ready = tables.filter(pods, function(pod) return pod.ready end)
---     local names = tables.map(ready, function(pod) return pod.name end)
---
--- No function changes its arguments. `map` and `filter` go through an array, or, where there is no element 1, through the
--- keys in order; the functions that they are given get the value and then the key.

local M = {}

local function check(name, n, t)
  if type(t) ~= "table" then error(("tables.%s: argument %d: table expected, got %s"):format(name, n, type(t)), 3) end
end

-- Numbers come before texts, and these before the rest.
local function before(a, b)
  local x, y = type(a), type(b)
  if x == y and (x == "number" or x == "string") then return a < b end
  if x ~= y and (x == "number" or y == "number") then return x == "number" end
  if x ~= y and (x == "string" or y == "string") then return x == "string" end
  return tostring(a) < tostring(b)
end

--- Gives the keys, in order: numbers, then texts, then the rest.
---
---     assert.eq(tables.keys({b = 1, a = 2}), {"a", "b"})
---@param t table
---@return any[]
function M.keys(t)
  check("keys", 1, t)
  local keys = {}
  for k in pairs(t) do keys[#keys + 1] = k end
  table.sort(keys, before)
  return keys
end

--- Gives the values, in the order of their keys.
---
---     assert.eq(tables.values({b = 1, a = 2}), {2, 1})
---@param t table
---@return any[]
function M.values(t)
  check("values", 1, t)
  local values = {}
  for i, k in ipairs(M.keys(t)) do values[i] = t[k] end
  return values
end

-- Goes through an array by its indices, and through another table by its keys.
local function each(t, fn)
  if t[1] == nil then
    for _, k in ipairs(M.keys(t)) do fn(t[k], k, false) end
    return
  end
  for i = 1, #t do fn(t[i], i, true) end
end

--- Gives a table of what `fn` makes of each value: an array of an array, else with the same keys. Where `fn` gives nil, an
--- array has no element.
---
---     assert.eq(tables.map({1, 2}, function(n) return n * 10 end), {10, 20})
---     assert.eq(tables.map({a = 1}, function(n, key) return key .. n end), {a = "a1"})
---@param t table
---@param fn fun(value: any, key: any): any
---@return table
function M.map(t, fn)
  check("map", 1, t)
  local made = {}
  each(t, function(v, k, array)
    local got = fn(v, k)
    if array then k = #made + 1 end
    made[k] = got
  end)
  return made
end

--- Gives a table of the values for which `fn` gives true: an array of an array, else with their keys.
---
---     assert.eq(tables.filter({1, 2, 3}, function(n) return n > 1 end), {2, 3})
---@param t table
---@param fn fun(value: any, key: any): any
---@return table
function M.filter(t, fn)
  check("filter", 1, t)
  local kept = {}
  each(t, function(v, k, array)
    if not fn(v, k) then return end
    if array then k = #kept + 1 end
    kept[k] = v
  end)
  return kept
end

--- Gives the elements of an array from `first` to `last`. Negative positions count from the end, as in string.sub.
---
---     assert.eq(tables.slice({"a", "b", "c"}, 2), {"b", "c"})
---     assert.eq(tables.slice({"a", "b", "c"}, -2, -2), {"b"})
---@param t any[]
---@param first integer? 1 unless given.
---@param last integer? The last element unless given.
---@return any[]
function M.slice(t, first, last)
  check("slice", 1, t)
  local n = #t
  first, last = first or 1, last or n
  if first < 0 then first = math.max(n + first + 1, 1) end
  if first == 0 then first = 1 end
  if last < 0 then last = n + last + 1 end
  local part = {}
  for i = first, math.min(last, n) do part[#part + 1] = t[i] end
  return part
end

--- Gives a table with the fields of all, tables within tables together; of two values for one key, the later counts. An
--- array takes the place of what was there, whole.
---
---     local defaults = {limits = {cpu = 1, memory = "1Gi"}}
---     assert.eq(tables.merge(defaults, {limits = {cpu = 2}}), {limits = {cpu = 2, memory = "1Gi"}})
---@param ... table
---@return table
function M.merge(...)
  local merged = {}
  for i = 1, select("#", ...) do
    local t = select(i, ...)
    check("merge", i, t)
    for k, v in pairs(t) do
      local known = merged[k]
      if type(v) == "table" and type(known) == "table" and v[1] == nil and known[1] == nil and next(v) ~= nil then
        merged[k] = M.merge(known, v)
      else
        merged[k] = M.deep_copy(v)
      end
    end
  end
  return merged
end

local function copy(v, seen)
  if type(v) ~= "table" then return v end
  if seen[v] then return seen[v] end
  local made = {}
  seen[v] = made
  for k, item in pairs(v) do made[copy(k, seen)] = copy(item, seen) end
  return setmetatable(made, getmetatable(v))
end

--- Gives a copy of a value with copies of all tables within; a table that is there twice, or within itself, is so in the
--- copy. Metatables are kept, and not copied.
---
---     local pod = {labels = {app = "web"}}
---     local other = tables.deep_copy(pod)
---     other.labels.app = "api"
---     assert.eq(pod.labels.app, "web")
---@param value any
---@return any
function M.deep_copy(value) return copy(value, {}) end

return M
