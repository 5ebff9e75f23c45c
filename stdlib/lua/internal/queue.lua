--- The keys that are to be worked at: each is in the queue once, however often it is added, and is worked at by one
--- task at a time.

local Queue = {}
Queue.__index = Queue

--- How late a key that waits may be, in seconds.
local tick = 0.25

function Queue.new()
  return setmetatable({
    list = {}, first = 1, last = 0, queued = {}, running = {}, again = {}, due = {}, idle = {}, timer = async.channel(1), failures = {},
  }, Queue)
end

--- Adds a key. One that is worked at comes again when that is over.
function Queue:add(key)
  if self.closed then return end
  self.due[key] = nil
  if self.queued[key] then return end
  if self.running[key] then
    self.again[key] = true
    return
  end
  self.queued[key] = true
  self.last = self.last + 1
  self.list[self.last] = key
  local waiting = table.remove(self.idle)
  if waiting then waiting.send(true) end
end

--- Waits for a key, which then is the caller's until done; nil when the queue is closed.
function Queue:take()
  while not self.closed do
    if self.first <= self.last then
      local key = self.list[self.first]
      self.list[self.first] = nil
      self.first = self.first + 1
      self.queued[key], self.running[key] = nil, true
      return key
    end
    local waiting = async.channel(1)
    self.idle[#self.idle + 1] = waiting
    waiting.recv()
  end
end

function Queue:done(key)
  self.running[key] = nil
  if self.again[key] then
    self.again[key] = nil
    self:add(key)
  end
end

--- Adds a key later, unless it is added before.
function Queue:after(key, seconds)
  local at = time.monotonic() + seconds
  if self.closed or self.due[key] and self.due[key] <= at then return end
  local first = next(self.due) == nil
  self.due[key] = at
  if first and not self.woken then
    self.woken = true
    self.timer.send(true)
  end
end

--- Adds what is due, until the queue is closed.
function Queue:keep_time()
  while not self.closed do
    if next(self.due) == nil then
      self.woken = false
      self.timer.recv()
    else
      local now, soon, ready = time.monotonic(), tick, {}
      for key, at in pairs(self.due) do
        if at <= now then ready[#ready + 1] = key end
        soon = math.min(soon, at - now)
      end
      for _, key in ipairs(ready) do self:add(key) end
      if #ready == 0 then sleep(math.max(soon, 0.01)) end
    end
  end
end

--- Nothing more is given.
function Queue:close()
  if self.closed then return end
  self.closed = true
  for _, waiting in ipairs(self.idle) do waiting.close() end
  self.timer.close()
end

--- How many keys wait to be worked at.
function Queue:depth() return self.last - self.first + 1 end

return Queue
