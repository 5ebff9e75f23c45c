--- What makes one JSON value of another, as a JSON Patch (https://www.rfc-editor.org/rfc/rfc6902).

local M = {}

local function token(key) return (tostring(key):gsub("~", "~0"):gsub("/", "~1")) end

--- "array", "object", or "empty" for a table without fields whose form nobody has said.
local function form(t)
  if next(t) == nil then return json.encode(t) == "[]" and "array" or "empty" end
  return t[1] ~= nil and "array" or "object"
end

local function same(a, b)
  if type(a) ~= "table" or type(b) ~= "table" then return a == b end
  if #a ~= #b then return false end
  for k, v in pairs(a) do
    if not same(v, b[k]) then return false end
  end
  for k in pairs(b) do
    if a[k] == nil then return false end
  end
  return true
end

local compare

local function objects(path, a, b, out)
  local keys = {}
  for k in pairs(a) do keys[#keys + 1] = k end
  for k in pairs(b) do
    if a[k] == nil then keys[#keys + 1] = k end
  end
  table.sort(keys, function(x, y) return tostring(x) < tostring(y) end)
  for _, k in ipairs(keys) do
    local at = path .. "/" .. token(k)
    if b[k] == nil then
      out[#out + 1] = { op = "remove", path = at }
    elseif a[k] == nil then
      out[#out + 1] = { op = "add", path = at, value = b[k] }
    else
      compare(at, a[k], b[k], out)
    end
  end
end

--- What begins and ends alike stays; of what is between, items are changed, then removed or added.
local function arrays(path, a, b, out)
  local first, from, to = 1, #a, #b
  while first <= from and first <= to and same(a[first], b[first]) do first = first + 1 end
  while from >= first and to >= first and same(a[from], b[to]) do from, to = from - 1, to - 1 end
  local both = math.min(from, to)
  for i = first, both do compare(path .. "/" .. i - 1, a[i], b[i], out) end
  for i = from, both + 1, -1 do out[#out + 1] = { op = "remove", path = path .. "/" .. i - 1 } end
  for i = both + 1, to do out[#out + 1] = { op = "add", path = path .. "/" .. i - 1, value = b[i] } end
end

function compare(path, a, b, out)
  if type(a) ~= "table" or type(b) ~= "table" then
    if a ~= b then out[#out + 1] = { op = "replace", path = path, value = b } end
    return
  end
  local was, is = form(a), form(b)
  if is == "empty" and was == "array" then
    b, is = json.array(b), "array" -- a list that was emptied
  end
  if was == "empty" then was = is == "array" and "array" or "object" end
  if is == "empty" then is = "object" end
  if json.encode(a) == "{}" and is == "array" or was ~= is then
    out[#out + 1] = { op = "replace", path = path, value = b }
  elseif was == "array" then
    arrays(path, a, b, out)
  else
    objects(path, a, b, out)
  end
end

--- The patch that makes b of a; without operations when they are the same.
---@param a any
---@param b any
---@return table[]
function M.of(a, b)
  local out = json.array()
  compare("", a, b, out)
  return out
end

return M
