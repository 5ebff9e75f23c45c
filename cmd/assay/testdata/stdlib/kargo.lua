-- https://docs.kargo.io/, the API group kargo.akuity.io/v1alpha1

---- stages
--> GET /apis/kargo.akuity.io/v1alpha1/namespaces/shop/stages
-->: Authorization: Bearer t
--< 200 {"items":[{"metadata":{"name":"dev"}}]}
--> GET /apis/kargo.akuity.io/v1alpha1/namespaces/shop/stages/prod
-->: Authorization: Bearer t
--< 200 {"metadata":{"name":"prod"}}
--> GET /apis/kargo.akuity.io/v1alpha1/namespaces/shop/stages/none
-->: Authorization: Bearer t
--< 404 {}
--> GET /apis/kargo.akuity.io/v1alpha1/namespaces/shop/stages/prod
-->: Authorization: Bearer t
--< 200 {"status":{"phase":"Steady","currentFreight":{"name":"f1"},"health":{"status":"Healthy"}}}
--> GET /apis/kargo.akuity.io/v1alpha1/namespaces/shop/stages/prod
-->: Authorization: Bearer t
--< 200 {"status":{"currentFreightId":"f2"}}
local c = kargo.client(URL, "t")
assert.eq(c:stages("shop")[1].metadata.name, "dev")
assert.eq(c:stage("shop", "prod").metadata.name, "prod")
local e = assert.raises(function() c:stage("shop", "none") end, "kargo.stage: HTTP 404: {}")
assert.eq({e.code, e.status}, {"kargo.http", 404})
assert.eq(c:stage_status("shop", "prod"), {phase = "Steady", current_freight_id = "f1", health = {status = "Healthy"}, conditions = {}})
assert.eq(c:stage_status("shop", "prod").current_freight_id, "f2")

---- health: steady, or the last condition of the type
--> GET /apis/kargo.akuity.io/v1alpha1/namespaces/shop/stages/a
--< 200 {"status":{"phase":"Steady"}}
--> GET /apis/kargo.akuity.io/v1alpha1/namespaces/shop/stages/a
--< 200 {"status":{"phase":"Verifying","conditions":[{"type":"Healthy","status":"False"},{"type":"Healthy","status":"True"}]}}
--> GET /apis/kargo.akuity.io/v1alpha1/namespaces/shop/stages/a
--< 200 {"status":{"conditions":[{"type":"Healthy","status":"True"},{"type":"Healthy","status":"False"}]}}
--> GET /apis/kargo.akuity.io/v1alpha1/namespaces/shop/stages/a
--< 200 {"status":{"phase":"Steady"}}
--> GET /apis/kargo.akuity.io/v1alpha1/namespaces/shop/stages/a
--< 500
local c = kargo.client(URL)
assert.eq({c:is_stage_healthy("shop", "a"), c:is_stage_healthy("shop", "a"), c:is_stage_healthy("shop", "a")}, {true, true, false})
assert.eq(c:wait_stage_healthy("shop", "a", 0), true)
local e = assert.raises(function() c:wait_stage_healthy("shop", "a", 0) end, "kargo.wait_stage_healthy: shop/a: not within 0s")
assert.eq(e.code, "kargo.timeout")

---- freight and promotions
--> GET /apis/kargo.akuity.io/v1alpha1/namespaces/shop/freights
-->? labelSelector=kargo.akuity.io/stage=dev,kargo.akuity.io/warehouse=images
--< 200 {"items":[{"alias":"a"}]}
--> GET /apis/kargo.akuity.io/v1alpha1/namespaces/shop/freights
--< 200 {"items":null}
--> GET /apis/kargo.akuity.io/v1alpha1/namespaces/shop/freights/f
--< 200 {"alias":"a"}
--> GET /apis/kargo.akuity.io/v1alpha1/namespaces/shop/freights/f
--< 200 {"status":{"verifiedIn":{"dev":{}}}}
--> GET /apis/kargo.akuity.io/v1alpha1/namespaces/shop/promotions
-->? labelSelector=kargo.akuity.io/stage=prod
--< 200 {"items":[{"metadata":{"name":"p"}}]}
--> GET /apis/kargo.akuity.io/v1alpha1/namespaces/shop/promotions/p
--< 200 {"spec":{"freight":"f"}}
--> GET /apis/kargo.akuity.io/v1alpha1/namespaces/shop/promotions/p
--< 200 {"status":{"phase":"Succeeded","message":"m","freight":{"name":"f"}}}
--> POST /apis/kargo.akuity.io/v1alpha1/namespaces/shop/promotions
-->= {"apiVersion":"kargo.akuity.io/v1alpha1","kind":"Promotion","metadata":{"namespace":"shop","generateName":"prod-"},"spec":{"stage":"prod","freight":"f"}}
--< 201 {"metadata":{"name":"prod-x"}}
local c = kargo.client(URL)
assert.eq(c:freight_list("shop", {stage = "dev", warehouse = "images"})[1].alias, "a")
assert.eq(#c:freight_list("shop"), 0)
assert.eq(c:freight("shop", "f").alias, "a")
assert.not_nil(c:freight_status("shop", "f").verifiedIn.dev)
assert.eq(c:promotions("shop", {stage = "prod"})[1].metadata.name, "p")
assert.eq(c:promotion("shop", "p").spec.freight, "f")
assert.eq(c:promotion_status("shop", "p"), {phase = "Succeeded", message = "m", freight_id = "f"})
assert.eq(c:promote("shop", "prod", "f").metadata.name, "prod-x")

---- warehouses, projects and the whole pipeline
--> GET /apis/kargo.akuity.io/v1alpha1/namespaces/shop/warehouses
--< 200 {"items":[{}]}
--> GET /apis/kargo.akuity.io/v1alpha1/namespaces/shop/warehouses/w
--< 200 {"spec":{"subscriptions":[]}}
--> GET /apis/kargo.akuity.io/v1alpha1/projects
--< 200 {"items":[{"metadata":{"name":"shop"}}]}
--> GET /apis/kargo.akuity.io/v1alpha1/projects/shop
--< 200 {"metadata":{"name":"shop"}}
--> GET /apis/kargo.akuity.io/v1alpha1/namespaces/shop/stages
--< 200 {"items":[{"metadata":{"name":"dev"},"status":{"phase":"Steady","currentFreight":{"name":"f"}}},{"metadata":{"name":"prod"}}]}
local c = kargo.client(URL)
assert.eq(#c:warehouses("shop"), 1)
assert.eq(#c:warehouse("shop", "w").spec.subscriptions, 0)
assert.eq(c:projects()[1].metadata.name, "shop")
assert.eq(c:project("shop").metadata.name, "shop")
assert.eq(c:pipeline_status("shop"), {{name = "dev", phase = "Steady", freight = "f", healthy = true}, {name = "prod", healthy = false}})
