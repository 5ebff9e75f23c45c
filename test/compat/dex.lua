-- A script in the style of those that are in use; the test in cmd/assay reads it.
---- a provider
--> GET /.well-known/openid-configuration
--< 200 {"issuer":"$URL","authorization_endpoint":"a","token_endpoint":"t","jwks_uri":"j","scopes_supported":["openid"]}
--> GET /.well-known/openid-configuration
--< 200 {"scopes_supported":["openid"]}
--> GET /healthz
--< 200
local dex = require("assay.dex")
assert.eq(dex.validate_config(URL).ok, true)
assert.eq(dex.supports_scope(URL, "groups"), false)
assert.eq(dex.health(URL), true)
