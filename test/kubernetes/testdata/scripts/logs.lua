-- Logs: of a container, of the one before, of all, and as they come.
local k8s = require("assay.k8s")
assert.eq(k8s.logs("default", "box", {container = "app"}), "app 1\napp 2\napp 3\n")
assert.eq(k8s.logs("default", "box", {container = "side", previous = true}), "side before 1\nside before 2\nside before 3\n")
assert.eq(k8s.logs("default", "box", {all_containers = true, tail = 3}),
  "[init] init 1\n[init] init 2\n[init] init 3\n[app] app 1\n[app] app 2\n[app] app 3\n[side] side 1\n[side] side 2\n[side] side 3\n")
local lines = {}
k8s.logs("default", "box", {container = "app", follow = function(line)
  lines[#lines + 1] = line
  return #lines < 6
end})
assert.eq(lines, {"app 1", "app 2", "app 3", "app 4", "app 5", "app 6"})
local seen, n = {}, 0
k8s.logs("default", "box", {all_containers = true, follow = function(line)
  seen[line:match("^%[(%w+)%] %1 %d+$") or line] = true
  n = n + 1
  return n < 30
end})
assert.eq(seen, {init = true, app = true, side = true})
assert.eq(assert.raises(function() k8s.logs("default", "box") end).status, 400) -- which container?
