-- error: time limit of 2s exceeded|pattern too complex|too complex
local s = ("a"):rep(40)
error(tostring(s:find(("a?"):rep(40) .. ("a"):rep(40) .. "b")) .. " too complex")
