-- A script in the style of those that are in use; the test in cmd/assay reads it.
---- the last backup
--> GET /apis/velero.io/v1/namespaces/velero/backups
-->? labelSelector=velero.io/schedule-name=daily
-->: Authorization: Bearer t
--< 200 {"items":[{"metadata":{"name":"b1","creationTimestamp":"2026-01-01T00:00:00Z"}},{"metadata":{"name":"b2","creationTimestamp":"2026-01-02T00:00:00Z"}}]}
--> GET /apis/velero.io/v1/namespaces/velero/backups/b2
-->: Authorization: Bearer t
--< 200 {"status":{"phase":"Completed","progress":{"itemsBackedUp":5,"totalItems":5}}}
--> GET /apis/velero.io/v1/namespaces/velero/schedules
-->: Authorization: Bearer t
--< 404
local velero = require("assay.velero")
local c = velero.client(URL, "t")
local last = c:latest_backup("daily")
assert.eq(last.metadata.name, "b2")
local s = c:backup_status("b2")
assert.eq({s.phase, s.items_backed_up, s.items_total}, {"Completed", 5, 5})
assert.eq(#c:schedules(), 0)
