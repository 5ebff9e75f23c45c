-- Integer division and bit operators.
print(7 // 2, -7 // 2, 7 // -2, 6 // 3, 0 // 5) --> 3	-4	-4	2	0
print(9007199254740991 // 9007199254740992, 1 // 0.0 > 1e300, 7.5 // 2 == 3) --> 0	true	true
print(6 & 3, 6 | 3, 6 ~ 3, ~5, 1 << 4, 256 >> 4, 1 << 64, 1 << -1, 2 >> -2) --> 2	7	5	-6	16	16	0	0	8
print(1 | 2 ~ 3 & 4, 1 << 2 + 1, 2 * 3 // 4 % 3, -3 // 2, ~~5) --> 3	8	1	-2	5
print("7" // 2, 2.0 & 3, pcall(function() return "16" | 0 end)) --> ~^3.*	2	false.*attempt to perform bitwise operation on a string value
print(pcall(function() return 1.5 & 1 end)) --> ~^false.*number has no integer representation
print(pcall(function() return {} & 1 end)) --> ~^false.*attempt to perform bitwise operation on a table value
print(pcall(function() return {} // 1 end)) --> ~^false.*attempt to perform arithmetic on a table value
local mt = { __idiv = function() return "idiv" end, __band = function() return "band" end, __shl = function() return "shl" end, __bnot = function() return "bnot" end }
local o = setmetatable({}, mt)
print(o // 1, 1 // o, o & 1, 1 << o, ~o) --> idiv	idiv	band	shl	bnot
local function order(n) io = (io or "") .. n return n end
io = ""
print(order(1) // order(2) + order(3) & order(4), io) --> 0	1234
io = ""
print(order(1) < order(2), order(3) > order(4), order(5) >= order(6), order(7) ~= order(8), io) --> true	false	false	true	12345678
