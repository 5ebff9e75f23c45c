-- Commands run in containers by the protocol of servers before Kubernetes 1.30, which cannot say that input has ended.
local k8s = require("assay.k8s")

local all = {}
for i = 0, 255 do all[#all + 1] = string.char(i) end
local bytes = table.concat(all):rep(2048)
local o = {container = "app", timeout = 60}
assert.eq(k8s.exec("default", "box", "echo out; echo err >&2; exit 3", o), {code = 3, stdout = "out\n", stderr = "err\n"})
o.stdin = bytes
local r = k8s.exec("default", "box", {"head", "-c", tostring(#bytes)}, o)
assert.eq({r.code, #r.stdout, r.stderr}, {0, #bytes, ""})
assert(r.stdout == bytes, "head gave other bytes")
o.timeout = 1
assert.eq(assert.raises(function() k8s.exec("default", "box", {"cat"}, o) end).code, "k8s.timeout")
