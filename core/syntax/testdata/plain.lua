-- Lua 5.1 with goto, one of each kind of statement and expression.
local a, b, c = 1, 'two', [[three]]
local function add(x, y, ...)
  local n = select('#', ...)
  return x + y + n, ...
end
function Account(balance) return { balance = balance, [1] = 'a'; 'b', } end
local m = {}
function m.sub.deep:method(first, ...) self.x = first; return ... end

if a == 1 then b = 2 elseif a ~= 2 then b = 3 else b = nil end
while a < 10 and not (b == nil) do a = a + 1 if a > 5 then break end end
repeat local last = #c; a = a - 1 until a <= 0 or last >= 3
for i = 10, 1, -1 do m[i] = i ^ 2 ^ 3 end
for i = 1, 2 do end
for k, v in pairs(m) do m[k], m[v] = v, -k % 3 end
goto done
f 'x' "y" { z = 1 }
m:method(1)(2):method [==[
]] long
]==]
::done::
--[[ a comment
over lines ]] local s = "\a\065\n\
next" .. 'x' .. a .. b
return add(1, 2), s, (...)
