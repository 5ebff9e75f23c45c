-- error: time limit of 2s exceeded|stack overflow|registry overflow
local function f(n, ...) if n > 0 then return f(n - 1, n, ...) end end
local ok, e = pcall(f, 1e7)
error(e)
