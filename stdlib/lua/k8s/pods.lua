--- Pods and their logs.

local rest = require("../internal/rest")
local request = require("./request")
local objects = require("./objects")

local M = {}

---@class k8s.LogOptions
---@field tail? integer How many of the last lines.
---@field container? string Which container, where there are several.
---@field previous? boolean Of the container before the last restart.
---@field since? integer Not older than that many seconds.
---@field timestamps? boolean Begin each line with its time.
---@field all_containers? boolean Of all containers, one after the other, or with follow as they come; each line with the container in front.
---@field follow? (fun(line: string): boolean?) Gets each line as it comes, until the container ends or it returns false.

--- Lists pods.
---
---     for _, pod in ipairs(k8s.list_pods("shop").items) do print(pod.metadata.name, pod.status.phase) end
---@param ns string|nil
---@param options k8s.ListOptions?
---@return {items: table[]}
function M.list_pods(ns, options) return objects.list(ns, "pod", options) end

--- Counts the pods of a namespace by their phase.
---
---     assert.eq(k8s.pod_status("shop").failed, 0)
---@param ns string|nil
---@param options k8s.ListOptions?
---@return {running: integer, pending: integer, succeeded: integer, failed: integer, unknown: integer, total: integer}
function M.pod_status(ns, options)
  local counts = { running = 0, pending = 0, succeeded = 0, failed = 0, unknown = 0, total = 0 }
  for _, pod in ipairs(M.list_pods(ns, options).items) do
    local phase = (pod.status and pod.status.phase or "Unknown"):lower()
    if phase == "total" or not counts[phase] then phase = "unknown" end
    counts[phase], counts.total = counts[phase] + 1, counts.total + 1
  end
  return counts
end

local function query(o, container)
  return {
    tailLines = o.tail, container = container or o.container, previous = o.previous, sinceSeconds = o.since, timestamps = o.timestamps,
    follow = o.follow and true or nil,
  }
end

--- Reads the log of a pod, or follows it.
---
---     print(k8s.logs("shop", "api-0", {tail = 20}))
---     k8s.logs("shop", "api-0", {follow = function(line) print(line) return not line:find("ready") end})
---@param ns string
---@param pod string
---@param options k8s.LogOptions? And those of k8s.Options.
---@return string text Empty when it was followed.
function M.logs(ns, pod, options)
  local o = options or {}
  local path = objects._at(ns, "pod", pod, o) .. "/log"
  if o.all_containers then
    local all, found = {}, request.get(objects._at(ns, "pod", pod, o), o)
    if o.follow then
      M._together(path, found.spec, o)
      return ""
    end
    for _, list in ipairs({ found.spec.initContainers or {}, found.spec.containers or {} }) do
      for _, container in ipairs(list) do
        local one = rest.without(o, "all_containers")
        one.container = container.name
        local text = M.logs(ns, pod, one)
        for line in text:gmatch("[^\n]+") do all[#all + 1] = "[" .. container.name .. "] " .. line end
      end
    end
    return table.concat(all, "\n") .. (#all > 0 and "\n" or "")
  end
  if o.follow then
    M._follow(path, { query = query(o) }, o, o.follow)
    return ""
  end
  local response = request._send("GET", path, { query = query(o) }, o)
  if response.status == 200 then return response.body end
  rest.fail("k8s.http", ("k8s.get: HTTP %d %s: %s"):format(response.status, path, response.body), response)
end

--- Follows all containers at once, until all end or one line is enough.
function M._together(path, spec, o)
  local ended, left, over, tasks = false, 0, async.channel(1000), {}
  for _, list in ipairs({ spec.initContainers or {}, spec.containers or {} }) do
    for _, container in ipairs(list) do
      left = left + 1
      tasks[left] = async.spawn(function()
        local ok, e = pcall(M._follow, path, { query = query(o, container.name) }, o, function(line)
          ended = ended or o.follow("[" .. container.name .. "] " .. line) == false
          return not ended
        end)
        over.send({ ok = ok, e = e })
      end)
    end
  end
  while left > 0 and not ended do
    local one = over.recv()
    left = left - 1
    if not one.ok then
      for _, task in ipairs(tasks) do task.cancel() end
      error(one.e, 0)
    end
  end
  for _, task in ipairs(tasks) do task.cancel() end
end

--- Streams lines to fn until it returns false or the stream ends; whether fn ended it.
function M._follow(path, given, o, fn)
  local ended = false
  local function read(line)
    ended = fn(line) == false
    return not ended
  end
  given.lines = true -- which bounds one that never ends
  local response = request._heal(o, function(client) return client:stream(path, given, read) end)
  if not response.ok then
    rest.fail("k8s.http", ("k8s.get: HTTP %d %s: %s"):format(response.status, path, response.body), response)
  end
  return ended
end

return M
