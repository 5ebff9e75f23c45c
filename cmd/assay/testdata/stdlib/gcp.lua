-- https://cloud.google.com/secret-manager/docs/reference/rest, https://cloud.google.com/compute/docs/metadata/querying-metadata

---- secrets, with the token of the metadata server
--> GET /computeMetadata/v1/instance/service-accounts/default/token
-->: Metadata-Flavor: Google
-->? scopes=https://www.googleapis.com/auth/cloud-platform
--< 200 {"access_token":"m","expires_in":3599}
--> GET /v1/projects/acme/secrets/shop-db/versions/latest:access
-->: Authorization: Bearer m
--< 200 {"payload":{"data":"cGFzcw=="}}
--> GET /v1/projects/acme/secrets/none/versions/3:access
-->: Authorization: Bearer m
--< 404
--> POST /v1/projects/acme/secrets/new:addVersion
-->: Authorization: Bearer m
-->= {"payload":{"data":"djE="}}
--< 404
--> POST /v1/projects/acme/secrets
-->: Authorization: Bearer m
-->? secretId=new
-->= {"replication":{"automatic":{}}}
--< 200 {}
--> POST /v1/projects/acme/secrets/new:addVersion
-->: Authorization: Bearer m
-->= {"payload":{"data":"djE="}}
--< 200 {}
--> POST /v1/projects/acme/secrets/new:addVersion
-->: Authorization: Bearer m
-->= {"payload":{"data":"djI="}}
--< 200 {}
--> GET /v1/projects/acme/secrets
-->: Authorization: Bearer m
--< 200 {"secrets":[{"name":"projects/1/secrets/a"}],"nextPageToken":"n"}
--> GET /v1/projects/acme/secrets
-->: Authorization: Bearer m
-->? pageToken=n
--< 200 {"secrets":[{"name":"projects/1/secrets/b"}]}
--> GET /v1/projects/acme/secrets
-->: Authorization: Bearer m
--< 403 no
local c = gcp.client{project = "acme", endpoint = URL .. "/", metadata = URL}
assert.eq(c:secret("shop-db"), "pass")
assert.is_nil(c:secret("none", 3))
assert.is_true(c:put_secret("new", "v1"))
assert.is_false(c:put_secret("new", "v2"))
assert.eq(c:secrets(), {"a", "b"})
local e = assert.raises(function() c:secrets() end, "gcp.secrets: HTTP 403: no")
assert.eq({e.code, e.status}, {"gcp.http", 403})
assert.raises(function() gcp.client{token = "t"}:secret("x") end, "project is required")

---- the key of a service account
--> POST /token
-->: Content-Type: application/x-www-form-urlencoded
-->~ ^assertion=eyJ[\w.-]+&grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer$
--< 200 {"access_token":"k","expires_in":3600}
--> GET /b
-->: Authorization: Bearer k
-->? project=acme
--< 404 no
local c = gcp.client{credentials = {type = "service_account", client_email = "a@b", private_key = KEY, private_key_id = "k", token_uri = URL .. "/token"}}
assert.eq(c:request("GET", URL .. "/b", {query = {project = "acme"}}).status, 404)
assert.eq(c:token(), "k")

---- workload identity federation, and a service account that it stands for
--> POST /sts
-->= audience=%2F%2Fiam&grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange&requested_token_type=urn%3Aietf%3Aparams%3Aoauth%3Atoken-type%3Aaccess_token&scope=https%3A%2F%2Fwww.googleapis.com%2Fauth%2Fcloud-platform&subject_token=jwt&subject_token_type=urn%3Aietf%3Aparams%3Aoauth%3Atoken-type%3Ajwt
--< 200 {"access_token":"f","expires_in":3600}
--> POST /as:generateAccessToken
-->: Authorization: Bearer f
-->= {"scope":["https://www.googleapis.com/auth/cloud-platform"]}
--< 200 {"accessToken":"sa","expireTime":"2099-01-01T00:00:00Z"}
local credentials = {type = "external_account", audience = "//iam", token_url = URL .. "/sts", service_account_impersonation_url = URL .. "/as:generateAccessToken"}
assert.eq(gcp.client{credentials = credentials, subject_token = "jwt\n"}:token(), "sa")
assert.eq(assert.raises(function() gcp.client{credentials = credentials}:token() end, "needs subject_token").code, "gcp.credentials")
assert.eq(assert.raises(function() gcp.client{credentials = {type = "other"}}:token() end, "of the type other").code, "gcp.credentials")
