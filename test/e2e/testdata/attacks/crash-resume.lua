-- survives
local main = coroutine.running()
local co
co = coroutine.create(function() return pcall(coroutine.resume, co), main and pcall(coroutine.resume, main) end)
coroutine.resume(co)
local function deep(n) return coroutine.wrap(function() return deep(n + 1) end)() end
pcall(deep, 1)
print("survived")
