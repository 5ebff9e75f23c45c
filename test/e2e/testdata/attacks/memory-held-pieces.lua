-- survives
-- A piece of a text does not keep the text.
local t = {}
for i = 1, 1000 do
  local s = ("x"):rep(1e6) .. i
  t[i] = {s:sub(1, 10), s:match("^x"), (s:gsub("^x+", ""))}
end
assert(#t == 1000)
print("survived")
