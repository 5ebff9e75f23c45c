--- A controller that runs: what it watches, its queue, and its tasks.

local rest = require("./rest")
local request = require("../k8s/request")
local kinds = require("../k8s/kinds")
local watch = require("../k8s/watch")
local Context = require("../k8s/context")
local Queue = require("./queue")

local Controller = {}
Controller.__index = Controller

--- o are the options of k8s.controller, list the kinds, and asking the options of requests.
function Controller.new(o, list, asking)
  local c = setmetatable({
    asking = asking, reconcile = o.reconcile, finalize = o.finalize, deleted = o.deleted, workers = o.workers or 1,
    resync = o.resync or 600, backoff = o.backoff or {}, gone = {}, watches = {}, end_of_term = function() end,
    counts = { ok = 0, failed = 0, seconds = 0, busy = 0 },
  }, Controller)
  for i, w in ipairs(list) do
    c.watches[i] = c:watched(w, i == 1, o.namespace)
    c.primary = c.watches[1]
  end
  c.name = o.name or "assay-" .. c.primary.about.kind:lower()
  c.finalizer = o.finalizer or "assay.rs/" .. c.name
  return c
end

--- The keys of what owns an object and is reconciled.
local function owners(c, object)
  local keys, about = {}, c.primary.about
  for _, ref in ipairs(object.metadata.ownerReferences or {}) do
    if ref.kind == about.kind and ref.apiVersion:gsub("/.*", "") == about.api:gsub("^/apis?/", ""):gsub("/.*", "") then
      keys[#keys + 1] = (about.namespaced and object.metadata.namespace or "") .. "/" .. ref.name
    end
  end
  return keys
end

local function key_of(item)
  if type(item) == "string" then return item:find("/", 1, true) and item or "/" .. item end
  local m = item.metadata or item
  return (m.namespace or "") .. "/" .. m.name
end

--- The objects that are reconciled, as they are in the cache.
function Controller:all()
  local list = {}
  for _, object in pairs(self.primary.known) do list[#list + 1] = object end
  return list
end

function Controller:enqueue(key)
  if self.queue and self.primary.known[key] then self.queue:add(key) end
end

--- Makes the watch of one kind, whose events add keys to the queue.
function Controller:watched(w, first, ns)
  local asking = rest.without(self.asking)
  asking.label_selector, asking.field_selector, asking.page_size = w.label_selector, w.field_selector, 500
  local it = watch._begin(w.namespace or ns, w.kind, asking, function(event, object, before)
    if first then
      local key = watch._key(object)
      if event == "DELETED" then
        if self.deleted then self.gone[key] = before or object end
        if self.queue and (self.deleted or self.queue.failures[key]) then self.queue:add(key) end
      elseif self.queue then
        self.queue:add(key)
      end
      return
    end
    for _, now in ipairs({ object, before }) do
      for _, item in ipairs(w.map and w.map(now, function() return self:all() end) or {}) do self:enqueue(key_of(item)) end
      for _, key in ipairs((w.owned or not w.map) and owners(self, now) or {}) do self:enqueue(key) end
    end
  end)
  it.keep = function(object) return object end
  it.synced = function() it.there = true end
  return it
end

--- Notes why the controller cannot go on, and ends it.
function Controller:fail(e)
  self.failed = self.failed or e
  self:stop()
end

function Controller:stop()
  if self.stopping then return end
  self.stopping = true
  self.end_of_term()
end

--- Runs fn as a task whose failure ends the controller.
function Controller:spawn(fn)
  return async.spawn(function()
    local ok, e = pcall(fn)
    if not ok then self:fail(e) end
  end)
end

local function fresh(object) return json.parse(json.encode(object)) end

--- Changes the finalizers, unless the object has changed meanwhile.
function Controller:set_finalizers(object, list)
  local path = kinds._path(self.primary.about, object.metadata.namespace, object.metadata.name)
  return request.patch(path, { metadata = { finalizers = json.array(list), resourceVersion = object.metadata.resourceVersion } }, self.asking)
end

--- Reconciles the object of a key, and gives after how many seconds it is to be done again.
function Controller:reconcile_key(key, attempt)
  local object = self.primary.known[key]
  if not object then
    local gone = self.gone[key]
    if gone and self.deleted then self.deleted(fresh(gone), Context._new(self, key, gone, attempt)) end
    if self.gone[key] == gone then self.gone[key] = nil end
    return
  end
  self.gone[key] = nil
  object = fresh(object)
  object.apiVersion, object.kind = object.apiVersion or self.primary.api, object.kind or self.primary.about.kind
  local m = object.metadata
  local held, others = false, {}
  for _, name in ipairs(m.finalizers or {}) do
    if name == self.finalizer then held = true else others[#others + 1] = name end
  end
  if m.deletionTimestamp then
    if not (self.finalize and held) then return end
    self.finalize(object, Context._new(self, key, object, attempt))
    self:set_finalizers(object, others)
    return
  end
  if self.finalize and not held then
    others[#others + 1] = self.finalizer
    object = self:set_finalizers(object, others)
  end
  return self.reconcile(object, Context._new(self, key, object, attempt))
end

function Controller:handle(key)
  local q, began = self.queue, time.monotonic()
  local failures = q.failures[key] or 0
  local ok, result = pcall(self.reconcile_key, self, key, failures + 1)
  local n = self.counts
  n.seconds, n.busy = n.seconds + (time.monotonic() - began), n.busy - 1
  if ok then
    q.failures[key], n.ok = nil, n.ok + 1
    if type(result) == "number" and result > 0 then q:after(key, result) end
    return
  end
  failures = failures + 1
  q.failures[key], n.failed = failures, n.failed + 1
  local pause = math.min(self.backoff.max or 60, (self.backoff.initial or 0.1) * 2 ^ math.min(failures - 1, 40)) * (0.5 + math.random() / 2)
  if type(result) ~= "string" and result.status == 404 and not self.primary.known[key] then
    q.failures[key] = nil -- it went meanwhile
    return
  end
  local level = type(result) ~= "string" and result.status == 409 and "debug" or "warn" -- somebody was faster
  log[level]("reconcile", { controller = self.name, object = key, failures = failures, again_in = math.floor(pause * 1000) / 1000, error = tostring(result) })
  q:after(key, pause)
end

--- Reconciles until the controller or the term ends. Without a Lease the term is the controller's whole life.
function Controller:work(term)
  local q = Queue.new()
  self.queue = q
  for key in pairs(self.primary.known) do q:add(key) end
  for key in pairs(self.gone) do q:add(key) end
  local workers = {}
  term.workers = workers
  for i = 1, self.workers do
    workers[i] = self:spawn(function()
      for key in function() return q:take() end do
        self.counts.busy = self.counts.busy + 1
        self:handle(key)
        q:done(key)
      end
    end)
  end
  local timers = { self:spawn(function() q:keep_time() end) }
  if self.resync > 0 then
    timers[2] = self:spawn(function()
      while true do
        sleep(self.resync)
        for key in pairs(self.primary.known) do q:add(key) end
      end
    end)
  end
  term.over.recv()
  self.queue = nil
  q:close()
  for _, timer in ipairs(timers) do timer.cancel() end
  if term.lost then self:give_up(term) end
  for _, worker in ipairs(workers) do pcall(worker.await) end
end

--- Stops the reconciles of a term at once.
function Controller:give_up(term)
  for _, worker in ipairs(term.workers or {}) do worker.cancel() end
  self.counts.busy = 0
end

--- One term of office: from the moment that the Lease is this replica's until it ends.
function Controller:term(lease)
  local term = { over = async.channel() }
  self.end_of_term = term.over.close
  if self.stopping then term.over.close() end
  if not lease then
    self:work(term)
    return
  end
  log.info("leading", { controller = self.name, identity = lease.identity })
  local hold = self:spawn(function()
    if lease:hold() then return end
    log.warn("the lease is lost", { controller = self.name, identity = lease.identity })
    term.lost = true
    term.over.close()
    self:give_up(term) -- also when they were to finish
  end)
  self:work(term)
  if not term.lost then
    hold.cancel()
    lease:release()
  end
end

--- Waits for what is watched, then for the Lease, and works.
function Controller:run(lease)
  for _, it in ipairs(self.watches) do self:spawn(function() watch._run(it) end) end
  local function there()
    for _, it in ipairs(self.watches) do
      if not it.there then return false end
    end
    return true
  end
  while not self.stopping and not there() do sleep(0.02) end
  self.ready = true
  local waits = false
  while not self.stopping do
    if not lease or lease:attempt() then
      waits = false
      self:term(lease)
    elseif not self.stopping then
      if not waits then log.info("waiting for the lease", { controller = self.name, name = lease.name }) end
      waits = true
      local wait = async.channel()
      self.end_of_term = wait.close
      local timer = async.spawn(function() sleep(lease.retry * (0.9 + math.random() / 5)) wait.close() end)
      wait.recv()
      timer.cancel()
    end
  end
end

local function metric(lines, name, kind, help, controller, value)
  lines[#lines + 1] = ("# HELP assay_controller_%s %s\n# TYPE assay_controller_%s %s"):format(name, help, name, kind)
  for labels, v in pairs(type(value) == "table" and value or { [""] = value }) do
    lines[#lines + 1] = ('assay_controller_%s{controller="%s"%s} %s'):format(name, controller, labels, tostring(v))
  end
end

function Controller:metrics()
  local n, lines, objects = self.counts, {}, 0
  for _ in pairs(self.primary.known) do objects = objects + 1 end
  local function add(...) metric(lines, ...) end
  add("reconciles_total", "counter", "Reconciles that have ended, by result.", self.name, { [',result="ok"'] = n.ok, [',result="error"'] = n.failed })
  add("reconcile_seconds_total", "counter", "How long they took together.", self.name, n.seconds)
  add("reconciles_running", "gauge", "Reconciles that run.", self.name, n.busy)
  add("queue_depth", "gauge", "Objects that wait for a reconcile.", self.name, self.queue and self.queue:depth() or 0)
  add("objects", "gauge", "Objects that are watched to be reconciled.", self.name, objects)
  add("leader", "gauge", "Whether this replica reconciles.", self.name, self.queue and 1 or 0)
  return table.concat(lines, "\n") .. "\n"
end

function Controller:serve(o)
  local routes = { GET = {
    ["/readyz"] = function() return self.ready and not self.stopping and { body = "ok" } or { status = 503, body = "not ready" } end,
    ["/metrics"] = function() return { body = self:metrics(), headers = { ["content-type"] = "text/plain; version=0.0.4; charset=utf-8" } } end,
  } }
  self:spawn(function() http.serve(o.port, routes, { host = o.host, health = true, on_listen = o.on_listen }) end)
end

return Controller
