-- survives
-- An operand that has __concat sends the others another way: their texts are charged as well.
local odd = setmetatable({}, {__concat = function(a, b) return b end})
local operands = {"odd"}
for i = 2, 99 do operands[i] = "s" end
local join = load("local odd, s = ... return " .. table.concat(operands, " .. "))
local ok, e = pcall(join, odd, ("x"):rep(2^20))
assert(not ok and tostring(e):find("memory limit of 64 MB exceeded", 1, true), tostring(e))
print("survived")
