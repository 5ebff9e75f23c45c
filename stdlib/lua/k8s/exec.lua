--- Runs commands in containers, and reaches ports of pods, over WebSockets.

local rest = require("../internal/rest")
local request = require("./request")
local objects = require("./objects")

local M = {}

---@class k8s.ExecOptions
---@field container? string Which container, where there are several.
---@field stdin? string|(fun(): string?) What the command reads: bytes, or a function that gives some each time, and nil at the end.
---@field stdout? (fun(bytes: string): boolean?) Gets what the command writes as it comes, until it returns false, which ends the command's connection; else it is collected.
---@field stderr? (fun(bytes: string): boolean?) The same for its errors.
---@field tty? boolean Give the command a terminal: its errors come with the rest.
---@field timeout? number How long it may take, in seconds; without it, any time.

---@class k8s.ExecResult
---@field code integer|nil The exit code; nil when a function has ended it.
---@field stdout string Bytes.
---@field stderr string Bytes.

local stdin, stdout, stderr, status, close = 0, 1, 2, 3, 255
local piece = 32 * 1024

--- Sends what the command reads. It may end before it has read all.
local function feed(conn, source)
  local at = 1
  local function next()
    if type(source) == "function" then return source() end
    local bytes = source:sub(at, at + piece - 1)
    at = at + piece
    return bytes ~= "" and bytes or nil
  end
  local function send(bytes)
    local ok, e = pcall(conn.send_binary, conn, bytes)
    if not ok and e.code ~= "ws.closed" then error(e, 0) end
    return ok
  end
  for bytes in next do
    for from = 1, #bytes, piece do
      if not send(string.char(stdin) .. bytes:sub(from, from + piece - 1)) then return end
    end
  end
  -- The protocol before has no way to say that nothing more comes.
  if conn.subprotocol == "v5.channel.k8s.io" then send(string.char(close, stdin)) end
end

--- The exit code that a Status tells, or raises why there is none.
local function code_of(text)
  local ok, about = pcall(json.parse, text)
  if not ok or type(about) ~= "table" then rest.fail("k8s.answer", "k8s.exec: unexpected status: " .. text) end
  if about.status == "Success" then return 0 end
  for _, cause in ipairs(about.details and about.details.causes or {}) do
    if cause.reason == "ExitCode" then return tonumber(cause.message) end
  end
  rest.fail("k8s.exec", "k8s.exec: " .. (about.message or about.reason or text))
end

--- How long a command that has ended has for its last bytes to arrive, in seconds.
local farewell = 10

local function receive(conn, stop, said)
  local left
  if said then left = farewell end
  if stop then left = math.min(left or math.huge, stop - time.monotonic()) end
  if left and left <= 0 then return nil, "late" end
  local ok, data = pcall(conn.recv, conn, left)
  if ok then return data end
  if data.code == "ws.closed" then return nil, "closed" end
  if data.code ~= "ws.timeout" then error(data, 0) end
  return nil, said and "closed" or "late"
end

local function converse(conn, o)
  local stop = o.timeout and time.monotonic() + o.timeout
  local parts, to, said = { [stdout] = {}, [stderr] = {} }, { [stdout] = o.stdout, [stderr] = o.stderr }, nil
  while true do
    local data, why = receive(conn, stop, said)
    if not data then
      if why == "late" then rest.fail("k8s.timeout", ("k8s.exec: the command has not ended after %gs"):format(o.timeout)) end
      if not said then
        rest.fail("k8s.exec", "k8s.exec: the connection ended before the command" .. (conn.close_reason and conn.close_reason ~= "" and ": " .. conn.close_reason or ""))
      end
      break
    end
    local channel, bytes = data:byte(1), data:sub(2)
    if channel == status then
      said = (said or "") .. bytes
    elseif parts[channel] and bytes ~= "" then
      if not to[channel] then
        table.insert(parts[channel], bytes)
      elseif to[channel](bytes) == false then
        return { stdout = table.concat(parts[stdout]), stderr = table.concat(parts[stderr]) }
      end
    end
  end
  return { code = code_of(said), stdout = table.concat(parts[stdout]), stderr = table.concat(parts[stderr]) }
end

--- Runs a command in a container, and gives its exit code and what it wrote. Bytes are passed on as they are, in both
--- directions. A command that cannot be run raises k8s.exec; whoever asks needs the verb create on pods/exec, for older
--- servers get. A server before Kubernetes 1.30 cannot tell the command that its input has ended.
---
---     local r = k8s.exec("shop", "db-0", {"pg_dump", "shop"}, {container = "postgres", timeout = 300})
---     assert.eq(r.code, 0, r.stderr)
---     k8s.exec("shop", "db-0", "psql shop", {stdin = sql})
---@param ns string
---@param pod string
---@param command string|string[] A program and its arguments; a string is run by sh.
---@param options k8s.ExecOptions? And those of k8s.Options.
---@return k8s.ExecResult
function M.exec(ns, pod, command, options)
  local o = options or {}
  if type(command) == "string" then command = { "sh", "-c", command } end
  if type(command) ~= "table" or #command == 0 then error("k8s.exec: a command is expected", 2) end
  local query = { "stdout=true" }
  if not o.tty then query[#query + 1] = "stderr=true" end
  if o.tty then query[#query + 1] = "tty=true" end
  if o.stdin ~= nil then query[#query + 1] = "stdin=true" end
  if o.container then query[#query + 1] = "container=" .. rest.escape(o.container) end
  for _, word in ipairs(command) do query[#query + 1] = "command=" .. rest.escape(word) end
  local asking = rest.without(o, "stdin", "stdout", "stderr", "tty", "timeout")
  local path = objects._at(ns, "pod", pod, asking) .. "/exec?" .. table.concat(query, "&")
  local conn <close> = request._open(path, { "v5.channel.k8s.io", "v4.channel.k8s.io" }, asking)
  local fed = o.stdin ~= nil and async.spawn(feed, conn, o.stdin)
  local ok, result = pcall(converse, conn, o)
  if fed then
    fed.cancel()
    local sent, e = pcall(fed.await)
    if not sent and ok and e.code ~= "async.cancelled" then error(e, 0) end
  end
  if not ok then error(result, 0) end
  return result
end

---@class k8s.ForwardOptions
---@field local_port? integer Where to listen at 127.0.0.1; without it, at any port that is free.

--- Listens at a port of 127.0.0.1, and passes what connects to it on to a port of a pod, until it is closed or the task
--- that called it ends. Whoever can connect to this host's own addresses can use it.
---
---     local forward <close> = k8s.port_forward("shop", "db-0", 5432)
---     local conn = db.connect("postgres://127.0.0.1:" .. forward.port .. "/shop")
---@param ns string
---@param pod string
---@param port integer
---@param options k8s.ForwardOptions? And those of k8s.Options.
---@return ws.Tunnel # Its port is where it listens; close ends it.
function M.port_forward(ns, pod, port, options)
  local o = rest.without(options, "local_port")
  local path = objects._at(ns, "pod", pod, o) .. "/portforward?ports=" .. rest.escape(port)
  -- One that is not there, or may not be reached, is told now, not when something connects.
  request.get(objects._at(ns, "pod", pod, o), o)
  return ws.tunnel(options and options.local_port or 0, function()
    local conn = request._open(path, { "v4.channel.k8s.io" }, o)
    for _ = 1, 2 do conn:recv(30) end -- each of the two channels, of data and of errors, begins with the port
    return conn
  end, { channel = 0 })
end

return M
