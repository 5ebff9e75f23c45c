local make = require("../make")
local keda = require("assay.keda")
local client = keda.client()

make.namespace("keda")
make.objects([[
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: worker, namespace: keda}
spec: {scaleTargetRef: {name: worker}, triggers: [{type: cron, metadata: {timezone: UTC, start: 0 8 * * *, end: 0 18 * * *, desiredReplicas: "3"}}]}
status:
  hpaName: keda-hpa-worker
  externalMetricNames: [s0-cron-UTC]
  lastActiveTime: "2026-01-01T00:00:00Z"
  conditions: [{type: Ready, status: "True"}, {type: Active, status: "False"}, {type: Fallback, status: "False"}]
---
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: {name: broken, namespace: keda}
spec: {scaleTargetRef: {name: none}, triggers: [{type: cpu, metadata: {value: "50"}}]}
---
apiVersion: keda.sh/v1alpha1
kind: ScaledJob
metadata: {name: batch, namespace: keda}
spec: {jobTargetRef: {template: {spec: {restartPolicy: Never, containers: [{name: app, image: app}]}}}, triggers: [{type: cron, metadata: {timezone: UTC, start: 0 8 * * *, end: 0 18 * * *, desiredReplicas: "3"}}]}
---
apiVersion: keda.sh/v1alpha1
kind: TriggerAuthentication
metadata: {name: queue, namespace: keda}
spec: {secretTargetRef: [{parameter: password, name: queue, key: password}]}
]])

local s = client:scaled_object_status("keda", "worker")
assert.eq({s.ready, s.active, s.fallback, s.paused, s.hpa, s.metrics[1], s.last_active}, {true, false, false, false, "keda-hpa-worker", "s0-cron-UTC", "2026-01-01T00:00:00Z"})
assert.eq({client:is_ready("keda", "worker"), client:is_active("keda", "worker"), client:is_ready("keda", "broken"), client:is_ready("keda", "none")}, {true, false, false, false})
assert.eq(client:all_ready("keda"), {ready = 1, not_ready = 1, total = 2, not_ready_names = {"broken"}})
local function annotations() return client:scaled_object("keda", "worker").metadata.annotations or {} end
client:pause("keda", "worker", 0)
assert.eq({annotations()["autoscaling.keda.sh/paused-replicas"], client:scaled_object_status("keda", "worker").paused}, {"0", true})
client:resume("keda", "worker")
assert.eq({annotations()["autoscaling.keda.sh/paused-replicas"], client:scaled_object_status("keda", "worker").paused}, {nil, false})
client:pause("keda", "worker")
assert.eq(annotations()["autoscaling.keda.sh/paused"], "true")
assert.eq({#client:scaled_objects("keda").items, #client:scaled_jobs("keda").items, client:scaled_job("keda", "batch").kind, #client:trigger_authentications("keda").items}, {2, 1, "ScaledJob", 1})
