-- error: memory limit of 64 MB exceeded
local kept = {}
while true do
  local resume = coroutine.wrap(function() coroutine.yield() end)
  resume()
  kept[#kept + 1] = resume
end
