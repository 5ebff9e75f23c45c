-- https://cert-manager.io/docs/reference/api-docs/

---- certificates
--> GET /apis/cert-manager.io/v1/namespaces/shop/certificates
-->: Authorization: Bearer t
--< 200 {"items":[{"metadata":{"name":"a"}}]}
--> GET /apis/cert-manager.io/v1/namespaces/shop/certificates
-->: Authorization: Bearer t
--< 404 {}
--> GET /apis/cert-manager.io/v1/namespaces/shop/certificates/a%20b
-->: Authorization: Bearer t
--< 200 {"kind":"K"}
--> GET /apis/cert-manager.io/v1/namespaces/shop/certificates/none
-->: Authorization: Bearer t
--< 404 {}
--> GET /apis/cert-manager.io/v1/namespaces/shop/certificates/x
-->: Authorization: Bearer t
--< 403 {}
local c = certmanager.client(URL, "t")
assert.eq(c:certificates("shop").items[1].metadata.name, "a")
assert.eq(#c:certificates("shop").items, 0)
assert.eq(c:certificate("shop", "a b").kind, "K")
assert.is_nil(c:certificate("shop", "none"))
assert.eq(assert.raises(function() c:certificate("shop", "x") end).status, 403)

---- is_certificate_ready
--> GET /apis/cert-manager.io/v1/namespaces/shop/certificates/a
-->: Authorization: Bearer t
--< 200 {"status":{"conditions":[{"type":"Other","status":"True"},{"type":"Ready","status":"True"}]}}
--> GET /apis/cert-manager.io/v1/namespaces/shop/certificates/a
-->: Authorization: Bearer t
--< 200 {"status":{"conditions":[{"type":"Ready","status":"False"}]}}
--> GET /apis/cert-manager.io/v1/namespaces/shop/certificates/a
-->: Authorization: Bearer t
--< 200 {}
--> GET /apis/cert-manager.io/v1/namespaces/shop/certificates/a
-->: Authorization: Bearer t
--< 404 {}
local c = certmanager.client(URL, "t")
assert.eq(c:is_certificate_ready("shop", "a"), true)
assert.eq(c:is_certificate_ready("shop", "a"), false)
assert.eq(c:is_certificate_ready("shop", "a"), false)
assert.eq(c:is_certificate_ready("shop", "a"), false)

---- wait_certificate_ready
--> GET /apis/cert-manager.io/v1/namespaces/shop/certificates/a
-->: Authorization: Bearer t
--< 200 {"status":{"conditions":[{"type":"Ready","status":"True"}]}}
--> GET /apis/cert-manager.io/v1/namespaces/shop/certificates/a
-->: Authorization: Bearer t
--< 404 {}
local c = certmanager.client(URL, "t")
assert.eq(c:wait_certificate_ready("shop", "a", 0), true)
local e = assert.raises(function() c:wait_certificate_ready("shop", "a", 0) end, "certmanager.wait_certificate_ready: shop/a: not within 0s")
assert.eq(e.code, "certmanager.timeout")

---- certificate_status
--> GET /apis/cert-manager.io/v1/namespaces/shop/certificates/a
-->: Authorization: Bearer t
--< 200 {"status":{"notAfter":"n","notBefore":"b","renewalTime":"r","revision":2,"conditions":[{"type":"Ready","status":"True"}]}}
--> GET /apis/cert-manager.io/v1/namespaces/shop/certificates/a
-->: Authorization: Bearer t
--< 404
local c = certmanager.client(URL, "t")
assert.eq(c:certificate_status("shop", "a"), {ready = true, not_after = "n", not_before = "b", renewal_time = "r", revision = 2, conditions = {{type = "Ready", status = "True"}}})
assert.is_nil(c:certificate_status("shop", "a"))

---- issuers
--> GET /apis/cert-manager.io/v1/namespaces/shop/issuers
-->: Authorization: Bearer t
--< 200 {"items":[{"metadata":{"name":"a"}}]}
--> GET /apis/cert-manager.io/v1/namespaces/shop/issuers
-->: Authorization: Bearer t
--< 404 {}
--> GET /apis/cert-manager.io/v1/namespaces/shop/issuers/a%20b
-->: Authorization: Bearer t
--< 200 {"kind":"K"}
--> GET /apis/cert-manager.io/v1/namespaces/shop/issuers/none
-->: Authorization: Bearer t
--< 404 {}
--> GET /apis/cert-manager.io/v1/namespaces/shop/issuers/x
-->: Authorization: Bearer t
--< 403 {}
local c = certmanager.client(URL, "t")
assert.eq(c:issuers("shop").items[1].metadata.name, "a")
assert.eq(#c:issuers("shop").items, 0)
assert.eq(c:issuer("shop", "a b").kind, "K")
assert.is_nil(c:issuer("shop", "none"))
assert.eq(assert.raises(function() c:issuer("shop", "x") end).status, 403)

---- is_issuer_ready
--> GET /apis/cert-manager.io/v1/namespaces/shop/issuers/a
-->: Authorization: Bearer t
--< 200 {"status":{"conditions":[{"type":"Other","status":"True"},{"type":"Ready","status":"True"}]}}
--> GET /apis/cert-manager.io/v1/namespaces/shop/issuers/a
-->: Authorization: Bearer t
--< 200 {"status":{"conditions":[{"type":"Ready","status":"False"}]}}
--> GET /apis/cert-manager.io/v1/namespaces/shop/issuers/a
-->: Authorization: Bearer t
--< 200 {}
--> GET /apis/cert-manager.io/v1/namespaces/shop/issuers/a
-->: Authorization: Bearer t
--< 404 {}
local c = certmanager.client(URL, "t")
assert.eq(c:is_issuer_ready("shop", "a"), true)
assert.eq(c:is_issuer_ready("shop", "a"), false)
assert.eq(c:is_issuer_ready("shop", "a"), false)
assert.eq(c:is_issuer_ready("shop", "a"), false)

---- cluster_issuers
--> GET /apis/cert-manager.io/v1/clusterissuers
-->: Authorization: Bearer t
--< 200 {"items":[{"metadata":{"name":"a"}}]}
--> GET /apis/cert-manager.io/v1/clusterissuers
-->: Authorization: Bearer t
--< 404 {}
--> GET /apis/cert-manager.io/v1/clusterissuers/a%20b
-->: Authorization: Bearer t
--< 200 {"kind":"K"}
--> GET /apis/cert-manager.io/v1/clusterissuers/none
-->: Authorization: Bearer t
--< 404 {}
--> GET /apis/cert-manager.io/v1/clusterissuers/x
-->: Authorization: Bearer t
--< 403 {}
local c = certmanager.client(URL, "t")
assert.eq(c:cluster_issuers().items[1].metadata.name, "a")
assert.eq(#c:cluster_issuers().items, 0)
assert.eq(c:cluster_issuer("a b").kind, "K")
assert.is_nil(c:cluster_issuer("none"))
assert.eq(assert.raises(function() c:cluster_issuer("x") end).status, 403)

---- is_cluster_issuer_ready
--> GET /apis/cert-manager.io/v1/clusterissuers/a
-->: Authorization: Bearer t
--< 200 {"status":{"conditions":[{"type":"Other","status":"True"},{"type":"Ready","status":"True"}]}}
--> GET /apis/cert-manager.io/v1/clusterissuers/a
-->: Authorization: Bearer t
--< 200 {"status":{"conditions":[{"type":"Ready","status":"False"}]}}
--> GET /apis/cert-manager.io/v1/clusterissuers/a
-->: Authorization: Bearer t
--< 200 {}
--> GET /apis/cert-manager.io/v1/clusterissuers/a
-->: Authorization: Bearer t
--< 404 {}
local c = certmanager.client(URL, "t")
assert.eq(c:is_cluster_issuer_ready("a"), true)
assert.eq(c:is_cluster_issuer_ready("a"), false)
assert.eq(c:is_cluster_issuer_ready("a"), false)
assert.eq(c:is_cluster_issuer_ready("a"), false)

---- certificate_requests
--> GET /apis/cert-manager.io/v1/namespaces/shop/certificaterequests
-->: Authorization: Bearer t
--< 200 {"items":[{"metadata":{"name":"a"}}]}
--> GET /apis/cert-manager.io/v1/namespaces/shop/certificaterequests
-->: Authorization: Bearer t
--< 404 {}
--> GET /apis/cert-manager.io/v1/namespaces/shop/certificaterequests/a%20b
-->: Authorization: Bearer t
--< 200 {"kind":"K"}
--> GET /apis/cert-manager.io/v1/namespaces/shop/certificaterequests/none
-->: Authorization: Bearer t
--< 404 {}
--> GET /apis/cert-manager.io/v1/namespaces/shop/certificaterequests/x
-->: Authorization: Bearer t
--< 403 {}
local c = certmanager.client(URL, "t")
assert.eq(c:certificate_requests("shop").items[1].metadata.name, "a")
assert.eq(#c:certificate_requests("shop").items, 0)
assert.eq(c:certificate_request("shop", "a b").kind, "K")
assert.is_nil(c:certificate_request("shop", "none"))
assert.eq(assert.raises(function() c:certificate_request("shop", "x") end).status, 403)

---- is_request_approved
--> GET /apis/cert-manager.io/v1/namespaces/shop/certificaterequests/a
-->: Authorization: Bearer t
--< 200 {"status":{"conditions":[{"type":"Other","status":"True"},{"type":"Approved","status":"True"}]}}
--> GET /apis/cert-manager.io/v1/namespaces/shop/certificaterequests/a
-->: Authorization: Bearer t
--< 200 {"status":{"conditions":[{"type":"Approved","status":"False"}]}}
--> GET /apis/cert-manager.io/v1/namespaces/shop/certificaterequests/a
-->: Authorization: Bearer t
--< 200 {}
--> GET /apis/cert-manager.io/v1/namespaces/shop/certificaterequests/a
-->: Authorization: Bearer t
--< 404 {}
local c = certmanager.client(URL, "t")
assert.eq(c:is_request_approved("shop", "a"), true)
assert.eq(c:is_request_approved("shop", "a"), false)
assert.eq(c:is_request_approved("shop", "a"), false)
assert.eq(c:is_request_approved("shop", "a"), false)

---- orders
--> GET /apis/acme.cert-manager.io/v1/namespaces/shop/orders
-->: Authorization: Bearer t
--< 200 {"items":[{"metadata":{"name":"a"}}]}
--> GET /apis/acme.cert-manager.io/v1/namespaces/shop/orders
-->: Authorization: Bearer t
--< 404 {}
--> GET /apis/acme.cert-manager.io/v1/namespaces/shop/orders/a%20b
-->: Authorization: Bearer t
--< 200 {"kind":"K"}
--> GET /apis/acme.cert-manager.io/v1/namespaces/shop/orders/none
-->: Authorization: Bearer t
--< 404 {}
--> GET /apis/acme.cert-manager.io/v1/namespaces/shop/orders/x
-->: Authorization: Bearer t
--< 403 {}
local c = certmanager.client(URL, "t")
assert.eq(c:orders("shop").items[1].metadata.name, "a")
assert.eq(#c:orders("shop").items, 0)
assert.eq(c:order("shop", "a b").kind, "K")
assert.is_nil(c:order("shop", "none"))
assert.eq(assert.raises(function() c:order("shop", "x") end).status, 403)

---- challenges
--> GET /apis/acme.cert-manager.io/v1/namespaces/shop/challenges
-->: Authorization: Bearer t
--< 200 {"items":[{"metadata":{"name":"a"}}]}
--> GET /apis/acme.cert-manager.io/v1/namespaces/shop/challenges
-->: Authorization: Bearer t
--< 404 {}
--> GET /apis/acme.cert-manager.io/v1/namespaces/shop/challenges/a%20b
-->: Authorization: Bearer t
--< 200 {"kind":"K"}
--> GET /apis/acme.cert-manager.io/v1/namespaces/shop/challenges/none
-->: Authorization: Bearer t
--< 404 {}
--> GET /apis/acme.cert-manager.io/v1/namespaces/shop/challenges/x
-->: Authorization: Bearer t
--< 403 {}
local c = certmanager.client(URL, "t")
assert.eq(c:challenges("shop").items[1].metadata.name, "a")
assert.eq(#c:challenges("shop").items, 0)
assert.eq(c:challenge("shop", "a b").kind, "K")
assert.is_nil(c:challenge("shop", "none"))
assert.eq(assert.raises(function() c:challenge("shop", "x") end).status, 403)

---- all_certificates_ready
--> GET /apis/cert-manager.io/v1/namespaces/shop/certificates
-->: Authorization: Bearer t
--< 200 {"items":[{"metadata":{"name":"a0"},"status":{"conditions":[{"type":"Ready","status":"True"}]}},{"metadata":{"name":"b0"},"status":{"conditions":[{"type":"Ready","status":"False"}]}}]}
local c = certmanager.client(URL, "t")
assert.eq(c:all_certificates_ready("shop"), {ready = 1, not_ready = 1, total = 2, not_ready_names = {"b0"}})

---- all_issuers_ready
--> GET /apis/cert-manager.io/v1/namespaces/shop/issuers
-->: Authorization: Bearer t
--< 200 {"items":[{"metadata":{"name":"a0"},"status":{"conditions":[{"type":"Ready","status":"True"}]}},{"metadata":{"name":"b0"},"status":{"conditions":[{"type":"Ready","status":"False"}]}}]}
local c = certmanager.client(URL, "t")
assert.eq(c:all_issuers_ready("shop"), {ready = 1, not_ready = 1, total = 2, not_ready_names = {"b0"}})
