-- https://keda.sh/docs/latest/reference/scaledobject-spec

---- how things are scaled
--> GET /apis/keda.sh/v1alpha1/namespaces/shop/scaledobjects
-->: Authorization: Bearer t
--< 200 {"items":[{"metadata":{"name":"a"},"status":{"conditions":[{"type":"Ready","status":"True"}]}},{"metadata":{"name":"b"}}]}
--> GET /apis/keda.sh/v1alpha1/namespaces/shop/scaledobjects
-->: Authorization: Bearer t
--< 200 {"items":[{"metadata":{"name":"a"},"status":{"conditions":[{"type":"Ready","status":"True"}]}},{"metadata":{"name":"b"}}]}
--> GET /apis/keda.sh/v1alpha1/namespaces/shop/scaledobjects/a
-->: Authorization: Bearer t
--< 200 {"metadata":{"annotations":{"autoscaling.keda.sh/paused-replicas":"0"}},"status":{"hpaName":"keda-hpa-a","externalMetricNames":["s0"],"lastActiveTime":"2026-01-01T00:00:00Z","conditions":[{"type":"Ready","status":"True"},{"type":"Active","status":"False"}]}}
--> GET /apis/keda.sh/v1alpha1/namespaces/shop/scaledobjects/none
-->: Authorization: Bearer t
--< 404
--> GET /apis/keda.sh/v1alpha1/namespaces/shop/scaledobjects/none
-->: Authorization: Bearer t
--< 404
--> GET /apis/keda.sh/v1alpha1/namespaces/shop/scaledobjects/none
-->: Authorization: Bearer t
--< 404
--> GET /apis/keda.sh/v1alpha1/namespaces/shop/scaledobjects/none
-->: Authorization: Bearer t
--< 404
local c = keda.client(URL, "t")
assert.eq(#c:scaled_objects("shop").items, 2)
assert.eq(c:all_ready("shop"), {ready = 1, not_ready = 1, total = 2, not_ready_names = {"b"}})
assert.eq(c:scaled_object_status("shop", "a"), {
  ready = true, active = false, fallback = false, paused = true, hpa = "keda-hpa-a", metrics = {"s0"}, last_active = "2026-01-01T00:00:00Z",
})
assert.is_nil(c:scaled_object("shop", "none"))
assert.is_false(c:is_ready("shop", "none"))
assert.is_false(c:is_active("shop", "none"))
assert.eq(assert.raises(function() c:scaled_object_status("shop", "none") end, "not found").code, "keda.missing")

---- pauses
--> PATCH /apis/keda.sh/v1alpha1/namespaces/shop/scaledobjects/a
-->: Authorization: Bearer t
-->: Content-Type: application/merge-patch+json
-->= {"metadata":{"annotations":{"autoscaling.keda.sh/paused-replicas":"0"}}}
--< 200 {}
--> PATCH /apis/keda.sh/v1alpha1/namespaces/shop/scaledobjects/a
-->: Authorization: Bearer t
-->: Content-Type: application/merge-patch+json
-->= {"metadata":{"annotations":{"autoscaling.keda.sh/paused":"true"}}}
--< 200 {}
--> PATCH /apis/keda.sh/v1alpha1/namespaces/shop/scaledobjects/a
-->: Authorization: Bearer t
-->: Content-Type: application/merge-patch+json
-->= {"metadata":{"annotations":{"autoscaling.keda.sh/paused":null,"autoscaling.keda.sh/paused-replicas":null}}}
--< 403 no
local c = keda.client(URL, "t")
c:pause("shop", "a", 0)
c:pause("shop", "a")
local e = assert.raises(function() c:resume("shop", "a") end, "keda.resume: HTTP 403: no")
assert.eq({e.code, e.status}, {"keda.http", 403})

---- what there is besides
--> GET /apis/keda.sh/v1alpha1/namespaces/shop/scaledjobs
-->: Authorization: Bearer t
--< 200 {"items":[{}]}
--> GET /apis/keda.sh/v1alpha1/namespaces/shop/scaledjobs/j
-->: Authorization: Bearer t
--< 404
--> GET /apis/keda.sh/v1alpha1/namespaces/shop/triggerauthentications
-->: Authorization: Bearer t
--< 404
local c = keda.client(URL, "t")
assert.eq(#c:scaled_jobs("shop").items, 1)
assert.is_nil(c:scaled_job("shop", "j"))
assert.eq(#c:trigger_authentications("shop").items, 0)
