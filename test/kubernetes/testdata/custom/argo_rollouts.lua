local make = require("../make")
local k8s = require("assay.k8s")
local argo_rollouts = require("assay.argo_rollouts")
local client = argo_rollouts.client()

make.namespace("rollouts")
make.objects([[
apiVersion: argoproj.io/v1alpha1
kind: Rollout
metadata: {name: api, namespace: rollouts}
spec:
  replicas: 4
  selector: {matchLabels: {app: api}}
  template: {metadata: {labels: {app: api}}, spec: {containers: [{name: app, image: app}]}}
  strategy: {canary: {steps: [{setWeight: 25}, {pause: {}}, {setWeight: 50}]}}
status:
  phase: Paused
  message: CanaryPauseStep
  observedGeneration: "1"
  currentStepIndex: 1
  updatedReplicas: 1
  availableReplicas: 4
  controllerPause: true
  pauseConditions: [{reason: CanaryPauseStep, startTime: "2026-01-01T00:00:00Z"}]
  canary: {weights: {canary: {weight: 25}, stable: {weight: 75}}}
---
apiVersion: argoproj.io/v1alpha1
kind: AnalysisRun
metadata: {name: api-1, namespace: rollouts}
spec: {metrics: [{name: errors, provider: {prometheus: {address: "http://prometheus:9090", query: up}}}]}
status: {phase: Successful}
]])

local s = client:rollout_status("rollouts", "api")
assert.eq({s.phase, s.message, s.step, s.steps, s.weight, s.desired, s.updated, s.available, s.aborted}, {"Paused", "CanaryPauseStep", 1, 3, 25, 4, 1, 4, false})
assert.eq({client:is_healthy("rollouts", "api"), client:is_healthy("rollouts", "none")}, {false, false})
local function status() return client:rollout("rollouts", "api").status end
client:promote("rollouts", "api")
assert.eq({status().pauseConditions, status().currentStepIndex}, {nil, 1})
client:promote("rollouts", "api")
assert.eq(status().currentStepIndex, 2)
client:promote("rollouts", "api", {full = true})
assert.eq(status().promoteFull, true)
client:abort("rollouts", "api")
assert.eq(client:rollout_status("rollouts", "api").aborted, true)
client:retry("rollouts", "api")
assert.eq(client:rollout_status("rollouts", "api").aborted, false)
client:pause("rollouts", "api")
assert.eq(client:rollout("rollouts", "api").spec.paused, true)
assert.eq(client:rollout_status("rollouts", "api").phase, "Progressing") -- its controller has not seen the change
client:restart("rollouts", "api")
assert.matches(client:rollout("rollouts", "api").spec.restartAt, "^20%d%d%-.*Z$")
k8s.patch("/apis/argoproj.io/v1alpha1/namespaces/rollouts/rollouts/api/status",
  {status = {phase = "Healthy", observedGeneration = tostring(client:rollout("rollouts", "api").metadata.generation)}})
assert.eq(client:wait_healthy("rollouts", "api", 5).phase, "Healthy")
assert.eq({#client:rollouts("rollouts").items, #client:analysis_runs("rollouts").items, client:analysis_run("rollouts", "api-1").status.phase}, {1, 1, "Successful"})
