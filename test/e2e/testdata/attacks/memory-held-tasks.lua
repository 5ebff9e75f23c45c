-- error: memory limit of 64 MB exceeded
-- What a task has returned is held by its handle, and what a coroutine will run by the coroutine.
local t = {}
for i = 1, 1e9 do
  t[i] = async.spawn(function() return ("x"):rep(100000) .. i end)
  if i % 10 == 0 then sleep(0.001) end
end
