-- https://external-secrets.io/latest/api/spec/

---- external_secrets
--> GET /apis/external-secrets.io/v1beta1/namespaces/shop/externalsecrets
-->: Authorization: Bearer t
--< 200 {"items":[{"metadata":{"name":"a"}}]}
--> GET /apis/external-secrets.io/v1beta1/namespaces/shop/externalsecrets
-->: Authorization: Bearer t
--< 404 {}
--> GET /apis/external-secrets.io/v1beta1/namespaces/shop/externalsecrets/a%20b
-->: Authorization: Bearer t
--< 200 {"kind":"K"}
--> GET /apis/external-secrets.io/v1beta1/namespaces/shop/externalsecrets/none
-->: Authorization: Bearer t
--< 404 {}
--> GET /apis/external-secrets.io/v1beta1/namespaces/shop/externalsecrets/x
-->: Authorization: Bearer t
--< 403 {}
local c = eso.client(URL, "t")
assert.eq(c:external_secrets("shop").items[1].metadata.name, "a")
assert.eq(assert.raises(function() c:external_secrets("shop") end, "eso.external_secrets: HTTP 404: {}").code, "eso.http")
assert.eq(c:external_secret("shop", "a b").kind, "K")
assert.is_nil(c:external_secret("shop", "none"))
assert.eq(assert.raises(function() c:external_secret("shop", "x") end).status, 403)

---- is_secret_synced
--> GET /apis/external-secrets.io/v1beta1/namespaces/shop/externalsecrets/a
-->: Authorization: Bearer t
--< 200 {"status":{"conditions":[{"type":"Other","status":"True"},{"type":"Ready","status":"True"}]}}
--> GET /apis/external-secrets.io/v1beta1/namespaces/shop/externalsecrets/a
-->: Authorization: Bearer t
--< 200 {"status":{"conditions":[{"type":"Ready","status":"False"}]}}
--> GET /apis/external-secrets.io/v1beta1/namespaces/shop/externalsecrets/a
-->: Authorization: Bearer t
--< 200 {}
--> GET /apis/external-secrets.io/v1beta1/namespaces/shop/externalsecrets/a
-->: Authorization: Bearer t
--< 404 {}
local c = eso.client(URL, "t")
assert.eq(c:is_secret_synced("shop", "a"), true)
assert.eq(c:is_secret_synced("shop", "a"), false)
assert.eq(c:is_secret_synced("shop", "a"), false)
assert.eq(c:is_secret_synced("shop", "a"), false)

---- wait_secret_synced
--> GET /apis/external-secrets.io/v1beta1/namespaces/shop/externalsecrets/a
-->: Authorization: Bearer t
--< 200 {"status":{"conditions":[{"type":"Ready","status":"True"}]}}
--> GET /apis/external-secrets.io/v1beta1/namespaces/shop/externalsecrets/a
-->: Authorization: Bearer t
--< 404 {}
local c = eso.client(URL, "t")
assert.eq(c:wait_secret_synced("shop", "a", 0), true)
local e = assert.raises(function() c:wait_secret_synced("shop", "a", 0) end, "eso.wait_secret_synced: shop/a: not within 0s")
assert.eq(e.code, "eso.timeout")

---- external_secret_status
--> GET /apis/external-secrets.io/v1beta1/namespaces/shop/externalsecrets/a
-->: Authorization: Bearer t
--< 200 {"status":{"syncedResourceVersion":"h","conditions":[{"type":"Ready","status":"True","reason":"SecretSynced"}]}}
--> GET /apis/external-secrets.io/v1beta1/namespaces/shop/externalsecrets/a
-->: Authorization: Bearer t
--< 200 {}
--> GET /apis/external-secrets.io/v1beta1/namespaces/shop/externalsecrets/a
-->: Authorization: Bearer t
--< 404
local c = eso.client(URL, "t")
assert.eq(c:external_secret_status("shop", "a"), {ready = true, status = "SecretSynced", sync_hash = "h", conditions = {{type = "Ready", status = "True", reason = "SecretSynced"}}})
local s = c:external_secret_status("shop", "a")
assert.eq({s.ready, s.status, s.sync_hash}, {false, "Unknown", ""})
assert.eq(assert.raises(function() c:external_secret_status("shop", "a") end, "shop/a not found").code, "eso.missing")

---- secret_stores
--> GET /apis/external-secrets.io/v1beta1/namespaces/shop/secretstores
-->: Authorization: Bearer t
--< 200 {"items":[{"metadata":{"name":"a"}}]}
--> GET /apis/external-secrets.io/v1beta1/namespaces/shop/secretstores
-->: Authorization: Bearer t
--< 404 {}
--> GET /apis/external-secrets.io/v1beta1/namespaces/shop/secretstores/a%20b
-->: Authorization: Bearer t
--< 200 {"kind":"K"}
--> GET /apis/external-secrets.io/v1beta1/namespaces/shop/secretstores/none
-->: Authorization: Bearer t
--< 404 {}
--> GET /apis/external-secrets.io/v1beta1/namespaces/shop/secretstores/x
-->: Authorization: Bearer t
--< 403 {}
local c = eso.client(URL, "t")
assert.eq(c:secret_stores("shop").items[1].metadata.name, "a")
assert.eq(assert.raises(function() c:secret_stores("shop") end, "eso.secret_stores: HTTP 404: {}").code, "eso.http")
assert.eq(c:secret_store("shop", "a b").kind, "K")
assert.is_nil(c:secret_store("shop", "none"))
assert.eq(assert.raises(function() c:secret_store("shop", "x") end).status, 403)

---- is_store_ready
--> GET /apis/external-secrets.io/v1beta1/namespaces/shop/secretstores/a
-->: Authorization: Bearer t
--< 200 {"status":{"conditions":[{"type":"Other","status":"True"},{"type":"Ready","status":"True"}]}}
--> GET /apis/external-secrets.io/v1beta1/namespaces/shop/secretstores/a
-->: Authorization: Bearer t
--< 200 {"status":{"conditions":[{"type":"Ready","status":"False"}]}}
--> GET /apis/external-secrets.io/v1beta1/namespaces/shop/secretstores/a
-->: Authorization: Bearer t
--< 200 {}
--> GET /apis/external-secrets.io/v1beta1/namespaces/shop/secretstores/a
-->: Authorization: Bearer t
--< 404 {}
local c = eso.client(URL, "t")
assert.eq(c:is_store_ready("shop", "a"), true)
assert.eq(c:is_store_ready("shop", "a"), false)
assert.eq(c:is_store_ready("shop", "a"), false)
assert.eq(c:is_store_ready("shop", "a"), false)

---- secret_store_status
--> GET /apis/external-secrets.io/v1beta1/namespaces/shop/secretstores/a
-->: Authorization: Bearer t
--< 200 {"status":{"conditions":[{"type":"Ready","status":"True"}]}}
--> GET /apis/external-secrets.io/v1beta1/namespaces/shop/secretstores/a
-->: Authorization: Bearer t
--< 404
local c = eso.client(URL, "t")
assert.eq(c:secret_store_status("shop", "a"), {ready = true, conditions = {{type = "Ready", status = "True"}}})
assert.raises(function() c:secret_store_status("shop", "a") end, "not found")

---- cluster_secret_stores
--> GET /apis/external-secrets.io/v1beta1/clustersecretstores
-->: Authorization: Bearer t
--< 200 {"items":[{"metadata":{"name":"a"}}]}
--> GET /apis/external-secrets.io/v1beta1/clustersecretstores
-->: Authorization: Bearer t
--< 404 {}
--> GET /apis/external-secrets.io/v1beta1/clustersecretstores/a%20b
-->: Authorization: Bearer t
--< 200 {"kind":"K"}
--> GET /apis/external-secrets.io/v1beta1/clustersecretstores/none
-->: Authorization: Bearer t
--< 404 {}
--> GET /apis/external-secrets.io/v1beta1/clustersecretstores/x
-->: Authorization: Bearer t
--< 403 {}
local c = eso.client(URL, "t")
assert.eq(c:cluster_secret_stores().items[1].metadata.name, "a")
assert.eq(assert.raises(function() c:cluster_secret_stores() end, "eso.cluster_secret_stores: HTTP 404: {}").code, "eso.http")
assert.eq(c:cluster_secret_store("a b").kind, "K")
assert.is_nil(c:cluster_secret_store("none"))
assert.eq(assert.raises(function() c:cluster_secret_store("x") end).status, 403)

---- is_cluster_store_ready
--> GET /apis/external-secrets.io/v1beta1/clustersecretstores/a
-->: Authorization: Bearer t
--< 200 {"status":{"conditions":[{"type":"Other","status":"True"},{"type":"Ready","status":"True"}]}}
--> GET /apis/external-secrets.io/v1beta1/clustersecretstores/a
-->: Authorization: Bearer t
--< 200 {"status":{"conditions":[{"type":"Ready","status":"False"}]}}
--> GET /apis/external-secrets.io/v1beta1/clustersecretstores/a
-->: Authorization: Bearer t
--< 200 {}
--> GET /apis/external-secrets.io/v1beta1/clustersecretstores/a
-->: Authorization: Bearer t
--< 404 {}
local c = eso.client(URL, "t")
assert.eq(c:is_cluster_store_ready("a"), true)
assert.eq(c:is_cluster_store_ready("a"), false)
assert.eq(c:is_cluster_store_ready("a"), false)
assert.eq(c:is_cluster_store_ready("a"), false)

---- cluster_external_secrets
--> GET /apis/external-secrets.io/v1beta1/clusterexternalsecrets
-->: Authorization: Bearer t
--< 200 {"items":[{"metadata":{"name":"a"}}]}
--> GET /apis/external-secrets.io/v1beta1/clusterexternalsecrets
-->: Authorization: Bearer t
--< 404 {}
--> GET /apis/external-secrets.io/v1beta1/clusterexternalsecrets/a%20b
-->: Authorization: Bearer t
--< 200 {"kind":"K"}
--> GET /apis/external-secrets.io/v1beta1/clusterexternalsecrets/none
-->: Authorization: Bearer t
--< 404 {}
--> GET /apis/external-secrets.io/v1beta1/clusterexternalsecrets/x
-->: Authorization: Bearer t
--< 403 {}
local c = eso.client(URL, "t")
assert.eq(c:cluster_external_secrets().items[1].metadata.name, "a")
assert.eq(assert.raises(function() c:cluster_external_secrets() end, "eso.cluster_external_secrets: HTTP 404: {}").code, "eso.http")
assert.eq(c:cluster_external_secret("a b").kind, "K")
assert.is_nil(c:cluster_external_secret("none"))
assert.eq(assert.raises(function() c:cluster_external_secret("x") end).status, 403)

---- all_secrets_synced
--> GET /apis/external-secrets.io/v1beta1/namespaces/shop/externalsecrets
-->: Authorization: Bearer t
--< 200 {"items":[{"metadata":{"name":"a0"},"status":{"conditions":[{"type":"Ready","status":"True"}]}},{"metadata":{"name":"b0"},"status":{"conditions":[{"type":"Ready","status":"False"}]}}]}
local c = eso.client(URL, "t")
assert.eq(c:all_secrets_synced("shop"), {synced = 1, failed = 1, total = 2, failed_names = {"b0"}})

---- all_stores_ready
--> GET /apis/external-secrets.io/v1beta1/namespaces/shop/secretstores
-->: Authorization: Bearer t
--< 200 {"items":[{"metadata":{"name":"a0"},"status":{"conditions":[{"type":"Ready","status":"True"}]}},{"metadata":{"name":"b0"},"status":{"conditions":[{"type":"Ready","status":"False"}]}}]}
local c = eso.client(URL, "t")
assert.eq(c:all_stores_ready("shop"), {ready = 1, not_ready = 1, total = 2, not_ready_names = {"b0"}})

---- newer operators have v1
--> GET /apis/external-secrets.io/v1/externalsecrets
-->: Authorization: Bearer t
--< 200 {"items":[]}
local c = eso.client(URL, "t", {version = "v1"})
assert.eq(#c:external_secrets(nil).items, 0)
