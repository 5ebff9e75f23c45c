-- survives
local ok, f = pcall(load, "return " .. ("{"):rep(50000) .. ("}"):rep(50000))
local ok2 = pcall(load, "return " .. ("not "):rep(50000) .. "1")
print("survived")
