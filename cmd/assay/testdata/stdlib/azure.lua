-- https://learn.microsoft.com/rest/api/keyvault/secrets, https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow

---- secrets, with the secret of an application
--> POST /acme/oauth2/v2.0/token
-->: Content-Type: application/x-www-form-urlencoded
-->= client_id=id&client_secret=s%2B&grant_type=client_credentials&scope=https%3A%2F%2Fvault.azure.net%2F.default
--< 200 {"access_token":"t","expires_in":3599}
--> GET /secrets/shop-db
-->: Authorization: Bearer t
-->? api-version=7.4
--< 200 {"value":"pass"}
--> GET /secrets/none/v1
-->: Authorization: Bearer t
-->? api-version=7.4
--< 404
--> PUT /secrets/new
-->: Authorization: Bearer t
-->? api-version=7.4
-->= {"value":"v","contentType":"text/plain"}
--< 200 {"id":"https://x/secrets/new/1"}
--> GET /secrets
-->: Authorization: Bearer t
-->? api-version=7.4
--< 200 {"value":[{"id":"https://x/secrets/a"}],"nextLink":"https://x/secrets?api-version=7.4&$skiptoken=n"}
--> GET /secrets
-->: Authorization: Bearer t
-->? api-version=7.4
-->? $skiptoken=n
--< 200 {"value":[{"id":"https://x/secrets/b"}]}
--> GET /secrets/x
-->: Authorization: Bearer t
-->? api-version=7.4
--< 403 no
local c = azure.client{vault = URL .. "/", tenant = "acme", client_id = "id", client_secret = "s+", authority = URL .. "/"}
assert.eq(c:secret("shop-db"), "pass")
assert.is_nil(c:secret("none", "v1"))
assert.eq(c:put_secret("new", "v", {contentType = "text/plain"}), "https://x/secrets/new/1")
assert.eq(c:secrets(), {"a", "b"})
local e = assert.raises(function() c:secret("x") end, "azure.secret: HTTP 403: no")
assert.eq({e.code, e.status}, {"azure.http", 403})

---- workload identity, and a managed identity
--> POST /acme/oauth2/v2.0/token
-->= client_assertion=jwt&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_id=id&grant_type=client_credentials&scope=https%3A%2F%2Fmanagement.azure.com%2F.default
--< 200 {"access_token":"w","expires_in":3599}
--> GET /metadata/identity/oauth2/token
-->: Metadata: true
-->? api-version=2018-02-01
-->? resource=https://vault.azure.net
-->? client_id=id
--< 200 {"access_token":"m","expires_in":"86399"}
local c = azure.client{tenant = "acme", client_id = "id", federated_token = "jwt", authority = URL}
assert.eq(c:token("https://management.azure.com/.default"), "w")
assert.eq(c:token("https://management.azure.com/.default"), "w")
local m = azure.client{client_id = "id", metadata = URL}
assert.eq({m:token(), m:token()}, {"m", "m"})
assert.eq(azure.client{token = "own"}:token(), "own")
assert.raises(function() m:secret("x") end, "vault is required")
assert.raises(function() azure.client{client_id = "id", client_secret = "s"}:token() end, "tenant is required")
