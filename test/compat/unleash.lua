-- A script in the style of those that are in use; the test in cmd/assay reads it.
---- a project, its environment and a token
--> GET /health
--< 200 {"health":"GOOD"}
--> GET /api/admin/projects/shop
-->: Authorization: t
--< 200 {"id":"shop"}
--> POST /api/admin/projects/shop/environments
-->: Authorization: t
-->= {"environment":"production"}
--< 409
--> GET /api/admin/api-tokens
-->: Authorization: t
--< 200 {"tokens":[]}
--> POST /api/admin/api-tokens
-->: Authorization: t
-->= {"tokenName":"shop","type":"client","environment":"production","projects":["shop"]}
--< 201 {"secret":"s"}
local unleash = require("assay.unleash")
unleash.wait(URL, {timeout = 5, interval = 1})
local c = unleash.client(URL, {token = "t"})
unleash.ensure_project(c, "shop", {name = "Shop"})
assert.eq(unleash.ensure_environment(c, "shop", "production"), true)
local token = unleash.ensure_token(c, {tokenName = "shop", type = "client", environment = "production", projects = {"shop"}})
assert.eq(token.secret, "s")
