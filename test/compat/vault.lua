-- A script in the style of those that are in use; the test in cmd/assay reads it.
---- credentials of a service
--> GET /v1/secrets/data/shop/db
-->: X-Vault-Token: t
--< 404
--> POST /v1/secrets/data/shop/db
-->: X-Vault-Token: t
-->= {"data":{"username":"shop","password":"made"}}
--< 200 {"data":{"version":1}}
--> GET /v1/secrets/data/shop/db
-->: X-Vault-Token: t
--< 200 {"data":{"data":{"username":"shop","password":"made"},"metadata":{"version":1}}}
--> GET /v1/secrets/metadata/shop
-->? list=true
-->: X-Vault-Token: t
--< 200 {"data":{"keys":["db"]}}
--> GET /v1/sys/policies/acl/shop
-->: X-Vault-Token: t
--< 404
--> PUT /v1/sys/policies/acl/shop
-->: X-Vault-Token: t
-->= {"policy":"path \"a\" {}"}
--< 204
--> POST /v1/transit/encrypt/k
-->: X-Vault-Token: t
-->= {"plaintext":"aGk="}
--< 200 {"data":{"ciphertext":"vault:v1:x"}}
local vault = require("assay.vault")
local c = vault.client(URL .. "/", "t")
local creds = vault.ensure_credentials(c, "shop/db", "password", function() return {username = "shop", password = "made"} end)
assert.eq(creds.password, "made")
assert.eq(c:kv_get("secrets", "shop/db").data.username, "shop")
assert.eq(c:kv_list("secrets", "shop")[1], "db")
if not c:policy_get("shop") then c:policy_put("shop", 'path "a" {}') end
assert.eq(c:transit_encrypt("k", "hi"), "vault:v1:x")
