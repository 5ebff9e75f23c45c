-- A script in the style of those that are in use; the test in cmd/assay reads it.
---- promote what is in a stage
--> GET /apis/kargo.akuity.io/v1alpha1/namespaces/shop/stages/test
-->: Authorization: Bearer t
--< 200 {"status":{"phase":"Steady","currentFreight":{"name":"f1"}}}
--> POST /apis/kargo.akuity.io/v1alpha1/namespaces/shop/promotions
-->: Authorization: Bearer t
-->= {"apiVersion":"kargo.akuity.io/v1alpha1","kind":"Promotion","metadata":{"namespace":"shop","generateName":"prod-"},"spec":{"stage":"prod","freight":"f1"}}
--< 201 {"metadata":{"name":"prod-1"}}
--> GET /apis/kargo.akuity.io/v1alpha1/namespaces/shop/promotions/prod-1
-->: Authorization: Bearer t
--< 200 {"status":{"phase":"Succeeded"},"spec":{"freight":"f1"}}
local kargo = require("assay.kargo")
local c = kargo.client(URL, "t")
local status = c:stage_status("shop", "test")
assert.eq(status.current_freight_id, "f1")
local promotion = c:promote("shop", "prod", status.current_freight_id)
assert.eq(c:promotion_status("shop", promotion.metadata.name).phase, "Succeeded")
