-- error: memory limit of 64 MB exceeded
local s = "ab"
while true do pcall(function() s = s .. s end) end
