-- https://argo-rollouts.readthedocs.io, and pkg/kubectl-argo-rollouts of the project for what its commands change

---- how rollouts are
--> GET /apis/argoproj.io/v1alpha1/namespaces/shop/rollouts
-->: Authorization: Bearer t
--< 200 {"items":[{"metadata":{"name":"api"}}]}
--> GET /apis/argoproj.io/v1alpha1/namespaces/shop/rollouts
-->: Authorization: Bearer t
--< 404
--> GET /apis/argoproj.io/v1alpha1/namespaces/shop/rollouts/api
-->: Authorization: Bearer t
--< 200 {"metadata":{"name":"api","generation":3},"spec":{"replicas":4,"strategy":{"canary":{"steps":[{},{},{}]}}},"status":{"phase":"Paused","message":"CanaryPauseStep","currentStepIndex":1,"observedGeneration":"3","updatedReplicas":1,"availableReplicas":4,"canary":{"weights":{"canary":{"weight":25}}}}}
--> GET /apis/argoproj.io/v1alpha1/namespaces/shop/rollouts/api
-->: Authorization: Bearer t
--< 200 {"metadata":{"generation":4},"status":{"phase":"Healthy","observedGeneration":"3"}}
--> GET /apis/argoproj.io/v1alpha1/namespaces/shop/rollouts/none
-->: Authorization: Bearer t
--< 404
--> GET /apis/argoproj.io/v1alpha1/namespaces/shop/rollouts/none
-->: Authorization: Bearer t
--< 404
--> GET /apis/argoproj.io/v1alpha1/namespaces/shop/rollouts/none
-->: Authorization: Bearer t
--< 404
local c = argo_rollouts.client(URL .. "/", "t")
assert.eq(c:rollouts("shop").items[1].metadata.name, "api")
assert.eq(#c:rollouts("shop").items, 0)
assert.eq(c:rollout_status("shop", "api"), {
  phase = "Paused", message = "CanaryPauseStep", step = 1, steps = 3, weight = 25, desired = 4, updated = 1, available = 4, aborted = false,
})
assert.eq(c:rollout_status("shop", "api").phase, "Progressing")
assert.is_nil(c:rollout("shop", "none"))
assert.is_false(c:is_healthy("shop", "none"))
assert.eq(assert.raises(function() c:rollout_status("shop", "none") end, "rollout shop/none not found").code, "argo_rollouts.missing")

---- waiting
--> GET /apis/argoproj.io/v1alpha1/namespaces/shop/rollouts/api
-->: Authorization: Bearer t
--< 200 {"metadata":{},"status":{"phase":"Progressing"}}
--> GET /apis/argoproj.io/v1alpha1/namespaces/shop/rollouts/api
-->: Authorization: Bearer t
--< 200 {"metadata":{},"status":{"phase":"Healthy","availableReplicas":1}}
--> GET /apis/argoproj.io/v1alpha1/namespaces/shop/rollouts/api
-->: Authorization: Bearer t
--< 200 {"metadata":{},"status":{"phase":"Degraded","message":"ProgressDeadlineExceeded"}}
--> GET /apis/argoproj.io/v1alpha1/namespaces/shop/rollouts/api
-->: Authorization: Bearer t
--< 200 {"metadata":{},"status":{"phase":"Progressing"}}
local c = argo_rollouts.client(URL, "t")
assert.eq(c:wait_healthy("shop", "api", 5, 0.01).available, 1)
local e = assert.raises(function() c:wait_healthy("shop", "api", 5, 0.01) end, "shop/api is degraded: ProgressDeadlineExceeded")
assert.eq(e.code, "argo_rollouts.degraded")
assert.eq(assert.raises(function() c:wait_healthy("shop", "api", 0) end, "not within 0s").code, "argo_rollouts.timeout")

---- what steers them
--> GET /apis/argoproj.io/v1alpha1/namespaces/shop/rollouts/api
-->: Authorization: Bearer t
--< 200 {"spec":{"paused":true},"status":{"pauseConditions":[{"reason":"CanaryPauseStep"}],"currentStepIndex":1}}
--> PATCH /apis/argoproj.io/v1alpha1/namespaces/shop/rollouts/api
-->: Authorization: Bearer t
-->: Content-Type: application/merge-patch+json
-->= {"spec":{"paused":false}}
--< 200 {}
--> PATCH /apis/argoproj.io/v1alpha1/namespaces/shop/rollouts/api/status
-->: Authorization: Bearer t
-->: Content-Type: application/merge-patch+json
-->= {"status":{"pauseConditions":null}}
--< 200 {}
--> GET /apis/argoproj.io/v1alpha1/namespaces/shop/rollouts/api
-->: Authorization: Bearer t
--< 200 {"status":{"currentStepIndex":1}}
--> PATCH /apis/argoproj.io/v1alpha1/namespaces/shop/rollouts/api/status
-->: Authorization: Bearer t
-->: Content-Type: application/merge-patch+json
-->= {"status":{"currentStepIndex":2}}
--< 200 {}
--> GET /apis/argoproj.io/v1alpha1/namespaces/shop/rollouts/api
-->: Authorization: Bearer t
--< 200 {"status":{"currentStepIndex":1}}
--> PATCH /apis/argoproj.io/v1alpha1/namespaces/shop/rollouts/api/status
-->: Authorization: Bearer t
-->: Content-Type: application/merge-patch+json
-->= {"status":{"promoteFull":true}}
--< 200 {}
--> PATCH /apis/argoproj.io/v1alpha1/namespaces/shop/rollouts/api/status
-->: Authorization: Bearer t
-->: Content-Type: application/merge-patch+json
-->= {"status":{"abort":true}}
--< 200 {}
--> PATCH /apis/argoproj.io/v1alpha1/namespaces/shop/rollouts/api/status
-->: Authorization: Bearer t
-->: Content-Type: application/merge-patch+json
-->= {"status":{"abort":false}}
--< 200 {}
--> PATCH /apis/argoproj.io/v1alpha1/namespaces/shop/rollouts/api
-->: Authorization: Bearer t
-->: Content-Type: application/merge-patch+json
-->= {"spec":{"paused":true}}
--< 200 {}
--> PATCH /apis/argoproj.io/v1alpha1/namespaces/shop/rollouts/api
-->: Authorization: Bearer t
-->: Content-Type: application/merge-patch+json
-->~ ^\{"spec":\{"restartAt":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"\}\}$
--< 403 no
--> GET /apis/argoproj.io/v1alpha1/namespaces/shop/analysisruns
-->: Authorization: Bearer t
--< 200 {"items":[{}]}
--> GET /apis/argoproj.io/v1alpha1/namespaces/shop/analysisruns/a
-->: Authorization: Bearer t
--< 200 {"status":{"phase":"Failed"}}
local c = argo_rollouts.client(URL, "t")
c:promote("shop", "api")
c:promote("shop", "api")
c:promote("shop", "api", {full = true})
c:abort("shop", "api")
c:retry("shop", "api")
c:pause("shop", "api")
local e = assert.raises(function() c:restart("shop", "api") end, "argo_rollouts.restart: HTTP 403: no")
assert.eq({e.code, e.status}, {"argo_rollouts.http", 403})
assert.eq(#c:analysis_runs("shop").items, 1)
assert.eq(c:analysis_run("shop", "a").status.phase, "Failed")
