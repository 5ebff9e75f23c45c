-- A script in the style of those that are in use; the test in cmd/assay reads it.
---- a secret is synced
--> GET /apis/external-secrets.io/v1beta1/namespaces/shop/externalsecrets/db
-->: Authorization: Bearer t
--< 200 {"status":{"syncedResourceVersion":"1-x","conditions":[{"type":"Ready","status":"True","reason":"SecretSynced"}]}}
--> GET /apis/external-secrets.io/v1beta1/namespaces/shop/externalsecrets/none
-->: Authorization: Bearer t
--< 404
local eso = require("assay.eso")
local c = eso.client(URL, "t")
local s = c:external_secret_status("shop", "db")
assert.eq({s.ready, s.status, s.sync_hash}, {true, "SecretSynced", "1-x"})
assert.eq(pcall(c.external_secret_status, c, "shop", "none"), false)
