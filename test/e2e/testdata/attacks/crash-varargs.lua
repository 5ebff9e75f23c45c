-- survives
local function f(n, ...) if n > 0 then return f(n - 1, n, ...) end end
pcall(f, 1e5)
local function g(n) return 1 + g(n + 1) end
pcall(g, 1)
print("survived")
