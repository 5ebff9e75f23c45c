-- error: memory limit of 64 MB exceeded
-- What an iterator holds is reached through it.
local t = {}
for i = 1, 1e9 do t[i] = string.gmatch(("x"):rep(10000) .. i, "x") end
