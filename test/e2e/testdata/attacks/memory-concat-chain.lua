-- survives
-- More than 100 operands of .. are joined by another way than fewer: it is charged as well.
local operands = {}
for i = 1, 129 do operands[i] = "s" end
local join = load("local s = ... return " .. table.concat(operands, " .. "))
for _, size in ipairs({2^20, 2^24}) do
  local ok, e = pcall(join, ("x"):rep(size))
  assert(not ok and tostring(e):find("memory limit of 64 MB exceeded", 1, true), tostring(e))
end
print("survived")
