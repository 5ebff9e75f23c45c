local doc = toml.parse([==[
title = "TOML"
big = 9007199254740993
hex = 0xDEAD_BEEF
half = 0.5
whole = 1.0
yes = true
odt = 1979-05-27T00:32:00.500-07:00
ldt = 1979-05-27 07:32:00
day = 1979-05-27
time = 07:32:00.25
empty = []
none = {}
points = [{x = 1, y = 2}, {x = 7, y = 8}]
text = """
one
two"""
raw = 'C:\n'

[servers]
  [servers.alpha]
  ip = "10.0.0.1"
  "quoted key".x = 1

[[products]]
name = "Hammer"

[[products]]
]==])
print(doc.title, doc.big, doc.big + 1, doc.hex, doc.half, doc.whole, doc.yes)
--> =TOML 9007199254740993 9007199254740994 3735928559 0.5 1 true
print(doc.odt, doc.ldt, doc.day, doc.time)
--> =1979-05-27T00:32:00.500-07:00 1979-05-27T07:32:00 1979-05-27 07:32:00.25
print(json.encode({doc.empty, doc.none, doc.points, doc.text, doc.raw, doc.servers, doc.products}))
--> =[[],{},[{"x":1,"y":2},{"x":7,"y":8}],"one\ntwo","C:\\n",{"alpha":{"ip":"10.0.0.1","quoted key":{"x":1}}},[{"name":"Hammer"},{}]]
print(toml.parse("a = 2.4e-322").a, toml.parse("a = 1e-7").a, toml.parse("a = 5e+22").a == 5e22)
--> =2.4209216646221e-322 1e-07 true
print(toml.parse("a = inf").a, toml.parse("a = -nan").a ~= toml.parse("a = nan").a, 1 / toml.parse("a = -0.0").a)
--> =inf true -inf
print(json.encode(toml.parse("")), json.encode(toml.parse("# only")))
--> ={} {}

-- What is encoded is read back as it was.
local function same(t)
  local text = toml.encode(t)
  local ok, again = pcall(toml.parse, text)
  if not ok then error(tostring(again) .. "\n" .. text) end
  assert.eq(json.encode(again), json.encode(t), text)
end
same(doc)
same({a = {{}, {b = {{c = 1}, {d = {e = {}}}}}}, z = {x = {{1, {k = "v"}}, "mixed"}}})
same({text = 'quotes "" """ and \\ back\nlines """"\n', tab = "\t\r\0\127\194\133", ["key with \n"] = 1, [""] = 2, ["ключ"] = 3})
same({n = {0, -1, 1.5, 1e300, 1e-7, -2.5e-300, 2^53, int64("9223372036854775807"), int64("-9223372036854775808")}})
same({array = json.array(), object = json.object({"a"}), [1] = "one", [2] = "two", x = {}})

io = nil
local function show(t) for line in (toml.encode(t)):gmatch("[^\n]*") do if line ~= "" then print(line) end end end
show({b = 1, a = {c = {x = 1}}, list = {1, "two", {3}}, tables = {{n = 1}, {n = 2, m = {k = true}}}, text = "one\ntwo"})
--> =b = 1
--> =list = [1, "two", [3]]
--> =text = """
--> =one
--> =two"""
--> =[a]
--> =[a.c]
--> =x = 1
--> =[[tables]]
--> =n = 1
--> =[[tables]]
--> =n = 2
--> =[tables.m]
--> =k = true
print(toml.encode({}) == "", (toml.encode({n = {0/0, 1/0, -1/0, -0.0, 3.0}}):gsub("\n", "")))
--> =true n = [nan, inf, -inf, -0.0, 3]

-- Errors have a code and a place.
local function fails(code, f, ...)
  local ok, e = pcall(f, ...)
  assert(not ok, "no error")
  assert.eq(e.code, code)
  print(e.message)
end
fails("toml.syntax", toml.parse, "a = 1\nb = [1,\n")
--> ~^3:1: 
fails("toml.syntax", toml.parse, "a = 1\na = 2")
--> ~^2:1: .*a
fails("toml.syntax", toml.parse, "ключ = 1")
--> ~^1:1: 
fails("toml.syntax", toml.parse, "a = 'äöü' x")
--> ~^1:11: the end of the line
fails("toml.syntax", toml.parse, "a = 99999999999999999999")
--> ~^1:5: 
fails("toml.syntax", toml.parse, "a = \255")
--> ~^1:5: 
fails("toml.syntax", toml.parse, "[a]\n[a]")
--> ~^2:
fails("toml.value", toml.encode, {a = {json.null}})
--> =.a[1]: TOML has no null
fails("toml.value", toml.encode, {a = json.array({1, nil, 3})})
--> =.a[2]: TOML has no null
fails("toml.value", toml.encode, {a = {b = print}})
--> =.a.b: a function has no form in TOML
fails("toml.value", toml.encode, {a = "\255"})
--> =.a: text that is not UTF-8 has no form in TOML
fails("toml.value", toml.encode, {[1.5] = 1, x = 2})
--> =the key 1.5 is no whole number
local loop = {}
loop.a = {loop}
fails("toml.value", toml.encode, loop)
--> =.a[1]: a table contains itself
local deep = {}
for _ = 1, 300 do deep = {a = deep} end
fails("toml.limit", toml.encode, deep)
--> ~nested deeper than 200
fails("toml.limit", toml.parse, "a = " .. ("["):rep(1000))
--> =1:205: nested deeper than 200
print(select(2, pcall(toml.encode, {1, 2})))
--> =toml.encode: a TOML document is a table with string keys, got an array
print(select(2, pcall(toml.encode, "x")))
--> =toml.encode: a TOML document is a table with string keys, got string
