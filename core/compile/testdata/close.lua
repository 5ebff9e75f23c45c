-- Variables with <close>: every way out of their block closes them.
local log = {}
local function res(name, fail)
  return setmetatable({}, { __close = function(_, e)
    log[#log + 1] = name .. (e and ":" .. tostring(e):gsub("^.-:%d+: ", "") or "")
    if fail then error(fail, 0) end
  end })
end
local function logged() local s = table.concat(log, " ") log = {} return s end

do local a <close> = res "a" local b <close> = res "b" log[#log + 1] = "body" end
print(logged()) --> body b a

local function early(n)
  local a <close> = res "a"
  if n == 1 then return "one" end
  do local b <close> = res "b" if n == 2 then return "two", nil, 3, nil end end
  if n == 3 then return end
  return select(n, 1, 2, 3, 4, 5)
end
print(early(1), logged()) --> one	a
print(select("#", early(2)), logged()) --> 4	b a
print(select("#", early(3)), logged()) --> 0	b a
print(early(4)) --> 4	5
print(logged()) --> b a

for i = 1, 3 do local a <close> = res("a" .. i) if i == 2 then break end end
print(logged()) --> a1 a2

for i = 1, 3 do
  local a <close> = res("a" .. i)
  if i == 2 then goto continue end
  log[#log + 1] = "at" .. i
  ::continue::
end
print(logged()) --> at1 a1 a2 at3 a3

local i = 0
::again::
do
  i = i + 1
  local a <close> = res("a" .. i)
  if i < 3 then goto again end
end
print(logged()) --> a1 a2 a3

i = 0
repeat
  local last <close> = res("r" .. i)
  local done = i == 2
  i = i + 1
until done
print(logged(), i) --> r0 r1 r2	3

print(pcall(function() local a <close> = res "a" error("oops", 0) end)) --> false	oops
print(logged()) --> a:oops
print(pcall(function() local a <close> = res "a" local b <close> = res("b", "second") error("first", 0) end)) --> false	second
print(logged()) --> b:first a:second
print(pcall(function() local a <close> = res("a", "late") return 1 end)) --> false	late
print(logged()) --> a

local n <close> = nil
local f <close> = false
print(pcall(function() local x <close> = 42 end)) --> ~false.*variable 'x' got a non%-closable value

local function vararg(...)
  local a <close> = res "v"
  local t = { ... }
  return #t, ..., select("#", ...)
end
print(vararg(1, nil, 3)) --> 3	1	3
print((vararg()), logged()) --> 0	v v

local function outer()
  local x = 1
  local a <close> = res "a"
  x = x + 1
  local get = function() x = x + 10 return x end
  local b <close> = res "b"
  return get() + x
end
print(outer(), logged()) --> 24	b a

for k = 1, 2 do
  for l = 1, 3 do
    local a <close> = res(k .. "." .. l)
    if l == 2 then goto next end
    if k == 2 then break end
  end
  ::next::
end
print(logged()) --> 1.1 1.2 2.1

local function nested()
  for j = 1, 2 do
    local a <close> = res("o" .. j)
    while true do
      local b <close> = res("i" .. j)
      if j == 2 then return "done", j end
      break
    end
  end
end
print(nested()) --> done	2
print(logged()) --> i1 o1 i2 o2

local first <const>, handle <close>, last = 1, res "h", 3
print(first, last) --> 1	3
do
  local t = {}
  for j = 1, 3 do
    local a <close> = res("c" .. j)
    t[j] = function() j = j + 1 return j end
  end
  print(t[1](), t[1](), t[3](), logged()) --> 2	3	4	c1 c2 c3
end
local function labels(x)
  local a <close> = res "a"
  ::top::
  x = x + 1
  if x < 3 then goto top end
  if x == 3 then goto finish end
  log[#log + 1] = "not here"
  ::finish::
  log[#log + 1] = "x" .. x
  return x
end
print(labels(0), logged()) --> 3	x3 a
local function cond(x)
  if x then
    local a <close> = res "if"
    x = nil
  else
    local a <close> = res "else"
    return "early"
  end
  return "late"
end
print(cond(true), cond(false), logged()) --> late	early	if else
print(pcall(function()
  local a <close> = res "x"
  local co = coroutine.wrap(function() local b <close> = res "co" coroutine.yield(1) return 2 end)
  return type(co)
end)) --> true	function
