-- Keeps a cache of ConfigMaps by a watch until it sees the object "end", and tells how it compares to a fresh list.
local k8s = require("assay.k8s")
local direct = {kubeconfig = arg[1]}
local cache, count, doubled, memory = {}, 0, 0, {}

local function resident()
  for line in fs.lines("/proc/self/status") do
    local kb = line:match("^VmRSS:%s*(%d+)")
    if kb then return tonumber(kb) / 1024 end
  end
end

k8s.watch("load", "configmap", function(event)
  local m = event.object.metadata
  count = count + 1
  if event.type == "DELETED" then
    if not cache[m.name] then doubled = doubled + 1 end
    cache[m.name] = nil
  else
    if event.type == "ADDED" and cache[m.name] or cache[m.name] == m.resourceVersion then doubled = doubled + 1 end
    cache[m.name] = m.resourceVersion
  end
  if count % 500 == 0 then memory[#memory + 1] = resident() end
  if count == 60 then print("watching") end
  return m.name ~= "end"
end)
local missing, extra = 0, 0
for _, object in ipairs(k8s.list("load", "configmap", direct).items) do
  local m = object.metadata
  if cache[m.name] ~= m.resourceVersion then missing = missing + 1 end
  cache[m.name] = nil
end
for _ in pairs(cache) do extra = extra + 1 end
print(json.encode({events = count, doubled = doubled, differ = missing, extra = extra, memory = memory}))
