-- https://developer.hashicorp.com/vault/api-docs

---- any path: read, write, delete, list
--> GET /v1/auth/kubernetes/config
-->: X-Vault-Token: root
--< 200 {"data":{"issuer":"x"}}
--> GET /v1/none
-->: X-Vault-Token: root
--< 404 {"errors":[]}
--> POST /v1/a/b
-->: X-Vault-Token: root
-->= {"x":1}
--< 204
--> POST /v1/a/b
-->: X-Vault-Token: root
-->= {}
--< 200 {"data":{"y":2}}
--> DELETE /v1/a/b
-->: X-Vault-Token: root
--< 204
--> GET /v1/database/roles
-->? list=true
-->: X-Vault-Token: root
--< 200 {"data":{"keys":["a","b/"]}}
--> GET /v1/database/roles
-->? list=true
-->: X-Vault-Token: root
--< 404 {"errors":[]}
local c = vault.client(URL .. "///", "root")
assert.eq(c:read("auth/kubernetes/config").issuer, "x")
assert.is_nil(c:read("none"))
assert.is_nil(c:write("a/b", {x = 1}))
assert.eq(c:write("/a/b", {}).data.y, 2)
c:delete("a/b")
assert.eq(c:list("database/roles"), {"a", "b/"})
assert.eq(#c:list("database/roles"), 0)

---- failures have code, status and body, and name the call
--> GET /v1/secret/data/a
-->: X-Vault-Token: t
--< 403 {"errors":["permission denied"]}
--> POST /v1/a
-->: X-Vault-Token: t
-->= {}
--< 503 {"errors":["Vault is sealed"]}
local c = vault.client(URL, "t")
local e = assert.raises(function() c:kv_get("secret", "a") end, "vault.kv_get: HTTP 403: ")
assert.eq({e.code, e.status, e.body}, {"vault.http", 403, '{"errors":["permission denied"]}'})
e = assert.raises(function() c:write("a", {}) end, "vault.write: HTTP 503")
assert.eq(e.code, "vault.http")
assert.raises(function() c:read(nil) end, "value 1 of the path")
assert.raises(function() vault.client("", "t") end, "a URL is expected")

---- kv: mounts and keys with slashes, blanks and dots
--> GET /v1/team/kv/data/a%20b/c%3Fd
-->: X-Vault-Token: t
--< 200 {"data":{"data":{"x":"1"},"metadata":{"version":3}}}
--> GET /v1/secrets/data/x
-->? version=2
-->: X-Vault-Token: t
--< 200 {"data":{"data":{},"metadata":{"version":2}}}
--> GET /v1/secrets/data/%2E%2E/y
-->: X-Vault-Token: t
--< 404 {"data":{"data":null,"metadata":{"deletion_time":"2026-01-01T00:00:00Z"}}}
--> POST /v1/secrets/data/x
-->: X-Vault-Token: t
-->= {"data":{"a":"b"}}
--< 200 {"data":{"version":1}}
--> POST /v1/secrets/data/x
-->: X-Vault-Token: t
-->= {"data":{},"options":{"cas":0}}
--< 200 {"data":{"version":1}}
--> PATCH /v1/secrets/data/x
-->: X-Vault-Token: t
-->: Content-Type: application/merge-patch+json
-->= {"data":{"a":"c"}}
--< 200 {"data":{"version":2}}
--> DELETE /v1/secrets/data/x
-->: X-Vault-Token: t
--< 204
--> DELETE /v1/secrets/metadata/x
-->: X-Vault-Token: t
--< 204
--> GET /v1/secrets/metadata/
-->? list=true
-->: X-Vault-Token: t
--< 200 {"data":{"keys":["x"]}}
--> GET /v1/secrets/metadata/shop/eu
-->? list=true
-->: X-Vault-Token: t
--< 404 {"errors":[]}
--> GET /v1/secrets/metadata/x
-->: X-Vault-Token: t
--< 200 {"data":{"current_version":4}}
local c = vault.client(URL, "t")
assert.eq(c:kv_get("team/kv", "a b/c?d").data.x, "1")
assert.eq(c:kv_get("secrets", "x", {version = 2}).metadata.version, 2)
assert.is_nil(c:kv_get("secrets", "../y"))
assert.eq(c:kv_put("secrets", "x", {a = "b"}).data.version, 1)
c:kv_put("secrets", "x", {}, {cas = 0})
assert.eq(c:kv_patch("secrets", "x", {a = "c"}).data.version, 2)
c:kv_delete("secrets", "x")
c:kv_destroy("secrets", "x")
assert.eq(c:kv_list("secrets"), {"x"})
assert.eq(#c:kv_list("secrets", "shop/eu/"), 0)
assert.eq(c:kv_metadata("secrets", "x").data.current_version, 4)

---- the state of the server is asked without a token, whatever the status
--> GET /v1/sys/health
--< 503 {"initialized":true,"sealed":true}
--> GET /v1/sys/seal-status
--< 200 {"sealed":true,"initialized":true,"t":3}
--> GET /v1/sys/seal-status
--< 200 {"sealed":true,"initialized":true,"t":3}
--> GET /v1/sys/seal-status
--< 200 {"sealed":true,"initialized":false,"t":3}
--> PUT /v1/sys/init
-->= {"secret_shares":1,"secret_threshold":1}
--< 200 {"keys":["k"],"keys_base64":["aw=="],"root_token":"r"}
--> PUT /v1/sys/unseal
-->= {"key":"k"}
--< 200 {"sealed":false}
local c = vault.client(URL, "t")
assert.eq(c:health().sealed, true)
assert.eq(c:seal_status().t, 3)
assert.eq(c:is_sealed(), true)
assert.eq(c:is_initialized(), false)
assert.eq(c:init().root_token, "r")
assert.eq(c:unseal("k").sealed, false)

---- policies
--> GET /v1/sys/policies/acl/shop
-->: X-Vault-Token: t
--< 200 {"data":{"name":"shop","policy":"path \"x\" {}"}}
--> PUT /v1/sys/policies/acl/shop
-->: X-Vault-Token: t
-->= {"policy":"path \"x\" {}"}
--< 204
--> DELETE /v1/sys/policies/acl/shop
-->: X-Vault-Token: t
--< 204
--> GET /v1/sys/policies/acl
-->? list=true
-->: X-Vault-Token: t
--< 200 {"data":{"keys":["default","shop"]}}
local c = vault.client(URL, "t")
assert.eq(c:policy_get("shop").policy, 'path "x" {}')
c:policy_put("shop", 'path "x" {}')
c:policy_delete("shop")
assert.eq(c:policy_list(), {"default", "shop"})

---- auth methods
--> POST /v1/sys/auth/k8s/eu
-->: X-Vault-Token: t
-->= {"type":"kubernetes","description":"pods"}
--< 204
--> DELETE /v1/sys/auth/k8s
-->: X-Vault-Token: t
--< 204
--> GET /v1/sys/auth
-->: X-Vault-Token: t
--< 200 {"data":{"token/":{"type":"token"}},"token/":{"type":"token"}}
--> POST /v1/auth/kubernetes/config
-->: X-Vault-Token: t
-->= {"kubernetes_host":"https://k"}
--< 204
--> POST /v1/auth/kubernetes/role/shop
-->: X-Vault-Token: t
-->= {"policies":["shop"]}
--< 204
--> GET /v1/auth/kubernetes/role/shop
-->: X-Vault-Token: t
--< 200 {"data":{"policies":["shop"]}}
--> GET /v1/auth/kubernetes/role/none
-->: X-Vault-Token: t
--< 404 {"errors":[]}
--> DELETE /v1/auth/kubernetes/role/shop
-->: X-Vault-Token: t
--< 204
--> GET /v1/auth/kubernetes/role
-->? list=true
-->: X-Vault-Token: t
--< 404 {"errors":[]}
local c = vault.client(URL, "t")
c:auth_enable("k8s/eu", "kubernetes", {description = "pods"})
c:auth_disable("k8s")
assert.eq(c:auth_list()["token/"].type, "token")
c:auth_config("kubernetes", {kubernetes_host = "https://k"})
c:auth_create_role("kubernetes", "shop", {policies = {"shop"}})
assert.eq(c:auth_read_role("kubernetes", "shop").policies, {"shop"})
assert.is_nil(c:auth_read_role("kubernetes", "none"))
c:auth_delete_role("kubernetes", "shop")
assert.eq(#c:auth_list_roles("kubernetes"), 0)

---- secrets engines
--> POST /v1/sys/mounts/secrets
-->: X-Vault-Token: t
-->= {"type":"kv","options":{"version":"2"}}
--< 204
--> DELETE /v1/sys/mounts/old
-->: X-Vault-Token: t
--< 204
--> GET /v1/sys/mounts
-->: X-Vault-Token: t
--< 200 {"data":{"secrets/":{"type":"kv"}}}
--> POST /v1/sys/mounts/pki/tune
-->: X-Vault-Token: t
-->= {"max_lease_ttl":"87600h"}
--< 204
local c = vault.client(URL, "t")
c:engine_enable("secrets", "kv", {options = {version = "2"}})
c:engine_disable("old")
assert.eq(c:engine_list()["secrets/"].type, "kv")
c:engine_tune("pki", {max_lease_ttl = "87600h"})
assert.raises(function() c:policy_get("") end, "value 1 of the path .* is empty") -- it would be another path

---- tokens and leases
--> POST /v1/auth/token/create
-->: X-Vault-Token: t
-->= {}
--< 200 {"auth":{"client_token":"n"}}
--> POST /v1/auth/token/create
-->: X-Vault-Token: t
-->= {"policies":["a"],"ttl":"1h"}
--< 200 {"auth":{"client_token":"m"}}
--> POST /v1/auth/token/lookup
-->: X-Vault-Token: t
-->= {"token":"n"}
--< 200 {"data":{"ttl":60}}
--> GET /v1/auth/token/lookup-self
-->: X-Vault-Token: t
--< 200 {"data":{"ttl":70}}
--> POST /v1/auth/token/renew-self
-->: X-Vault-Token: t
-->= {"increment":"1h"}
--< 200 {"auth":{"lease_duration":3600}}
--> POST /v1/auth/token/revoke
-->: X-Vault-Token: t
-->= {"token":"n"}
--< 204
--> PUT /v1/sys/leases/renew
-->: X-Vault-Token: t
-->= {"lease_id":"l","increment":60}
--< 200 {"lease_id":"l","lease_duration":60}
--> PUT /v1/sys/leases/lookup
-->: X-Vault-Token: t
-->= {"lease_id":"l"}
--< 200 {"data":{"ttl":50}}
--> PUT /v1/sys/leases/revoke
-->: X-Vault-Token: t
-->= {"lease_id":"l"}
--< 204
--> POST /v1/auth/token/revoke-self
-->: X-Vault-Token: t
-->= {}
--< 204
local c = vault.client(URL, "t")
assert.eq(c:token_create().client_token, "n")
assert.eq(c:token_create{policies = {"a"}, ttl = "1h"}.client_token, "m")
assert.eq(c:token_lookup("n").ttl, 60)
assert.eq(c:token_lookup_self().ttl, 70)
assert.eq(c:token_renew_self("1h").lease_duration, 3600)
c:token_revoke("n")
assert.eq(c:lease_renew("l", 60).lease_duration, 60)
assert.eq(c:lease_lookup("l").ttl, 50)
c:lease_revoke("l")
c:token_revoke_self()

---- logins send no token, and give the client one
--> POST /v1/auth/kubernetes/login
-->: X-Vault-Namespace: team
-->= {"role":"shop","jwt":"a.b.c"}
--< 200 {"auth":{"client_token":"n","policies":["shop"],"lease_duration":3600}}
--> GET /v1/secrets/data/x
-->: X-Vault-Token: n
-->: X-Vault-Namespace: team
--< 200 {"data":{"data":{"a":"b"}}}
--> POST /v1/auth/approle/login
-->= {"role_id":"r","secret_id":"s"}
--< 200 {"auth":{"client_token":"o"}}
--> POST /v1/auth/ci/login
-->= {"role":"ci","jwt":"j"}
--< 200 {"auth":{"client_token":"p"}}
--> POST /v1/auth/userpass/login/me
-->= {"password":"w"}
--< 400 {"errors":["invalid username or password"]}
local c = vault.client(URL, nil, {namespace = "team"})
assert.eq(c:login_kubernetes("shop", "a.b.c\n").lease_duration, 3600)
assert.eq(c:kv_get("secrets", "x").data.a, "b")
c = vault.client(URL, "old")
c:login_approle("r", "s")
assert.eq(c.token, "o")
c:login_jwt("ci", "j", "ci")
assert.eq(c.token, "p")
assert.raises(function() c:login_userpass("me", "w") end, "vault.login_userpass: HTTP 400")
assert.eq(c.token, "p")

---- transit carries bytes
--> POST /v1/transit/encrypt/orders
-->: X-Vault-Token: t
-->= {"plaintext":"AP8xCg=="}
--< 200 {"data":{"ciphertext":"vault:v1:x"}}
--> POST /v1/eu/transit/decrypt/orders
-->: X-Vault-Token: t
-->= {"ciphertext":"vault:v1:x"}
--< 200 {"data":{"plaintext":"AP8xCg=="}}
--> POST /v1/transit/keys/orders
-->: X-Vault-Token: t
-->= {}
--< 204
--> POST /v1/transit/keys/orders/rotate
-->: X-Vault-Token: t
-->= {}
--< 204
--> GET /v1/transit/keys
-->? list=true
-->: X-Vault-Token: t
--< 200 {"data":{"keys":["orders"]}}
local c = vault.client(URL, "t")
assert.eq(c:transit_encrypt("orders", "\0\2551\n"), "vault:v1:x")
assert.eq(c:transit_decrypt("orders", "vault:v1:x", "eu/transit"), "\0\2551\n")
assert.is_nil(c:transit_create_key("orders"))
c:transit_rotate_key("orders")
assert.eq(c:transit_list_keys(), {"orders"})

---- pki
--> POST /v1/pki/issue/shop
-->: X-Vault-Token: t
-->= {"common_name":"shop.example.com"}
--< 200 {"data":{"certificate":"c","private_key":"k"}}
--> GET /v1/pki/ca/pem
--< 200 -----BEGIN CERTIFICATE-----
--> POST /v1/pki_int/roles/shop
-->: X-Vault-Token: t
-->= {"allow_subdomains":true}
--< 204
local c = vault.client(URL, "t")
assert.eq(c:pki_issue("pki", "shop", {common_name = "shop.example.com"}).private_key, "k")
assert.eq(c:pki_ca_cert(), "-----BEGIN CERTIFICATE-----")
c:pki_create_role("pki_int", "shop", {allow_subdomains = true})

---- wait asks until 200
--> GET /v1/sys/health
-->? standbyok=true
-->? sealedcode=200
-->? uninitcode=200
--< 503
--> GET /v1/sys/health
-->? standbyok=true
-->? sealedcode=200
-->? uninitcode=200
--< 200 {}
--> GET /ready
--< 500 not yet
assert.eq(vault.wait(URL, {timeout = 5, interval = 0.01}), true)
local e = assert.raises(function() vault.wait(URL, {timeout = 0, interval = 1, health_path = "/ready"}) end, "vault.wait: not reachable at http://")
assert.eq(e.code, "vault.timeout")
assert.contains(e.message, "HTTP 500")

---- a client from a Secret of Kubernetes
--> GET /v1/sys/health
-->? standbyok=true
-->? sealedcode=200
-->? uninitcode=200
--< 200 {}
--> GET /api/v1/namespaces/openbao/secrets/openbao-root-token
-->: Authorization: Bearer k
--< 200 {"kind":"Secret","data":{"root-token":"cm9vdAo="}}
--> GET /v1/a
-->: X-Vault-Token: root
--< 200 {"data":{"x":1}}
local c = vault.authenticated_client(URL, {secret_ns = "openbao", k8s = {base_url = URL, token = "k"}})
assert.eq(c:read("a").x, 1)

---- credentials are made once
--> GET /v1/secrets/data/shop
-->: X-Vault-Token: t
--< 404 {"errors":[]}
--> POST /v1/secrets/data/shop
-->: X-Vault-Token: t
-->= {"data":{"user":"u","password":"p"}}
--< 200 {"data":{"version":1}}
--> GET /v1/team/data/shop
-->: X-Vault-Token: t
--< 200 {"data":{"data":{"user":"u","password":"old"}}}
--> GET /v1/secrets/data/shop
-->: X-Vault-Token: t
--< 200 {"data":{"data":{"user":"u"}}}
--> GET /v1/secrets/data/none
-->: X-Vault-Token: t
--< 404 {"errors":[]}
--> GET /v1/secrets/data/shop
-->: X-Vault-Token: t
--< 200 {"data":{"data":{"user":"u"}}}
local c = vault.client(URL, "t")
local function make() return {user = "u", password = "p"} end
assert.eq(vault.ensure_credentials(c, "shop", "password", make).password, "p")
assert.eq(vault.ensure_credentials(c, "shop", "password", make, "team").password, "old")
local e = assert.raises(function() vault.assert_secret(c, "shop", {"user", "password", "url"}) end, "has no password, url")
assert.eq(e.code, "vault.missing")
assert.raises(function() vault.assert_secret(c, "none", {}) end, "there is no secret secrets/none")
assert.eq(vault.assert_secret(c, "shop", {"user"}).user, "u")
