-- https://zitadel.com/docs/apis/resources/mgmt, https://zitadel.com/docs/apis/resources/admin

---- what a client needs
for _, o in ipairs{{domain = "d", token = "t"}, {url = URL, token = "t"}, {url = URL, domain = "d"}, {url = URL, domain = "d", machine_key = {userId = "u", key = "k"}}} do
  assert.raises(function() zitadel.client(o) end, "zitadel.client: ")
end
assert.raises(function() zitadel.client{url = URL, domain = "d", machine_key = {userId = "u", key = "k"}} end, "the machine key has no keyId")
assert.raises(function() zitadel.client{url = URL, domain = "d", machine_key_file = "/key"} end, "this script may not read files, such as /key: give machine_key")

---- a machine key is turned into a token, which is kept until the server does not take it
--> POST /oauth/v2/token
-->: Host: auth.example.com
-->: Content-Type: application/x-www-form-urlencoded
-->~ ^assertion=eyJ[\w-]+\.[\w-]+\.[\w-]+&grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&scope=openid\+urn%3Azitadel%3Aiam%3Aorg%3Aproject%3Aid%3Azitadel%3Aaud$
--< 200 {"access_token":"one","expires_in":3600}
--> POST /management/v1/users/_search
-->: Host: auth.example.com
-->: Authorization: Bearer one
-->= {}
--< 200 {"result":[{"id":"1"}]}
--> POST /management/v1/users/_search
-->: Host: auth.example.com
-->: Authorization: Bearer one
-->= {"queries":[{"emailQuery":{"emailAddress":"a@b"}}]}
--< 401
--> POST /oauth/v2/token
-->~ ^assertion=
--< 200 {"access_token":"two","expires_in":3600}
--> POST /management/v1/users/_search
-->: Authorization: Bearer two
-->= {"queries":[{"emailQuery":{"emailAddress":"a@b"}}]}
--< 200 {}
local c = zitadel.client{url = URL .. "/", domain = "example.com", machine_key = {userId = "u", key = KEY, keyId = "k"}}
assert.eq(c:search_users()[1].id, "1")
assert.eq(#c:search_users{queries = {{emailQuery = {emailAddress = "a@b"}}}}, 0)

---- what the assertion says
local seen
local fake = {request = function(_, given)
  if given.form then seen = crypto.jwt_decode(given.form.assertion) end
  return {status = 200, ok = true, body = "{}", json = function() return {access_token = "t"} end}
end}
local c = zitadel.client{url = URL, domain = "example.com", machine_key = {userId = "u", key = KEY, keyId = "k"}, http = fake}
c:search_users()
assert.eq({seen.header.alg, seen.header.kid}, {"RS256", "k"})
assert.eq({seen.claims.iss, seen.claims.sub, seen.claims.aud}, {"u", "u", "https://auth.example.com"})
assert.eq(seen.claims.exp - seen.claims.iat, 300)
assert.eq(seen.claims.iat, math.floor(seen.claims.iat))

---- script: a machine key in a file
local file = os.tmpname()
fs.write(file, json.encode{userId = "u", key = KEY, keyId = "k", type = "serviceaccount"})
local asked = 0
local fake = {request = function() asked = asked + 1 return {status = 200, ok = true, body = "{}", json = function() return {access_token = "t"} end} end}
zitadel.client{url = URL, domain = "example.com", machine_key_file = file, http = fake}:search_users()
assert.eq(asked, 2)
os.remove(file)

---- the primary domain
--> GET /admin/v1/orgs/me/domains
-->: Authorization: Bearer t
--< 200 {"result":[{"domainName":"a.com","isPrimary":true}]}
--> GET /admin/v1/orgs/me/domains
-->: Authorization: Bearer t
--< 200 {"result":[{"domainName":"a.com"}]}
--> POST /admin/v1/orgs/me/domains
-->: Authorization: Bearer t
-->= {"domain":"a.com"}
--< 409
--> POST /admin/v1/orgs/me/domains/a.com/_set_primary
-->: Authorization: Bearer t
-->= {}
--< 200 {}
--> GET /admin/v1/orgs/me/domains
-->: Authorization: Bearer t
--< 403
--> GET /admin/v1/orgs/me/domains
-->: Authorization: Bearer t
--< 200 {}
--> POST /admin/v1/orgs/me/domains
-->: Authorization: Bearer t
-->= {"domain":"a.com"}
--< 500
local c = zitadel.client{url = URL, domain = "example.com", token = "t"}
assert.eq({c:ensure_primary_domain("a.com")}, {true, false})
assert.eq({c:ensure_primary_domain("a.com")}, {true, true})
assert.eq({c:ensure_primary_domain("a.com")}, {false, false})
assert.eq({c:ensure_primary_domain("a.com")}, {false, false})

---- projects
--> POST /management/v1/projects/_search
-->: Authorization: Bearer t
-->= {"queries":[{"nameQuery":{"name":"platform","method":"TEXT_QUERY_METHOD_EQUALS"}}]}
--< 200 {"result":[{"id":"1","name":"platform"}]}
--> POST /management/v1/projects/_search
-->: Authorization: Bearer t
-->= {"queries":[{"nameQuery":{"name":"platform","method":"TEXT_QUERY_METHOD_EQUALS"}}]}
--< 500
--> POST /management/v1/projects
-->: Authorization: Bearer t
-->= {"name":"platform","projectRoleAssertion":true}
--< 200 {"id":"2"}
--> POST /management/v1/projects
-->: Authorization: Bearer t
-->= {"name":"platform"}
--< 403 no
--> POST /management/v1/projects/_search
-->: Authorization: Bearer t
-->= {"queries":[{"nameQuery":{"name":"platform","method":"TEXT_QUERY_METHOD_EQUALS"}}]}
--< 200 {}
--> POST /management/v1/projects
-->: Authorization: Bearer t
-->= {"name":"platform"}
--< 200 {"id":"3"}
local c = zitadel.client{url = URL, domain = "example.com", token = "t"}
assert.eq(c:find_project("platform").id, "1")
assert.is_nil(c:find_project("platform"))
assert.eq(c:create_project("platform", {projectRoleAssertion = true}).id, "2")
local e = assert.raises(function() c:create_project("platform") end, "zitadel.create_project: HTTP 403: no")
assert.eq({e.code, e.status}, {"zitadel.http", 403})
assert.eq({c:ensure_project("platform")}, {{id = "3"}, true})

---- applications
--> POST /management/v1/projects/1/apps/_search
-->: Authorization: Bearer t
-->= {"queries":[{"nameQuery":{"name":"grafana","method":"TEXT_QUERY_METHOD_EQUALS"}}]}
--< 400
--> POST /management/v1/projects/1/apps/_search
-->: Authorization: Bearer t
-->= {}
--< 200 {"result":[{"id":"8","name":"grafana2"},{"id":"9","name":"grafana"}]}
--> POST /management/v1/projects/1/apps/oidc
-->: Authorization: Bearer t
-->= {"name":"grafana","redirectUris":["https://grafana.example.com/login"],"postLogoutRedirectUris":["https://grafana.example.com/"],"responseTypes":["OIDC_RESPONSE_TYPE_CODE"],"grantTypes":["OIDC_GRANT_TYPE_AUTHORIZATION_CODE","OIDC_GRANT_TYPE_REFRESH_TOKEN"],"appType":"OIDC_APP_TYPE_WEB","authMethodType":"OIDC_AUTH_METHOD_TYPE_NONE","accessTokenType":"OIDC_TOKEN_TYPE_BEARER","accessTokenRoleAssertion":true,"idTokenRoleAssertion":true,"idTokenUserinfoAssertion":true,"devMode":false,"clockSkew":"0s"}
--< 200 {"appId":"9","clientId":"c","clientSecret":"s"}
--> POST /management/v1/projects/1/apps/oidc
-->: Authorization: Bearer t
-->~ "name":"grafana"
--< 409
--> POST /management/v1/projects/1/apps/_search
-->: Authorization: Bearer t
-->= {"queries":[{"nameQuery":{"name":"grafana","method":"TEXT_QUERY_METHOD_EQUALS"}}]}
--< 200 {}
--> POST /management/v1/projects/1/apps/_search
-->: Authorization: Bearer t
-->= {"queries":[{"nameQuery":{"name":"grafana","method":"TEXT_QUERY_METHOD_EQUALS"}}]}
--< 200 {"result":[{"id":"9","name":"grafana"}]}
--> PUT /management/v1/projects/1/apps/9/oidc_config
-->: Authorization: Bearer t
-->= {"redirectUris":["https://x/"],"responseTypes":["OIDC_RESPONSE_TYPE_CODE"],"grantTypes":["OIDC_GRANT_TYPE_AUTHORIZATION_CODE","OIDC_GRANT_TYPE_REFRESH_TOKEN"],"appType":"OIDC_APP_TYPE_WEB","authMethodType":"OIDC_AUTH_METHOD_TYPE_BASIC","accessTokenType":"OIDC_TOKEN_TYPE_BEARER","accessTokenRoleAssertion":true,"idTokenRoleAssertion":true,"idTokenUserinfoAssertion":true,"devMode":false,"clockSkew":"0s"}
--< 200 {}
--> POST /management/v1/projects/1/apps/9/oidc_config/_generate_client_secret
-->: Authorization: Bearer t
-->= {}
--< 200 {"clientSecret":"new"}
local c = zitadel.client{url = URL, domain = "example.com", token = "t"}
assert.eq(c:find_app("1", "grafana").id, "9")
local o = {name = "grafana", subdomain = "grafana", callbackPath = "/login", authMethodType = "OIDC_AUTH_METHOD_TYPE_NONE"}
assert.eq(c:create_oidc_app("1", o).clientId, "c")
assert.eq(c:create_oidc_app("1", o), {id = "existing", name = "grafana"})
assert.eq({c:ensure_oidc_app("1", o)}, {{id = "9", name = "grafana"}, false})
c:update_oidc_app("1", "9", {name = "grafana", redirectUris = {"https://x/"}})
assert.eq(c:generate_app_secret("1", "9"), "new")

---- identity providers
--> POST /admin/v1/idps/templates/_search
-->: Authorization: Bearer t
-->= {"queries":[{"idpNameQuery":{"name":"Google","method":"TEXT_QUERY_METHOD_EQUALS"}}]}
--< 200 {"result":[{"id":"g","name":"Google"}]}
--> POST /admin/v1/idps/templates/_search
-->: Authorization: Bearer t
-->~ Google
--< 200 {}
--> POST /admin/v1/idps/google
-->: Authorization: Bearer t
-->= {"name":"Google","clientId":"c","clientSecret":"s","scopes":["openid"],"providerOptions":{"isAutoCreation":true}}
--< 200 {"id":"g2"}
--> POST /admin/v1/idps/templates/_search
-->: Authorization: Bearer t
-->~ Corp
--< 200 {}
--> POST /admin/v1/idps/generic_oidc
-->: Authorization: Bearer t
-->= {"name":"Corp","clientId":"c","clientSecret":"s","issuer":"https://i"}
--< 400 no
--> POST /admin/v1/idps/templates/_search
-->: Authorization: Bearer t
-->~ Corp
--< 200 {"result":[{"id":"o","name":"Corp"}]}
--> PUT /admin/v1/idps/generic_oidc/o
-->: Authorization: Bearer t
-->= {"name":"Corp","clientId":"c","clientSecret":"s","issuer":"https://i"}
--< 500
--> POST /admin/v1/policies/login/idps
-->: Authorization: Bearer t
-->= {"idpId":"o","ownerType":"IDPOWNERTYPE_SYSTEM"}
--< 409
--> POST /admin/v1/policies/login/idps
-->: Authorization: Bearer t
-->= {"idpId":"o","ownerType":"IDPOWNERTYPE_SYSTEM"}
--< 403
local c = zitadel.client{url = URL, domain = "example.com", token = "t"}
assert.eq(c:find_idp("Google").id, "g")
assert.eq({c:ensure_google_idp{clientId = "c", clientSecret = "s", scopes = {"openid"}, providerOptions = {isAutoCreation = true}}}, {"g2", true})
local corp = {name = "Corp", clientId = "c", clientSecret = "s", issuer = "https://i"}
assert.is_nil((c:ensure_oidc_idp(corp)))
assert.eq({c:ensure_oidc_idp(corp)}, {"o", false})
assert.is_true(c:add_idp_to_login_policy("o"))
assert.is_false(c:add_idp_to_login_policy("o"))

---- users and the login policy
--> PUT /management/v1/users/1/email
-->: Authorization: Bearer t
-->= {"email":"a@b","isEmailVerified":true}
--< 200 {}
--> GET /admin/v1/policies/login
-->: Authorization: Bearer t
--< 404
--> GET /admin/v1/policies/login
-->: Authorization: Bearer t
--< 200 {"policy":{"allowUsernamePassword":true,"allowRegister":true}}
--> PUT /admin/v1/policies/login
-->: Authorization: Bearer t
-->= {"allowUsernamePassword":false,"allowRegister":true,"allowExternalIdp":true,"hidePasswordReset":true}
--< 200 {}
--> GET /admin/v1/policies/login
-->: Authorization: Bearer t
--< 200 {"policy":{"allowExternalIdp":true}}
--> PUT /admin/v1/policies/login
-->: Authorization: Bearer t
-->= {"allowRegister":false}
--< 400
local c = zitadel.client{url = URL, domain = "example.com", token = "t"}
assert.is_true(c:update_user_email("1", "a@b"))
assert.is_nil(c:get_login_policy())
assert.eq({c:disable_password_login()}, {true, true})
assert.eq({c:disable_password_login()}, {true, false})
assert.is_false(c:update_login_policy{allowRegister = false})
