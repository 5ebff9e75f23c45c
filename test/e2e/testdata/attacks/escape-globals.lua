-- survives
for _, name in ipairs{"os", "io", "collectgarbage", "debug"} do
  assert(load("return " .. name)() == nil, name)
  assert(_G[name] == nil, name)
  assert(rawget(_G, name) == nil, name)
end
setmetatable(_G, {__index = function(_, name) return "made up: " .. name end})
assert(os == "made up: os")
assert(type(json.null) == "null" and getmetatable("").__index == string)
print("survived")
