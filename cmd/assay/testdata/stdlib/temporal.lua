-- https://docs.temporal.io/references/http-api, and temporal/api/workflowservice/v1/service.proto

---- the server
--> GET /health
-->: Authorization: Bearer k
-->: Content-Type: application/json
--< 200 {"status":"SERVING"}
--> GET /health
-->: Authorization: Bearer k
--< 503
--> GET /api/v1/system-info
-->: Authorization: Bearer k
-->: Content-Type: application/json
--< 200 {"serverVersion":"1"}
--> GET /api/v1/namespaces
-->: Authorization: Bearer k
--< 200 {"namespaces":[{"namespaceInfo":{"name":"a"}}],"nextPageToken":"bmV4dA=="}
--> GET /api/v1/namespaces
-->? nextPageToken=bmV4dA==
-->: Authorization: Bearer k
--< 200 {"namespaces":[{"namespaceInfo":{"name":"b"}}],"nextPageToken":""}
--> GET /api/v1/namespaces/shop
-->: Authorization: Bearer k
--< 200 {"namespaceInfo":{"name":"shop"}}
--> GET /api/v1/namespaces/a%20b
-->: Authorization: Bearer k
--< 403 {"message":"no"}
local c = temporal.client(URL .. "/", {namespace = "shop", api_key = "k"})
assert.is_true(c:health())
assert.is_false(c:health())
assert.eq(c:system_info().serverVersion, "1")
assert.eq(c:namespaces().namespaces[2].namespaceInfo.name, "b")
assert.eq(c:namespace().namespaceInfo.name, "shop")
local e = assert.raises(function() c:namespace("a b") end, "temporal.namespace: HTTP 403: ")
assert.eq({e.code, e.status}, {"temporal.http", 403})

---- workflows are listed
--> GET /api/v1/namespaces/default/workflows
-->? query=WorkflowType = 'Order'
--< 200 {"executions":[{"status":"a"}],"nextPageToken":"x"}
--> GET /api/v1/namespaces/default/workflows
-->? query=WorkflowType = 'Order'
-->? nextPageToken=x
--< 200 {"executions":[{"status":"b"}]}
--> GET /api/v1/namespaces/other/workflows
-->? pageSize=1
--< 200 {"executions":[{}],"nextPageToken":"x"}
--> GET /api/v1/namespaces/default/workflows
-->? query=q
-->? pageSize=5
--< 200 {"executions":[]}
local c = temporal.client(URL)
assert.eq(c:workflows{query = "WorkflowType = 'Order'"}.executions[2].status, "b")
assert.eq(c:workflows{page_size = 1, namespace = "other"}.nextPageToken, "x")
assert.eq(#c:search("q", {page_size = 5}).executions, 0)

---- a workflow, its runs and its history
--> GET /api/v1/namespaces/default/workflows/order%2F1
--< 200 {"workflowExecutionInfo":{"status":"WORKFLOW_EXECUTION_STATUS_RUNNING"}}
--> GET /api/v1/namespaces/default/workflows/o
-->? runId=r1
--< 200 {"workflowExecutionInfo":{"execution":{"runId":"r1"}}}
--> GET /api/v1/namespaces/default/workflows/o
-->? runId=r1
--< 200 {"workflowExecutionInfo":{"execution":{"runId":"r2"}}}
--> GET /api/v1/namespaces/default/workflows/o
-->? execution.runId=r1
--< 200 {"workflowExecutionInfo":{"execution":{"runId":"r1"}}}
--> GET /api/v1/namespaces/default/workflows/o/history
--< 200 {"history":{"events":[{"eventId":"1"}]},"nextPageToken":"x"}
--> GET /api/v1/namespaces/default/workflows/o/history
-->? nextPageToken=x
--< 200 {"history":{"events":[{"eventId":"2"}]}}
--> GET /api/v1/namespaces/n/workflows/o/history
-->? runId=r1
-->? maximumPageSize=1
--< 200 {"history":{"events":[{"eventId":"1"}]},"nextPageToken":"x"}
local c = temporal.client(URL)
assert.eq(c:workflow("order/1").workflowExecutionInfo.status, "WORKFLOW_EXECUTION_STATUS_RUNNING")
assert.eq(c:workflow("o", "r1").workflowExecutionInfo.execution.runId, "r1")
assert.eq(c:workflow("o", "r1").workflowExecutionInfo.execution.runId, "r1")
assert.eq(#c:workflow_history("o").history.events, 2)
assert.eq(c:workflow_history("o", "r1", {maximum_page_size = 1, namespace = "n"}).nextPageToken, "x")

---- signals and ends
--> POST /api/v1/namespaces/default/workflows/o/signal
-->= {"signalName":"paid","input":{"amount":10}}
--< 200 {}
--> POST /api/v1/namespaces/default/workflows/o/signal
-->= {"signalName":"paid","workflowExecution":{"workflowId":"o","runId":"r"}}
--< 404 {"message":"Not Found"}
--> POST /api/v1/namespaces/default/workflows/o/signal/paid
-->= {"workflowExecution":{"workflowId":"o","runId":"r"}}
--< 200 {}
--> POST /api/v1/namespaces/default/workflows/o/signal
-->= {"signalName":"paid","input":1}
--< 404
--> POST /api/v1/namespaces/default/workflows/o/signal/paid
-->= {"input":[1]}
--< 404 {"message":"workflow not found"}
--> POST /api/v1/namespaces/default/workflows/o/terminate
-->= {"reason":"twice"}
--< 200 {}
--> POST /api/v1/namespaces/default/workflows/o/cancel
-->= {}
--< 200 {}
local c = temporal.client(URL)
assert.eq(c:signal_workflow("o", "paid", {amount = 10}), {})
c:signal_workflow("o", "paid", nil, {run_id = "r"})
assert.raises(function() c:signal_workflow("o", "paid", 1) end, "temporal.signal_workflow: HTTP 404: .*workflow not found")
c:terminate_workflow("o", "twice")
c:cancel_workflow("o")

---- queues and schedules
--> GET /api/v1/namespaces/default/task-queues/orders
-->? taskQueueType=TASK_QUEUE_TYPE_ACTIVITY
--< 200 {"pollers":[{}]}
--> GET /api/v1/namespaces/default/schedules
-->? maximumPageSize=2
--< 200 {"schedules":[{"scheduleId":"s"}],"nextPageToken":"x"}
--> GET /api/v1/namespaces/default/schedules/s
--< 200 {"schedule":{}}
local c = temporal.client(URL)
assert.eq(#c:task_queue("orders", {task_queue_type = "TASK_QUEUE_TYPE_ACTIVITY"}).pollers, 1)
assert.eq(c:schedules{maximum_page_size = 2}.schedules[1].scheduleId, "s")
assert.eq(c:schedule("s").schedule, {})

---- waiting for the end
--> GET /api/v1/namespaces/default/workflows/o
--< 200 {"workflowExecutionInfo":{"status":"WORKFLOW_EXECUTION_STATUS_RUNNING"}}
--> GET /api/v1/namespaces/default/workflows/o
--< 200 {"workflowExecutionInfo":{"status":"WORKFLOW_EXECUTION_STATUS_RUNNING"}}
--> GET /api/v1/namespaces/default/workflows/o
--< 200 {"workflowExecutionInfo":{"status":"WORKFLOW_EXECUTION_STATUS_FAILED"}}
--> GET /api/v1/namespaces/default/workflows/o
--< 200 {"workflowExecutionInfo":{"status":"WORKFLOW_EXECUTION_STATUS_RUNNING"}}
local c = temporal.client(URL)
assert.is_true(c:is_workflow_running("o"))
assert.eq(c:wait_workflow_complete("o", 5, {interval = 0.01}).workflowExecutionInfo.status, "WORKFLOW_EXECUTION_STATUS_FAILED")
local e = assert.raises(function() c:wait_workflow_complete("o", 0) end, "temporal.wait_workflow_complete: o is running: not within 0s")
assert.eq(e.code, "temporal.timeout")
