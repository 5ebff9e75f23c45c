-- error: memory limit of 64 MB exceeded|time limit of 2s exceeded
local kept = {}
for i = 1, math.huge do
  local co = coroutine.create(function(a) coroutine.yield(a) end)
  coroutine.resume(co, ("x"):rep(100))
  kept[i] = co
end
