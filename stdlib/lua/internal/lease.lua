--- Elects one of several replicas: the one that holds a Lease of coordination.k8s.io.

local rest = require("./rest")
local request = require("../k8s/request")
local kinds = require("../k8s/kinds")

local Lease = {}
Lease.__index = Lease

local function micro_time()
  local now = time()
  return (time.format(math.floor(now)):gsub("Z$", (".%06dZ"):format(math.floor(now % 1 * 1e6))))
end

--- o: name, namespace, identity, duration, renew, retry, in seconds.
function Lease.new(o, asking)
  local l = setmetatable(rest.without(o), Lease)
  l.duration, l.retry = o.duration or 15, o.retry or 2
  l.renew = o.renew or l.duration * 2 / 3
  if not (l.retry > 0 and l.retry < l.renew and l.renew < l.duration) then
    error("k8s.controller: lease: retry < renew < duration is expected, in seconds", 4)
  end
  if not l.namespace then
    local _, default = request._place(asking)
    l.namespace = default
  end
  l.identity = o.identity or (os.hostname() .. "_" .. crypto.uuid())
  -- A request that hangs may not outlast what was granted.
  l.asking = rest.without(asking)
  l.asking.timeout = (l.duration - l.renew) * 0.8
  l.list = kinds._path(kinds._kind("lease"), l.namespace)
  l.path = l.list .. rest.path("/{}", l.name)
  return l
end

local function again(status) return status == 409 or status == 429 or status >= 500 end

--- Writes the Lease; the answer's status tells whether it was as it was read.
function Lease:write(method, path, object)
  local response = request._send(method, path, { body = object }, self.asking)
  if response.ok then
    self.held = response:json()
    return true
  end
  self.held = nil
  if not again(response.status) then
    rest.fail("k8s.http", ("k8s.controller: lease: HTTP %d %s: %s"):format(response.status, path, response.body), response)
  end
  return false
end

function Lease:spec(before)
  local now = micro_time()
  local mine = before.holderIdentity == self.identity
  return {
    holderIdentity = self.identity, leaseDurationSeconds = math.ceil(self.duration), renewTime = now,
    acquireTime = mine and before.acquireTime or now,
    leaseTransitions = (before.leaseTransitions or 0) + (mine and 0 or 1),
  }
end

--- Takes or renews the Lease; false when somebody else has it, or the server does not answer.
function Lease:try()
  local asked = time.monotonic()
  local object = self.held
  self.lost = false
  if not object then
    local response = request._send("GET", self.path, nil, self.asking)
    if response.status == 404 then
      local made = self:write("POST", self.list, {
        apiVersion = "coordination.k8s.io/v1", kind = "Lease", metadata = { name = self.name, namespace = self.namespace },
        spec = self:spec({ leaseTransitions = -1 }),
      })
      if made then self.since = asked end
      return made
    end
    if not response.ok then
      if again(response.status) then return false end
      rest.fail("k8s.http", ("k8s.controller: lease: HTTP %d %s: %s"):format(response.status, self.path, response.body), response)
    end
    object = response:json()
  end
  local spec = object.spec or {}
  local holder = spec.holderIdentity or ""
  if holder ~= "" and holder ~= self.identity then
    -- Clocks differ: what counts is how long this replica has seen no change.
    self.lost = true
    local seen = holder .. " " .. tostring(spec.renewTime)
    if seen ~= self.seen then self.seen, self.seen_at = seen, asked end
    if asked - self.seen_at <= (spec.leaseDurationSeconds or self.duration) then return false end
  end
  object.spec = self:spec(spec)
  local written = self:write("PUT", self.path, object)
  if written then self.since = asked end
  return written
end

--- Tries, and takes what keeps the server from answering for a no.
function Lease:attempt()
  local ok, is = pcall(self.try, self)
  if ok then return is end
  self.held = nil
  if type(is) ~= "string" and tostring(is.code):find("^http%.") then
    log.debug("k8s.controller: lease", { name = self.name, error = tostring(is) })
    return false
  end
  error(is, 0)
end

--- Renews until it is released (true), or was lost (false).
function Lease:hold()
  self.released = false
  while true do
    sleep(self.retry)
    if self.released then return true end
    if not self:attempt() and (self.lost or time.monotonic() - self.since >= self.renew) then return self.released end
  end
end

--- Lets others have it at once.
function Lease:release()
  self.released = true
  local ok, e = pcall(function()
    local object = request._ask("get", "GET", self.path, nil, self.asking)
    if object.spec.holderIdentity ~= self.identity then return end
    object.spec.holderIdentity, object.spec.leaseDurationSeconds, object.spec.renewTime = "", 1, micro_time()
    self:write("PUT", self.path, object)
  end)
  if not ok then log.warn("k8s.controller: the lease is not released", { name = self.name, error = tostring(e) }) end
end

return Lease
