-- A script in the style of those that are in use; the test in cmd/assay reads it.
---- a workflow
--> GET /health
--< 200
--> GET /api/v1/namespaces/shop/workflows/w
--< 200 {"workflowExecutionInfo":{"status":"WORKFLOW_EXECUTION_STATUS_COMPLETED"}}
--> POST /api/v1/namespaces/shop/workflows/w/signal
-->= {"signalName":"go","input":{"a":1}}
--< 200 {}
local temporal = require("assay.temporal")
local c = temporal.client(URL, {namespace = "shop"})
assert.eq(c:health(), true)
assert.eq(c:is_workflow_running("w"), false)
c:signal_workflow("w", "go", {a = 1})
