-- survives
-- The same in each option of a request that is a list of texts.
local s, t = ("x"):rep(1e6), {}
for i = 1, 900 do t[i] = s end
for _, options in ipairs({{query = {a = t}}, {form = {a = t}}, {multipart = {a = t}}, {headers = {a = t}}}) do
  local ok, e = pcall(http.post, "http://127.0.0.1:9/", nil, options)
  assert(not ok and tostring(e):find("memory limit of 64 MB exceeded", 1, true), tostring(e))
end
print("survived")
