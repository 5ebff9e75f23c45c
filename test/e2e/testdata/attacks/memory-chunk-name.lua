-- survives
-- The name of a chunk stands in each line of each traceback, so it is cut.
local f = load("local function f(n) if n == 0 then error({}) end f(n - 1) local x end f(30)", "=" .. ("x"):rep(29 * 1024 * 1024))
for _ = 1, 3 do assert(not pcall(f)) end
local _, e = pcall(load("error('short')", "=" .. ("y"):rep(1e6)))
assert(#e < 100, #e)
_, e = pcall(load("error('short')", "@" .. ("y"):rep(1e6) .. "end.lua"))
assert(#e < 100 and e:find("end.lua:1: short", 1, true), e)
print("survived")
