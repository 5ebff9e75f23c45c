local fast = {initial = 0.001, max = 0.002}
local function options(more)
  local all = {}
  for k, v in pairs(fast) do all[k] = v end
  for k, v in pairs(more or {}) do all[k] = v end
  return all
end

-- Results pass through, nil among them.
print(retry(function() return 1, nil, 3 end))   --> =1 nil 3
print(select("#", retry(function() end)))       --> =0

local function failing(times, what)
  local calls = 0
  return function()
    calls = calls + 1
    if calls <= times then error(what or "not yet", 0) end
    return calls
  end
end
print(retry(failing(3), fast))                  --> =4
print(pcall(retry, failing(4), fast))           --> =false not yet (after 4 attempts)
print(pcall(retry, failing(4), options{attempts = 1})) --> =false not yet (after 1 attempt)
print(retry(failing(1), options{successes = 2, attempts = 3})) --> =3
print(pcall(retry, failing(2), options{successes = 2, attempts = 3}))
--> =false not yet (after 3 attempts: 1 of 2 passing attempts in a row)

-- Errors of builtins keep code and hint.
local ok, e = pcall(retry, function() assert.eq(1, 2, "count") end, fast)
print(e, e.code)   --> =assert.eq failed: 1 != 2 - count (after 4 attempts) assert.failed
ok, e = pcall(retry, function() sleep(-1) end, fast)
print(e)           --> =sleep: argument 1 'seconds': time must not be negative, got -1 (after 4 attempts)

-- A table is raised as it is.
local own = {status = 500}
ok, e = pcall(retry, function() error(own) end, fast)
assert.is_true(e == own)

-- on: classes
local function tries(fn, more)
  local n = 0
  local ok, e = pcall(retry, function() n = n + 1 fn() end, options(more))
  print(n, e)
end
local function asserts() assert.eq(1, 2) end
tries(asserts, {on = "assert"})                 --> =4 assert.eq failed: 1 != 2 (after 4 attempts)
tries(asserts, {on = {"connect", "timeout"}})   --> =1 assert.eq failed: 1 != 2
tries(function() error("plain", 0) end, {on = {"assert"}}) --> =4 plain (after 4 attempts)

-- on: a function that is given the error
tries(function() error(own) end, {on = function(e) return e.status == 500 end}) --> ~^4 table
tries(function() error(own) end, {on = function(e) return e.status == 404 end}) --> ~^1 table
tries(asserts, {on = function(e) return e.code == "assert.failed" end}) --> =4 assert.eq failed: 1 != 2 (after 4 attempts)
tries(asserts, {on = function(e) error("cannot tell", 0) end}) --> =1 cannot tell

-- max_elapsed
tries(asserts, {attempts = 100, initial = 0.05, strategy = "constant", jitter = false, max = 1, max_elapsed = 0.01})
--> =1 assert.eq failed: 1 != 2 (after 1 attempt: max_elapsed of 10ms reached)

-- Options are checked before fn is called.
tries(print, {attempts = 0})                    --> =0 retry: attempts must be at least 1, got 0
tries(print, {atempts = 1})                     --> =0 retry: unknown option 'atempts': did you mean 'attempts'?
tries(print, {strategy = "liner"})              --> ~^0 retry: option 'strategy': unknown value "liner": did you mean 'linear'\?
tries(print, {on = "timout"})                   --> ~^0 retry: option 'on': unknown value "timout": did you mean 'timeout'\?
tries(print, {on = {}})                         --> =0 retry: option 'on': name at least one class of errors
tries(print, {on = 5})                          --> =0 retry: option 'on': class, array of classes or function expected, got number
tries(print, {factor = 0.5, strategy = "exponential"}) --> ~^0 retry: factor must be
tries(print, {initial = -1})                    --> ~^0 retry: option 'initial': time must not be negative
tries(print, {successes = 5})                   --> ~^0 retry: successes: 5 passing attempts in a row need attempts

-- In coroutines, and yielding across.
local co = coroutine.wrap(function()
  local n = 0
  return pcall(retry, function()
    n = n + 1
    sleep(0.001)
    coroutine.yield(n)
    error("step " .. n, 0)
  end, options{attempts = 2})
end)
print(co())   --> =1
print(co())   --> =2
print(co())   --> =false step 2 (after 2 attempts)

-- Within each other.
print(pcall(retry, function() retry(failing(9, "deep"), options{attempts = 2}) end, options{attempts = 2}))
--> =false deep (after 2 attempts) (after 2 attempts)
