local make = require("../make")
local kargo = require("assay.kargo")
local client = kargo.client()

make.namespace("kargo")
make.kinds({
  {"kargo.akuity.io", "v1alpha1", "projects", "Project", "Cluster"}, {"kargo.akuity.io", "v1alpha1", "stages", "Stage"},
  {"kargo.akuity.io", "v1alpha1", "freights", "Freight"}, {"kargo.akuity.io", "v1alpha1", "warehouses", "Warehouse"},
  {"kargo.akuity.io", "v1alpha1", "promotions", "Promotion"},
})
make.objects([[
apiVersion: kargo.akuity.io/v1alpha1
kind: Project
metadata: {name: kargo}
---
apiVersion: kargo.akuity.io/v1alpha1
kind: Warehouse
metadata: {name: images, namespace: kargo}
---
apiVersion: kargo.akuity.io/v1alpha1
kind: Freight
metadata: {name: f1, namespace: kargo, labels: {kargo.akuity.io/warehouse: images}}
status: {verifiedIn: {test: {}}}
---
apiVersion: kargo.akuity.io/v1alpha1
kind: Stage
metadata: {name: test, namespace: kargo}
status: {phase: Steady, currentFreight: {name: f1}, health: {status: Healthy}}
---
apiVersion: kargo.akuity.io/v1alpha1
kind: Stage
metadata: {name: prod, namespace: kargo}
status: {phase: Promoting, conditions: [{type: Healthy, status: "True"}, {type: Ready, status: "True"}, {type: Healthy, status: "False"}]}
]])

local s = client:stage_status("kargo", "test")
assert.eq({s.phase, s.current_freight_id, s.health.status}, {"Steady", "f1", "Healthy"})
assert.eq({client:is_stage_healthy("kargo", "test"), client:is_stage_healthy("kargo", "prod"), client:wait_stage_healthy("kargo", "test", 5)}, {true, false, true})
assert.eq({#client:freight_list("kargo"), #client:freight_list("kargo", {warehouse = "images"}), #client:freight_list("kargo", {stage = "x", warehouse = "images"})}, {1, 1, 0})
assert.not_nil(client:freight_status("kargo", "f1").verifiedIn.test)
local promotion = client:promote("kargo", "test", "f1")
assert.matches(promotion.metadata.name, "^test%-")
assert.eq({promotion.spec.stage, promotion.spec.freight}, {"test", "f1"})
assert.eq({#client:promotions("kargo"), client:promotion_status("kargo", promotion.metadata.name).freight_id}, {1, "f1"})
assert.eq({#client:warehouses("kargo"), client:warehouse("kargo", "images").kind, #client:projects(), client:project("kargo").kind}, {1, "Warehouse", 1, "Project"})
local pipeline = client:pipeline_status("kargo")
table.sort(pipeline, function(a, b) return a.name > b.name end)
assert.eq({pipeline[1].name, pipeline[1].freight, pipeline[1].healthy, pipeline[2].name, pipeline[2].phase, pipeline[2].healthy}, {"test", "f1", true, "prod", "Promoting", false})
assert.eq(assert.raises(function() client:stage("kargo", "none") end).status, 404)
