-- Ports of pods are reached through a port of this host.
local k8s = require("assay.k8s")

local ports, big = async.channel(1), ("\0\1\2\255"):rep(500000)
async.spawn(function()
  http.serve(0, {
    GET = {["/big"] = function() return {body = big} end},
    POST = {["/echo"] = function(req) return {body = req.body} end},
  }, {host = "127.0.0.1", on_listen = ports.send})
end)
local port = math.floor(ports.recv())
local forward = k8s.port_forward("default", "box", port)
local url = "http://127.0.0.1:" .. forward.port
assert(http.get(url .. "/big").body == big, "other bytes came back")
assert(http.post(url .. "/echo", big).body == big, "other bytes went there")
local tasks = {}
for i = 1, 20 do tasks[i] = async.spawn(function() return http.post(url .. "/echo", "n" .. i).body end) end
for i, result in ipairs(async.all(tasks)) do assert.eq(result[1], "n" .. i) end
forward:close()
assert.eq(assert.raises(function() http.get(url .. "/big") end).code, "http.connect")
local closed <close> = k8s.port_forward("default", "box", 1) -- nothing listens there
assert.raises(function() http.get("http://127.0.0.1:" .. closed.port, {timeout = 10}) end, "closed the connection")
assert.eq(assert.raises(function() k8s.port_forward("default", "none", 80) end).status, 404)
os.exit(0)
