-- https://openid.net/specs/openid-connect-discovery-1_0.html

---- discovery and keys
--> GET /dex/.well-known/openid-configuration
--< 200 {"issuer":"$URL/dex"}
--> GET /dex/.well-known/openid-configuration
--< 200 {"issuer":"$URL/dex"}
--> GET /.well-known/openid-configuration
--< 200 {"jwks_uri":"$URL/keys?a=b"}
--> GET /keys
-->? a=b
--< 200 {"keys":[{"kid":"k"}]}
--> GET /.well-known/openid-configuration
--< 500 boom
--> GET /.well-known/openid-configuration
--< 200 {}
assert.eq(dex.discovery(URL .. "/dex/").issuer, URL .. "/dex")
assert.eq(dex.issuer(URL .. "/dex"), URL .. "/dex")
assert.eq(dex.jwks(URL).keys[1].kid, "k")
assert.eq(assert.raises(function() dex.discovery(URL) end, "dex.discovery: HTTP 500: boom").code, "dex.http")
assert.raises(function() dex.jwks(URL) end, "has no jwks_uri")

---- health and version never raise on a status
--> GET /healthz
--< 200 ok
--> GET /healthz
--< 500
--> GET /api/v1/version
--< 200 {"server":"v2"}
--> GET /api/v1/version
--< 404
assert.eq({dex.health(URL), dex.ready(URL)}, {true, false})
assert.eq(dex.admin_version(URL).server, "v2")
assert.is_nil(dex.admin_version(URL))

---- what is supported
--> GET /.well-known/openid-configuration
--< 200 {"token_endpoint":"x"}
--> GET /.well-known/openid-configuration
--< 200 {"scopes_supported":["openid"]}
--> GET /.well-known/openid-configuration
--< 200 {"response_types_supported":["code"]}
--> GET /.well-known/openid-configuration
--< 200 {}
--> GET /.well-known/openid-configuration
--< 200 {"scopes_supported":["openid"]}
--> GET /.well-known/openid-configuration
--< 200 {"grant_types_supported":["refresh_token"]}
assert.eq(dex.has_endpoint(URL, "token_endpoint"), true)
assert.eq(dex.supported_scopes(URL), {"openid"})
assert.eq(dex.supported_response_types(URL), {"code"})
assert.eq(#dex.supported_grant_types(URL), 0)
assert.eq(dex.supports_scope(URL, "groups"), false)
assert.eq(dex.supports_grant_type(URL, "refresh_token"), true)

---- validate_config
--> GET /.well-known/openid-configuration
--< 200 {"issuer":"$URL","authorization_endpoint":"a","token_endpoint":"t","jwks_uri":"j"}
--> GET /.well-known/openid-configuration
--< 200 {"issuer":"http://other","authorization_endpoint":"a","jwks_uri":"j"}
--> GET /.well-known/openid-configuration
--< 404 no
assert.eq(dex.validate_config(URL), {ok = true, errors = {}})
assert.eq(dex.validate_config(URL), {ok = false, errors = {"missing token_endpoint", "issuer mismatch: expected " .. URL .. ", got http://other"}})
assert.contains(dex.validate_config(URL).errors[1], "discovery failed: dex.discovery: HTTP 404")
