-- error: memory limit of 64 MB exceeded
-- So are the constants of a function, and it does not keep the comments around it.
for i = 1, 300 do _G["kept" .. i] = load("--[[" .. ("c"):rep(900000) .. "]] return 1") end
local t = {}
for i = 1, 1e9 do t[i] = load('return "' .. i .. ("x"):rep(900000) .. '"') end
