-- A script in the style of those that are in use; the test in cmd/assay reads it.
---- an image and its holes
--> GET /api/v2.0/projects/shop/repositories/api/artifacts/v1
-->: Authorization: Basic YTpi
--< 200 {}
--> GET /api/v2.0/projects/shop/repositories/api/artifacts/v1
-->? with_scan_overview=true
-->: Authorization: Basic YTpi
--< 200 {"scan_overview":{"x":{"summary":{"total":1,"summary":{"Critical":1}}}}}
local harbor = require("assay.harbor")
local c = harbor.client(URL, {username = "a", password = "b"})
if c:image_exists("shop", "api", "v1") then
  local v = c:artifact_vulnerabilities("shop", "api", "v1")
  assert.eq({v.total, v.critical, v.low}, {1, 1, 0})
end
