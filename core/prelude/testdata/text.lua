print(table.concat(string.split("a,b,,c", ","), "|"))  --> =a|b||c
print(#("").split("", ","), ("x"):split(",")[1])       --> =1 x
assert.eq(("a.b.c"):split("."), {"a", "b", "c"})
print(pcall(string.split, "abc", ""))                  --> =false string.split: argument 2 'sep': must not be empty
print(pcall(string.split, ("x"):rep(2^20), "x"))       --> =false string.split: 1048577 pieces, 1048576 at most
print("[" .. ("\t x y\r\n"):trim() .. "]")             --> =[x y]
print("[" .. string.trim("") .. "]")                   --> =[]

print(int64("9007199254740993"), int64("-0x8000000000000000"), int64(7), int64(" 8 "))
--> =9007199254740993 -9223372036854775808 7 8
print(int64(2^60))                                     --> =1152921504606846976
print(pcall(int64, 2^63))                              --> ~^false int64: .* is not an integer of 64 bits
print(pcall(int64, 1.5))                               --> =false int64: argument 1 'value': 1.5 is not an integer of 64 bits
print(pcall(int64, "9223372036854775808"))             --> =false int64: argument 1 'value': "9223372036854775808" is not an integer of 64 bits
for _, bad in ipairs{"", "-", "0x", "--1", "1_000", "1.0", "1e3"} do
  assert.raises(function() int64(bad) end, "is not an integer of 64 bits")
end
print(pcall(int64, {}))                                --> ~^false int64: argument 1 'value': integer or text expected, got table
print(pcall(int64))                                    --> ~^false int64: argument 1 'value': 

-- print
print()                                                --> =
print(nil, true, 1, 1.5, "x")                          --> =nil true 1 1.5 x
print(setmetatable({}, {__tostring = function() return "own" end})) --> =own
print(pcall(print, setmetatable({}, {__tostring = function() error("broken", 0) end}))) --> =false broken
print("two\nlines")
--> =two
--> =lines

-- env
print(env.get("NO_SUCH_VARIABLE"), env.get("NO_SUCH_VARIABLE", "default")) --> =nil default
env.set("ASSAY_TEST", "a=b")
print(env.get("ASSAY_TEST", "default"), os.getenv("ASSAY_TEST")) --> =a=b a=b
local list, found = env.list(), nil
for i, e in ipairs(list) do
  if e.key == "ASSAY_TEST" then found = e.value end
  if i > 1 then assert.lt(list[i - 1].key, e.key) end
end
print(found)                                           --> =a=b
env.set("ASSAY_TEST", nil)
print(env.get("ASSAY_TEST"))                           --> =nil
env.set("ASSAY_TEST", "")
print("[" .. env.get("ASSAY_TEST", "default") .. "]")  --> =[]
print(pcall(env.set, "A=B", "c"))                      --> =false env.set: argument 1 'name': "A=B" cannot be the name of a variable
print(pcall(env.set, "", "c"))                         --> =false env.set: argument 1 'name': "" cannot be the name of a variable

-- os
assert.type(os.hostname(), "string")
assert.type(os.time(), "number")
print(pcall(os.exit, 256))                             --> ~^false os.exit: argument 1 'status': status from 0 to 255 expected
pcall(os.exit, true)
print("not reached")
