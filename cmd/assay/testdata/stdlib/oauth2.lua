-- RFC 6749, 7009, 7523, 7662 and 8693; run by hand against the example provider of zitadel/oidc

---- client credentials, kept until they end
--> GET /.well-known/openid-configuration
--< 200 {"token_endpoint":"$URL/token","introspection_endpoint":"$URL/introspect","revocation_endpoint":"$URL/revoke"}
--> POST /token
-->: Authorization: Basic YSUzQWI6cythJTJCYg==
-->: Content-Type: application/x-www-form-urlencoded
-->: Accept: application/json
-->= audience=api&grant_type=client_credentials&scope=deploy+read
--< 200 {"access_token":"one","token_type":"Bearer","expires_in":3600}
--> POST /token
-->: Authorization: Basic YSUzQWI6cythJTJCYg==
-->= audience=api&grant_type=client_credentials&scope=other
--< 200 {"access_token":"two"}
--> POST /introspect
-->: Authorization: Basic YSUzQWI6cythJTJCYg==
-->= token=one
--< 200 {"active":true}
--> POST /revoke
-->: Authorization: Basic YSUzQWI6cythJTJCYg==
-->= token=one
--< 200
local c = oauth2.client{issuer = URL .. "/", client_id = "a:b", client_secret = "s a+b", scope = "deploy read", audience = "api"}
assert.eq(c:token(), "one")
assert.eq(c:token(), "one")
assert.eq(c:discovery().token_endpoint, URL .. "/token")
assert.eq(c:client_credentials{scope = "other"}.access_token, "two")
assert.is_true(c:introspect("one").active)
c:revoke("one")

---- a token that has ended is refreshed
--> POST /token
-->= client_id=a&client_secret=s&grant_type=refresh_token&refresh_token=r1
--< 200 {"access_token":"one","expires_in":10}
--> POST /token
-->= client_id=a&client_secret=s&grant_type=refresh_token&refresh_token=r1
--< 200 {"access_token":"two","expires_in":10,"refresh_token":"r2"}
--> POST /token
-->= client_id=a&client_secret=s&grant_type=refresh_token&refresh_token=r2
--< 400 {"error":"invalid_grant"}
--> POST /token
-->= client_id=a&client_secret=s&grant_type=client_credentials
--< 200 {"access_token":"three","expires_in":3600}
local c = oauth2.client{token_url = URL .. "/token", client_id = "a", client_secret = "s", auth = "post"}
assert.eq(c:refresh("r1").refresh_token, "r1")
assert.eq(c:token(), "two")
assert.eq(c:token(), "three")
assert.eq(c:token(), "three")

---- assertions and exchanges
--> POST /token
-->~ ^client_assertion=eyJ[\w.-]+&client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_id=a&grant_type=client_credentials$
--< 200 {"access_token":"t"}
--> POST /token
-->= assertion=x.y.z&client_id=a&grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&scope=s
--< 200 {"access_token":"t"}
--> POST /token
-->= audience=api&client_id=a&grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Atoken-exchange&subject_token=x&subject_token_type=urn%3Aietf%3Aparams%3Aoauth%3Atoken-type%3Ajwt
--< 200 {"access_token":"t"}
oauth2.client{token_url = URL .. "/token", client_id = "a", private_key = KEY, key_id = "k"}:client_credentials()
local c = oauth2.client{token_url = URL .. "/token", client_id = "a"}
c:jwt_bearer("x.y.z", {scope = "s"})
assert.eq(c:exchange("x", {audience = "api"}).access_token, "t")

---- what is refused
--> POST /token
-->= client_id=a&grant_type=client_credentials
--< 401 {"error":"invalid_client","error_description":"unknown"}
--> POST /token
-->= client_id=a&grant_type=client_credentials
--< 503 busy
--> POST /token
-->= client_id=a&grant_type=client_credentials
--< 200 {"id_token":"secret"}
local c = oauth2.client{token_url = URL .. "/token", client_id = "a"}
local e = assert.raises(function() c:token() end, "oauth2.client_credentials: HTTP 401: invalid_client: unknown")
assert.eq({e.code, e.status}, {"oauth2.refused", 401})
assert.eq(assert.raises(function() c:token() end, "HTTP 503: busy").code, "oauth2.http")
local e = assert.raises(function() c:token() end, "there is no access_token")
assert.eq(e.code, "oauth2.answer")
assert.is_nil(tostring(e):find("secret", 1, true))
assert.raises(function() oauth2.client{client_id = "a"} end, "token_url or issuer is required")
assert.raises(function() oauth2.client{} end, "client_id is required")
