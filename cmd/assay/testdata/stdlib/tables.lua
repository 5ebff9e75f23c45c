---- keys and values are in order
assert.eq(tables.keys({b = 1, a = 2, [10] = 3, [2] = 4, [true] = 5}), {2, 10, "a", "b", true})
assert.eq(tables.values({b = 1, a = 2, [10] = 3}), {3, 2, 1})
assert.eq(tables.keys({}), {})
assert.raises(function() tables.keys(nil) end, "tables%.keys: argument 1: table expected, got nil")

---- map and filter keep arrays arrays
assert.eq(tables.map({1, 2, 3}, function(n, i) return n * i end), {1, 4, 9})
assert.eq(tables.map({"a", "b", "c"}, function(s) if s ~= "b" then return s end end), {"a", "c"})
assert.eq(tables.map({a = 1, b = 2}, function(n, k) return k .. n end), {a = "a1", b = "b2"})
assert.eq(tables.map({}, function() error("called") end), {})
assert.eq(tables.filter({1, 2, 3, 4}, function(n) return n % 2 == 0 end), {2, 4})
assert.eq(tables.filter({a = 1, b = false}, function(v) return v end), {a = 1})
assert.raises(function() tables.filter(1, print) end, "tables%.filter: argument 1: table expected, got number")

---- slice
local t = {"a", "b", "c", "d"}
assert.eq(tables.slice(t), t)
assert.eq(tables.slice(t, 2, 3), {"b", "c"})
assert.eq(tables.slice(t, -2), {"c", "d"})
assert.eq(tables.slice(t, -10, -3), {"a", "b"})
assert.eq(tables.slice(t, 3, 99), {"c", "d"})
assert.eq(tables.slice(t, 4, 2), {})
assert.eq(tables.slice({}, 1), {})

---- merge goes into tables, and changes none
local base = {a = 1, m = {x = 1, y = {z = 1}}, list = {1, 2, 3}}
local over = {b = 2, m = {y = {w = 2}}, list = {9}}
local merged = tables.merge(base, over)
assert.eq(merged, {a = 1, b = 2, m = {x = 1, y = {z = 1, w = 2}}, list = {9}})
merged.m.x, merged.list[1] = 100, 100
assert.eq(base, {a = 1, m = {x = 1, y = {z = 1}}, list = {1, 2, 3}})
assert.eq(over, {b = 2, m = {y = {w = 2}}, list = {9}})
assert.eq(tables.merge({a = {b = 1}}, {a = 2}), {a = 2})
assert.eq(tables.merge({list = {1}}, {list = {}}), {list = {}})
assert.eq(tables.merge(), {})
assert.raises(function() tables.merge({}, "x") end, "tables%.merge: argument 2: table expected, got string")

---- deep_copy: cycles, shared tables, metatables and the shape of JSON
local t = {name = "a", list = {1, {2}}}
t.self, t.again = t, t.list
local made = tables.deep_copy(t)
assert(made ~= t and made.self == made and made.list ~= t.list and made.again == made.list)
assert.eq(made.list, {1, {2}})
local meta = {__index = {hello = "yes"}}
assert.eq(tables.deep_copy(setmetatable({}, meta)).hello, "yes")
assert.eq(json.encode(tables.deep_copy(json.parse("[[], {}, [1, null]]"))), "[[],{},[1,null]]")
assert.eq({tables.deep_copy(1), tables.deep_copy("x")}, {1, "x"})
