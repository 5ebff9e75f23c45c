-- https://istio.io/latest/docs/reference/config

---- what there is
--> GET /apis/networking.istio.io/v1/namespaces/shop/virtualservices
-->: Authorization: Bearer t
--< 200 {"items":[{"metadata":{"name":"api"}}]}
--> GET /apis/networking.istio.io/v1/namespaces/shop/virtualservices/none
-->: Authorization: Bearer t
--< 404
--> GET /apis/networking.istio.io/v1/namespaces/shop/destinationrules
-->: Authorization: Bearer t
--< 404
--> GET /apis/networking.istio.io/v1/namespaces/shop/destinationrules/api
-->: Authorization: Bearer t
--< 200 {"spec":{"subsets":[{"name":"stable"}]}}
--> GET /apis/networking.istio.io/v1/namespaces/istio-system/gateways
-->: Authorization: Bearer t
--< 200 {"items":[{}]}
--> GET /apis/networking.istio.io/v1/namespaces/shop/serviceentries
-->: Authorization: Bearer t
--< 200 {"items":[]}
--> GET /apis/security.istio.io/v1/namespaces/shop/peerauthentications
-->: Authorization: Bearer t
--< 200 {"items":[{"spec":{"mtls":{"mode":"STRICT"}}}]}
--> GET /apis/security.istio.io/v1/namespaces/shop/authorizationpolicies
-->: Authorization: Bearer t
--< 403 no
local c = istio.client(URL, "t")
assert.eq(c:virtual_services("shop").items[1].metadata.name, "api")
assert.is_nil(c:virtual_service("shop", "none"))
assert.eq(#c:destination_rules("shop").items, 0)
assert.eq(c:destination_rule("shop", "api").spec.subsets[1].name, "stable")
assert.eq(#c:gateways("istio-system").items, 1)
assert.eq(#c:service_entries("shop").items, 0)
assert.eq(c:peer_authentications("shop").items[1].spec.mtls.mode, "STRICT")
local e = assert.raises(function() c:authorization_policies("shop") end, "istio.authorization_policies: HTTP 403: no")
assert.eq({e.code, e.status}, {"istio.http", 403})

---- shares of traffic
--> GET /apis/networking.istio.io/v1/namespaces/shop/virtualservices/api
-->: Authorization: Bearer t
--< 200 {"spec":{"http":[{"route":[{"destination":{"host":"x"}}]},{"name":"main","route":[{"destination":{"host":"api","subset":"stable"},"weight":100},{"destination":{"host":"api","subset":"canary"}}]}]}}
--> GET /apis/networking.istio.io/v1/namespaces/shop/virtualservices/api
-->: Authorization: Bearer t
--< 200 {"metadata":{"resourceVersion":"7"},"spec":{"http":[{"match":[{"headers":{}}],"route":[]},{"name":"main","route":[{"destination":{"host":"api","subset":"stable"},"weight":100},{"destination":{"host":"api","subset":"canary"}}]}]}}
--> PUT /apis/networking.istio.io/v1/namespaces/shop/virtualservices/api
-->: Authorization: Bearer t
-->= {"metadata":{"resourceVersion":"7"},"spec":{"http":[{"match":[{"headers":{}}],"route":[]},{"name":"main","route":[{"destination":{"host":"api","subset":"stable"},"weight":90},{"destination":{"host":"api","subset":"canary"},"weight":10}]}]}}
--< 200 {}
--> GET /apis/networking.istio.io/v1/namespaces/shop/virtualservices/api
-->: Authorization: Bearer t
--< 200 {"spec":{"http":[{"name":"main","route":[{"destination":{"host":"api","subset":"stable"},"weight":90},{"destination":{"host":"api","subset":"canary"},"weight":10}]}]}}
--> GET /apis/networking.istio.io/v1/namespaces/shop/virtualservices/api
-->: Authorization: Bearer t
--< 200 {"spec":{"http":[{"name":"main","route":[{"destination":{"host":"a"}},{"destination":{"host":"b"}}]}]}}
--> GET /apis/networking.istio.io/v1/namespaces/shop/virtualservices/api
-->: Authorization: Bearer t
--< 200 {"spec":{"http":[{"name":"main","route":[{"destination":{"host":"a"}},{"destination":{"host":"b"}}]}]}}
--> GET /apis/networking.istio.io/v1/namespaces/shop/virtualservices/api
-->: Authorization: Bearer t
--< 200 {"spec":{}}
local c = istio.client(URL, "t")
assert.eq(c:weights("shop", "api"), {stable = 100, canary = 0})
assert.is_true(c:set_weights("shop", "api", {stable = 90, canary = 10}))
assert.is_false(c:set_weights("shop", "api", {stable = 90, canary = 10}, "main"))
assert.raises(function() c:set_weights("shop", "api", {a = 50, b = 60}) end, "the weights are 110 in all")
assert.eq(assert.raises(function() c:set_weights("shop", "api", {a = 50, c = 50}) end, "has no destination c").code, "istio.missing")
assert.eq(assert.raises(function() c:weights("shop", "api", "none") end, "has no route none").code, "istio.missing")
