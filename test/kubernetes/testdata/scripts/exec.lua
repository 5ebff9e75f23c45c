-- Commands run in containers, with bytes in both directions.
local k8s = require("assay.k8s")

local function exec(command, more)
  local o = {container = "app", timeout = 60}
  for k, v in pairs(more or {}) do o[k] = v end
  return k8s.exec("default", "box", command, o)
end

local all = {}
for i = 0, 255 do all[#all + 1] = string.char(i) end
local bytes = table.concat(all):rep(8192) -- 2 MB

local r = exec({"sh", "-c", "echo out; echo err >&2; exit 3"})
assert.eq(r, {code = 3, stdout = "out\n", stderr = "err\n"})
r = exec({"cat"}, {stdin = bytes})
assert.eq({r.code, #r.stdout, r.stderr}, {0, #bytes, ""})
assert(r.stdout == bytes, "cat gave other bytes")
r = exec("cat >&2", {stdin = bytes:sub(1, 70000)})
assert(r.stderr == bytes:sub(1, 70000), "stderr gave other bytes")
r = exec({"head", "-c", "5"}, {stdin = bytes}) -- ends before it has read all
assert.eq({r.code, r.stdout}, {0, bytes:sub(1, 5)})
local n, got = 0, 0
r = exec({"cat"}, {stdin = function() n = n + 1 return n <= 50 and bytes:sub(1, 10000) or nil end, stdout = function(piece) got = got + #piece end})
assert.eq({r.code, r.stdout, got}, {0, "", 500000})
assert.eq(exec({"printf", "%s|", "a b", "$x", "&command=evil"}).stdout, "a b|$x|&command=evil|")
assert.eq(exec("echo $CONTAINER", {container = "side"}).stdout, "side\n")
assert.eq(exec({"true"}, {tty = true}).code, 0)
-- What a function ends, or takes too long, is left.
assert.is_nil(exec("while true; do echo x; sleep 0.01; done", {stdout = function() return false end}).code)
assert.eq(assert.raises(function() exec({"sleep", "30"}, {timeout = 0.5}) end, "has not ended after 0.5s").code, "k8s.timeout")
assert.eq(assert.raises(function() exec({"no-such-program"}) end, "executable file not found").code, "k8s.exec")
local e = assert.raises(function() k8s.exec("default", "none", {"true"}) end, "HTTP 404")
assert.eq({e.code, e.status, json.parse(e.body).details.name}, {"k8s.http", 404, "none"})
assert.eq(assert.raises(function() exec({"true"}, {container = "no"}) end).status, 400)
-- Twenty at a time do not mix.
local tasks = {}
for i = 1, 20 do tasks[i] = async.spawn(function() return exec({"cat"}, {stdin = ("%d\n"):format(i):rep(20000)}).stdout end) end
for i, result in ipairs(async.all(tasks)) do assert(result[1] == ("%d\n"):format(i):rep(20000), "task " .. i) end
