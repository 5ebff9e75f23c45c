-- assert itself, as in Lua.
print(assert(1, "two", nil, 4))                 --> =1 two nil 4
print(pcall(assert, false, "boom"))             --> =false boom
print(pcall(assert, nil))                       --> =false assertion failed: nil is not true
print(select("#", assert(1)), assert("x"))      --> =1 x
local own = {status = 500}
local _, raised = pcall(assert, false, own)
print(raised == own)                            --> =true
print(pcall(assert, false, nil))                --> =false assertion failed: false is not true

-- What an assertion raises.
local ok, e = pcall(assert.eq, {spec = {replicas = 3}}, {spec = {replicas = 2}}, "scaled")
print(ok, e)       --> =false assert.eq failed: .spec.replicas: 3 != 2 - scaled
print(e.code)      --> =assert.failed
print(e.message)   --> =assert.eq failed: .spec.replicas: 3 != 2 - scaled
assert.is_true(e:find("scaled", 1, true) ~= nil)

local function why(name, ...)
  local ok, e = pcall(assert[name], ...)
  print(ok and "holds" or tostring(e))
end

-- eq
why("eq", 1, 1)                                 --> =holds
why("eq", 1, 2)                                 --> =assert.eq failed: 1 != 2
why("eq", 1, "1")                               --> =assert.eq failed: 1 != "1"
why("eq", nil, false)                           --> =assert.eq failed: nil != false
why("eq", 0/0, 0/0)                             --> =assert.eq failed: nan != nan
why("eq", 1/0, -1/0)                            --> =assert.eq failed: inf != -inf
why("eq", 0.1 + 0.2, 0.3)                       --> =assert.eq failed: 0.30000000000000004 != 0.3
why("eq", "a\nb", "a\tb")                       --> =assert.eq failed: "a\nb" != "a\tb"
why("eq", {}, {})                               --> =holds
why("eq", {1, 2, {x = {}}}, {1, 2, {x = {}}})   --> =holds
why("eq", {1, 2}, {1, 2, 3})                    --> =assert.eq failed: [3]: nil != 3
why("eq", {a = 1}, {a = 1, b = 2})              --> =assert.eq failed: .b: nil != 2
why("eq", {["a b"] = {[true] = 1}}, {["a b"] = {[true] = 2}}) --> =assert.eq failed: ["a b"][true]: 1 != 2
why("eq", {[1.5] = {}}, {[1.5] = 7})            --> =assert.eq failed: [1.5]: {} != 7
why("eq", {b = 1, a = 1, c = 1}, {b = 2, a = 2, c = 2}) --> =assert.eq failed: .a: 1 != 2
why("eq", {1, 2, b = {x = "y"}}, "t")           --> =assert.eq failed: {1, 2, b = {x = "y"}} != "t"
why("eq", setmetatable({1}, {__eq = function() return false end}), {1}) --> =holds
why("eq", print, print)                         --> =holds
why("eq", print, assert.eq)                     --> =assert.eq failed: function != function

-- Integers beyond 2^53 are compared exactly.
local big = int64("9007199254740993")
why("eq", big, int64("9007199254740993"))       --> =holds
why("eq", big, int64("9007199254740994"))       --> =assert.eq failed: 9007199254740993 != 9007199254740994
why("eq", big, 2^53)                            --> =assert.eq failed: 9007199254740993 != 9007199254740992
why("gt", big, 2^53)                            --> =holds
why("lt", big, 2^60)                            --> =holds
why("gt", big, 1e300)                           --> =assert.gt failed: 9007199254740993 is not greater than 1e+300
why("lt", -1e300, big)                          --> =holds
why("ge", big, 0/0)                             --> =assert.ge failed: 9007199254740993 is not at least nan

-- An error equals its text.
local _, refused = pcall(sleep, -1)
assert.eq(refused, "sleep: argument 1 'seconds': time must not be negative, got -1")
assert.ne(refused, "sleep")
assert.contains(refused, "negative")
why("eq", refused, nil)  --> =assert.eq failed: error "sleep: argument 1 'seconds': time must not be negative, got -1" != nil

-- Cycles.
local a, b = {}, {}
a.self, b.self = a, b
why("eq", a, b)                                 --> =holds
a.x, b.x = 1, 2
why("eq", a, b)                                 --> =assert.eq failed: .x: 1 != 2
why("eq", a, 1)                                 --> =assert.eq failed: {self = <cycle>, x = 1} != 1
local c, d = {}, {}
c.other, d.other, c.n, d.n = d, c, 1, 2
why("eq", c, d)                                 --> =assert.eq failed: .n: 1 != 2

-- Long texts are shown from a little before the difference.
why("eq", ("x"):rep(1000) .. "A", ("x"):rep(1000) .. "B")
--> =assert.eq failed: ...(from byte 981) "xxxxxxxxxxxxxxxxxxxxA" != ...(from byte 981) "xxxxxxxxxxxxxxxxxxxxB"
why("eq", ("x"):rep(1000), nil)                 --> ~^assert.eq failed: "x{200}"\.\.\. \(1000 bytes\) != nil$

-- The other comparisons.
why("ne", {1}, {2})                             --> =holds
why("ne", {1}, {1}, "same")                     --> =assert.ne failed: both are {1} - same
why("gt", 2, 1)                                 --> =holds
why("gt", 1, 2)                                 --> =assert.gt failed: 1 is not greater than 2
why("gt", "b", "a")                             --> =holds
why("lt", 2, 1)                                 --> =assert.lt failed: 2 is not less than 1
why("ge", 1, 2)                                 --> =assert.ge failed: 1 is not at least 2
why("le", 2, 1)                                 --> =assert.le failed: 2 is not at most 1
why("le", 0/0, 1)                               --> =assert.le failed: nan is not at most 1
why("gt", nil, 1)                               --> =assert.gt failed: cannot compare nil with 1
why("gt", "2", 1)                               --> =assert.gt failed: cannot compare "2" with 1
why("near", 0.1 + 0.2, 0.3, 1e-9)               --> =holds
why("near", 1, 2, 0.5, "drift")                 --> =assert.near failed: 1 is not within 0.5 of 2 - drift
why("near", 1/0, 1/0, 0)                        --> =holds
why("near", 0/0, 0, 1)                          --> =assert.near failed: nan is not within 1 of 0
why("near", nil, 0, 1)                          --> =assert.near failed: nil is not within 1 of 0
why("near", 1, 1, -1)                           --> =assert.near: argument 3 'tolerance': must not be negative, got -1
why("near", 1, 1, 0/0)                          --> =assert.near: argument 3 'tolerance': must not be negative, got nan

-- One value.
why("not_nil", false)                           --> =holds
why("not_nil", nil, "no pod")                   --> =assert.not_nil failed: the value is nil - no pod
why("is_nil", false)                            --> =assert.is_nil failed: false is not nil
why("is_true", 1)                               --> =assert.is_true failed: 1 is not true
why("is_true", true)                            --> =holds
why("is_false", nil)                            --> =assert.is_false failed: nil is not false
why("is_false", false)                          --> =holds
why("type", 1, "number")                        --> =holds
why("type", 1, "integer")                       --> =holds
why("type", 1.5, "integer")                     --> =assert.type failed: 1.5 is a number, not a integer
why("type", big, "integer")                     --> =holds
why("type", big, "int64")                       --> =holds
why("type", refused, "error")                   --> =holds
why("type", nil, "nil")                         --> =holds
why("type", print, "function")                  --> =holds

-- What is inside.
why("contains", "a.b", ".")                     --> =holds
why("contains", "abc", "x")                     --> =assert.contains failed: "abc" does not contain "x"
why("contains", {1, {2}}, {2})                  --> =holds
why("contains", {1, 2}, 3)                      --> =assert.contains failed: {1, 2} does not contain 3
why("contains", {a = 1}, 1)                     --> =assert.contains failed: {a = 1} does not contain 1
why("contains", nil, 1)                         --> =assert.contains failed: nil is neither text nor an array
why("contains", "abc", {})                      --> =assert.contains failed: "abc" does not contain {}
why("matches", "v1.2", "^v%d")                  --> =holds
why("matches", "v1.2", "^%d")                   --> =assert.matches failed: "v1.2" does not match "^%d"
why("matches", nil, "x")                        --> =assert.matches failed: nil is not text
why("matches", "x", "[")                        --> ~^assert.matches: bad pattern: 
why("regex", "v1.2", [[^v\d+\.\d$]])            --> =holds
why("regex", "v1.2", [[^\d]])                   --> =assert.regex failed: "v1.2" does not match "^\\d"
why("regex", "x", "(")                          --> ~^assert.regex: bad regular expression: 
why("regex", "x", "((a{100}){100}){10}")        --> ~^assert.regex: the regular expression is too large|invalid repeat
why("regex", ("x"):rep(1000000), "(x{100}){9}")  --> ~^assert.regex: the regular expression is too large
why("regex", "x", ("x"):rep(5000))              --> =assert.regex: the regular expression is too large: 5000 bytes, 4096 at most
why("len", "abc", 3)                            --> =holds
why("len", {1, 2}, 3)                           --> =assert.len failed: the length is 2, not 3: {1, 2}
why("len", {a = 1, b = 2}, 2)                   --> =holds
why("len", {}, 0)                               --> =holds
why("len", 12, 2)                               --> =assert.len failed: 12 has no length

-- raises
local function boom() error("no route to host (timeout)") end
print(assert.raises(boom))                      --> ~assert.lua:\d+: no route to host
assert.raises(boom, "route to %w+")
why("raises", boom, "refused")                  --> ~^assert.raises failed: the error ".*no route to host \(timeout\)" does not match "refused"$
why("raises", function() end, nil, "lenient")   --> =assert.raises failed: the function did not raise - lenient
assert.eq(assert.raises(function() error(own) end), own)
assert.eq(assert.raises(function() sleep(-1) end, "negative").code, nil)
assert.eq(assert.raises(function() assert.eq(1, 2) end).code, "assert.failed")
why("raises", boom, "[")                        --> ~^assert.raises: bad pattern: 
why("raises", 1)                                --> =assert.raises: argument 1 'fn': function expected, got number

-- What holds for everything says nothing.
why("contains", "abc", "")                      --> =assert.contains: argument 2 'needle': is empty, which every text contains: it says nothing
why("contains", {"", "a"}, "")                  --> =holds
why("matches", "abc", "")                       --> =assert.matches: argument 2 'pattern': matches any text: it says nothing
why("matches", "abc", "^.*$")                   --> =assert.matches: argument 2 'pattern': matches any text: it says nothing
why("matches", "", "^%s*$")                     --> =holds
why("regex", "abc", "(x)?")                     --> =assert.regex: argument 2 'pattern': matches any text: it says nothing
why("regex", "", "^$")                          --> =holds
why("near", 1, 2, math.huge)                    --> =assert.near: argument 3 'tolerance': is infinite, which every number is within: it says nothing
why("ne", 500, "500")                           --> =assert.ne: 500 is a number and "500" a string: they are never equal
why("ne", 500, "x")                             --> =holds
