-- A script in the style of those that are in use; the test in cmd/assay reads it.
---- a certificate
--> GET /apis/cert-manager.io/v1/namespaces/shop/certificates/web
-->: Authorization: Bearer t
--< 200 {"status":{"notAfter":"2026-12-31T00:00:00Z","revision":2,"conditions":[{"type":"Ready","status":"True"}]}}
--> GET /apis/cert-manager.io/v1/clusterissuers/le
-->: Authorization: Bearer t
--< 404
--> GET /apis/cert-manager.io/v1/namespaces/shop/certificates
-->: Authorization: Bearer t
--< 404
local cm = require("assay.certmanager")
local c = cm.client(URL, "t")
local s = c:certificate_status("shop", "web")
assert.eq({s.ready, s.not_after, s.revision}, {true, "2026-12-31T00:00:00Z", 2})
assert.eq(c:is_cluster_issuer_ready("le"), false)
assert.eq(#c:certificates("shop").items, 0)
