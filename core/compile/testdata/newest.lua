-- What Lua 5.5 brings: global declarations and named varargs.
global print, select, type, pcall, setmetatable
global count, label <const> = 1, "x"
count = count + 1
print(count, label) --> 2	x
global function twice(n) return n * 2 end
print(twice(4)) --> 8
print(pcall(function() global count = 5 end)) --> ~^false.*global 'count' is already defined
local count = 10
do
  global count
  count = 3
end
print(count) --> 10
local function get() global count return count end
print(get()) --> 3
local function sum(first, ...rest)
  local n = first
  for i = 1, rest.n do n = n + (rest[i] or 100) end
  return n, rest.n, select("#", ...), ...
end
print(sum(1)) --> 1	0	0
print(sum(1, 2, nil, 3)) --> 106	3	3	2	nil	3
do global * print(undefined, string.rep("x", 2)) end --> nil	xx
global <const> *
local function closing(...args)
  local a <close> = setmetatable({}, { __close = function() print("closed", args.n) end })
  return args.n, ...
end
print(closing(1, 2)) --> closed	2
--> 2	1	2
