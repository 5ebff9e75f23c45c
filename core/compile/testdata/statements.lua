-- Statements and expressions whose compilation is easy to get wrong.
local a, b = 1, 2
a, b = b + 1, a
print(a, b) --> 3	1
a, b = b or 9, a and 5
print(a, b) --> 1	5
local t, i = { 1, 2, 3 }, 1
i, t[i] = i + 1, 20
print(i, t[1], t[2]) --> 2	20	2
t.x, t = "x", t.x
print(t) --> nil
local f = 5
local f = function() return f end
print(f()) --> 5
local x = 0
local function inc() x = x + 1 return x end
goto forward
x = 100
::forward::
inc()
print(x) --> 1
for n = 1, 3 do
  if n == 2 then goto continue end
  inc()
  ::continue::
end
print(x) --> 3
do
  local fs = {}
  local n = 0
  ::loop::
  local m = n
  fs[#fs + 1] = function() m = m + 10 return m end
  n = n + 1
  if n < 3 then goto loop end
  print(fs[1](), fs[2](), fs[3](), fs[1]()) --> 10	11	12	20
end
do
  local fs = {}
  local n = 0
  while true do
    local m = n
    fs[#fs + 1] = function() m = m + 1 return m end
    n = n + 1
    if n == 2 then break end
  end
  repeat
    local m = n
    fs[#fs + 1] = function() m = m + 1 return m end
    n = n + 1
  until m > 2
  print(#fs, fs[1](), fs[1](), fs[2](), fs[3](), fs[4]()) --> 4	1	2	2	3	4
end
print(nil and 1, false or nil, 1 and 2, nil or false, false and nil) --> nil	nil	2	false	false
print(not nil, not 0, not (1 == 2), 1 == 1 and "yes" or "no", (1 > 2) == false) --> true	false	true	yes	true
x = x and x + 1 or 0
print(x) --> 4
local y = nil
y = y or {}
y.z = y.z or y
print(y.z == y, y ~= y.z) --> true	false
local function multi(...) return ... end
print((multi(1, 2)), multi(3, 4), (multi())) --> 1	3	nil
print(({ multi(1, 2), multi(3, 4) })[3], #{ (multi(1, 2, 3)) }) --> 4	1
local p, q, r = multi(1, 2), multi(3)
print(p, q, r) --> 1	3	nil
local one, two, three = (function() return 1, 2 end)()
print(one, two, three) --> 1	2	nil
print(select("#", multi(nil, nil)), select("#", (multi(nil, nil)))) --> 2	1
print(2 ^ 3 ^ 2, -2 ^ 2, not 1 == 2, 1 .. 2 .. 3, 7 % 3, -7 % 3) --> ~^512.*	%-4.*	false	123	1	2$
print(("x"):rep(3), #"abc" + 1, -(-3), "10" + 5, 1e3, 0x10, .5) --> ~^xxx	4	3	15	1000.*	16	0.5$
print(1 < 2, 2 <= 2, "a" < "b", 2 > 3, 3 >= 3, 1 == 1.0, "1" == 1) --> true	true	true	false	true	true	false
for n = 3, 1, -1 do io = n end
print(io) --> 1
for n = 1, 0 do print "never" end
for k, v in next, { 5 } do print(k, v) end --> 1	5
local obj = { n = 1 }
function obj:add(k) self.n = self.n + k return self end
function obj.sub(k) return k - 1 end
print(obj:add(2):add(3).n, obj.sub(5)) --> 6	4
local function tail(n) if n == 0 then return "end" end return tail(n - 1) end
print(tail(10000)) --> end
local v = 0
for n = 1, 10 do if n % 2 == 0 then if n > 6 then break elseif n == 4 then v = v + 100 else v = v + 1 end end end
print(v) --> 102
local long = "1"
for n = 2, 3 do long = long .. "," .. n .. (n == 3 and "!" or "") end
print(long) --> 1,2,3!
local mt = setmetatable({}, { __concat = function(l, r) return (type(l) == "table" and "T" or l) .. "+" .. (type(r) == "table" and "T" or r) end })
print(1 .. mt, mt .. 2, "a" .. "b" .. mt .. "c" .. "d") --> 1+T	T+2	abT+cd
print(#[[
line]], "\65\066\x43\u{44}\z
         E", #'a\
b') --> 4	ABCDE	3
print(pcall(function() return nil .. "x" end)) --> ~^false.*concat
do local _ENV_ = 1 local t = { [1] = "a", "b", x = 1, ["y z"] = 2; 3 } print(t[1], t[2], t.x, t["y z"]) end --> b	3	1	2
