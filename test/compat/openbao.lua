-- A script in the style of those that are in use; the test in cmd/assay reads it.
---- wait, then check what must be there
--> GET /v1/sys/health
-->? standbyok=true
-->? sealedcode=200
-->? uninitcode=200
--< 200 {}
--> GET /v1/sys/seal-status
--< 200 {"sealed":false,"initialized":true}
--> GET /v1/secrets/data/app
-->: X-Vault-Token: t
--< 200 {"data":{"data":{"a":"1"}}}
--> GET /v1/secrets/data/app
-->: X-Vault-Token: t
--< 200 {"data":{"data":{"a":"1"}}}
local bao = require("assay.openbao")
assert.eq(bao == require("assay.vault"), true)
assert.eq(bao.wait(URL, {timeout = 5, interval = 1}), true)
local c = bao.client(URL, "t")
assert.eq(c:is_sealed(), false)
assert.eq(bao.assert_secret(c, "app", {"a"}).a, "1")
local ok, err = pcall(bao.assert_secret, c, "app", {"a", "b"})
assert.eq(ok, false)
assert.eq(err:find("b") ~= nil, true)
