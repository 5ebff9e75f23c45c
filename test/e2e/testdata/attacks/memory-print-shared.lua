-- error: memory limit of 64 MB exceeded
-- One text that stands in many places is copied once for each.
local s, t = ("x"):rep(1e6), {}
for i = 1, 1200 do t[i] = s end
print(unpack(t))
