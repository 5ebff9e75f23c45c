-- Matching is a search, and positions are those of string.find.
print(regex.match("hello", "l+"), regex.match("hello", "^l"), regex.match("", ""))
--> =true false true
local m = regex.find("key = value", [[(\w+)\s*=\s*(\w+)(;)?]])
print(m.match, m.start, m.stop, #m.groups, m.groups[1], m.groups[2], m.groups[3])
--> =key = value 1 11 2 key value nil
print(("key = value"):sub(m.start, m.stop) == m.match, next(m.named))
--> =true nil
local empty = regex.find("abc", "x*")
print(empty.match == "", empty.start, empty.stop)
--> =true 1 0
print(regex.find("abc", "z"))
--> =nil
print(regex.find("a\nb", [[(?m)^b$]]).start, regex.match("A", "(?i)a"), regex.match("a\nb", "a.b"), regex.match("a\nb", "(?s)a.b"))
--> =3 true false true

-- All matches, also where a match depends on what stands before it.
local function starts(text, pattern)
  local at = {}
  for i, m in ipairs(regex.find_all(text, pattern)) do at[i] = m.start .. "-" .. m.stop end
  return table.concat(at, " ")
end
print(starts("aaa", "a"), starts("foo bar", [[\b]]), starts("a\nb\nc", "(?m)^."), starts("aaa", "^a"))
--> =1-1 2-2 3-3 1-0 4-3 5-4 8-7 1-1 3-3 5-5 1-1
print(starts("abc", ""), starts("äb", ""), starts("baac", "a*"), starts("", "a"))
--> =1-0 2-1 3-2 4-3 1-0 3-2 4-3 1-0 2-3 5-4 

-- Replacement: groups, names, dollar signs, functions.
print(regex.replace("john smith", [[(\w+) (?P<last>\w+)]], "${last}, $1 $$ $0 $last"))
--> =smith, john $ john smith smith
print(regex.replace("ab", "(a)(b)(c)?", "$2$1[$3]x$"), regex.replace("aXb", "x", "y"), regex.replace("abc", "", "-"))
--> =ba[]x$ aXb -a-b-c-
print(regex.replace("a1b2", [[\d]], function(m) if m.match == "1" then return nil end return m.match * 2 end))
--> =a1b4
print(regex.replace("x", "x", function() return false end), regex.replace("x", "x", function() return "" end) == "")
--> =x true
print(pcall(regex.replace, "x", "(x)", "$2"))
--> =false regex.replace: the replacement names group 2, but the pattern has 1
print(pcall(regex.replace, "x", "x", "${who}"))
--> =false regex.replace: the replacement names the group "who", which the pattern does not have
print(pcall(regex.replace, "x", "x", function() return {} end))
--> =false regex.replace: the function must give a string, or nil to leave the match, got table
print(pcall(regex.replace, "x", "x", function() error("mine", 0) end))
--> =false mine
print(regex.replace("ab", ".", function(m) return regex.replace(m.match, "a", "c") end))
--> =cb

-- Splitting.
local function parts(...) return "[" .. table.concat(regex.split(...), "|") .. "]" end
print(parts("a1b22c", [[\d+]]), parts("", ","), parts(",a,", ","), parts("abc", ""), parts("a b", "x"))
--> =[a|b|c] [] [|a|] [a|b|c] [a b]

print(regex.escape("a.b*c[d]"), regex.match("a.b", "^" .. regex.escape("a.b") .. "$"), regex.match("axb", regex.escape("a.b")))
--> =a\.b\*c\[d\] true false

-- Errors.
for _, pattern in ipairs {"(", "a**", "[b-a]", [[\q]], "(?=x)", "x{1001}", "(x{1000}){1000}", ("("):rep(2000)} do
  local ok, e = pcall(regex.match, "x", pattern)
  assert(not ok and e.code == "regex.syntax", pattern)
end
for _, pattern in ipairs {("a"):rep(40000), [[\pL{1000}\pL{1000}]], ("()"):rep(10000), "(?:" .. ("[a-c]{900}"):rep(50) .. ")"} do
  local ok, e = pcall(regex.match, "x", pattern)
  assert(not ok and e.code == "regex.limit", pattern:sub(1, 20))
end
print(select(2, pcall(regex.match, "x", "a(b")))
--> =regex.match: missing closing ): a(b
print(select(2, pcall(regex.match, "x")))
--> =regex.match: argument 2 'pattern': string expected, got no value
