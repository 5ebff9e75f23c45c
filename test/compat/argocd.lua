-- A script in the style of those that are in use; the test in cmd/assay reads it.
---- sync and wait
--> POST /api/v1/applications/shop/sync
-->: Authorization: Bearer t
-->= {"prune":true,"dryRun":false}
--< 200 {}
--> GET /api/v1/applications/shop
-->: Authorization: Bearer t
--< 200 {"status":{"health":{"status":"Healthy"},"sync":{"status":"Synced"}}}
--> GET /api/v1/applications/shop
-->: Authorization: Bearer t
--< 200 {"status":{"health":{"status":"Healthy"},"sync":{"status":"Synced"}}}
--> DELETE /api/v1/applications/old
-->? cascade=true
-->: Authorization: Bearer t
--< 200
local argocd = require("assay.argocd")
local c = argocd.client(URL, {token = "t"})
c:sync("shop", {prune = true, dry_run = false})
c:wait_healthy("shop", 10)
assert.eq(c:is_synced("shop"), true)
assert.eq(c:delete_app("old", {cascade = true}), nil)
