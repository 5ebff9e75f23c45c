-- https://velero.io/docs/main/api-types/

---- backups
--> GET /apis/velero.io/v1/namespaces/velero/backups
-->: Authorization: Bearer t
--< 200 {"items":[{"metadata":{"name":"a"}}]}
--> GET /apis/velero.io/v1/namespaces/velero/backups
-->: Authorization: Bearer t
--< 404
--> GET /apis/velero.io/v1/namespaces/velero/backups/a
-->: Authorization: Bearer t
--< 200 {"kind":"K"}
--> GET /apis/velero.io/v1/namespaces/velero/backups/a
-->: Authorization: Bearer t
--< 404
--> GET /apis/velero.io/v1/namespaces/velero/backups/a
-->: Authorization: Bearer t
--< 500 x
local c = velero.client(URL, "t")
assert.eq(c:backups()[1].metadata.name, "a")
assert.eq(#c:backups(), 0)
assert.eq(c:backup("a").kind, "K")
assert.is_nil(c:backup("a"))
assert.eq(assert.raises(function() c:backup("a") end, "velero.backup: HTTP 500: x").code, "velero.http")

---- restores
--> GET /apis/velero.io/v1/namespaces/velero/restores
-->: Authorization: Bearer t
--< 200 {"items":[{"metadata":{"name":"a"}}]}
--> GET /apis/velero.io/v1/namespaces/velero/restores
-->: Authorization: Bearer t
--< 404
--> GET /apis/velero.io/v1/namespaces/velero/restores/a
-->: Authorization: Bearer t
--< 200 {"kind":"K"}
--> GET /apis/velero.io/v1/namespaces/velero/restores/a
-->: Authorization: Bearer t
--< 404
--> GET /apis/velero.io/v1/namespaces/velero/restores/a
-->: Authorization: Bearer t
--< 500 x
local c = velero.client(URL, "t")
assert.eq(c:restores()[1].metadata.name, "a")
assert.eq(#c:restores(), 0)
assert.eq(c:restore("a").kind, "K")
assert.is_nil(c:restore("a"))
assert.eq(assert.raises(function() c:restore("a") end, "velero.restore: HTTP 500: x").code, "velero.http")

---- schedules
--> GET /apis/velero.io/v1/namespaces/velero/schedules
-->: Authorization: Bearer t
--< 200 {"items":[{"metadata":{"name":"a"}}]}
--> GET /apis/velero.io/v1/namespaces/velero/schedules
-->: Authorization: Bearer t
--< 404
--> GET /apis/velero.io/v1/namespaces/velero/schedules/a
-->: Authorization: Bearer t
--< 200 {"kind":"K"}
--> GET /apis/velero.io/v1/namespaces/velero/schedules/a
-->: Authorization: Bearer t
--< 404
--> GET /apis/velero.io/v1/namespaces/velero/schedules/a
-->: Authorization: Bearer t
--< 500 x
local c = velero.client(URL, "t")
assert.eq(c:schedules()[1].metadata.name, "a")
assert.eq(#c:schedules(), 0)
assert.eq(c:schedule("a").kind, "K")
assert.is_nil(c:schedule("a"))
assert.eq(assert.raises(function() c:schedule("a") end, "velero.schedule: HTTP 500: x").code, "velero.http")

---- backup_storage_locations
--> GET /apis/velero.io/v1/namespaces/velero/backupstoragelocations
-->: Authorization: Bearer t
--< 200 {"items":[{"metadata":{"name":"a"}}]}
--> GET /apis/velero.io/v1/namespaces/velero/backupstoragelocations
-->: Authorization: Bearer t
--< 404
--> GET /apis/velero.io/v1/namespaces/velero/backupstoragelocations/a
-->: Authorization: Bearer t
--< 200 {"kind":"K"}
--> GET /apis/velero.io/v1/namespaces/velero/backupstoragelocations/a
-->: Authorization: Bearer t
--< 404
--> GET /apis/velero.io/v1/namespaces/velero/backupstoragelocations/a
-->: Authorization: Bearer t
--< 500 x
local c = velero.client(URL, "t")
assert.eq(c:backup_storage_locations()[1].metadata.name, "a")
assert.eq(#c:backup_storage_locations(), 0)
assert.eq(c:backup_storage_location("a").kind, "K")
assert.is_nil(c:backup_storage_location("a"))
assert.eq(assert.raises(function() c:backup_storage_location("a") end, "velero.backup_storage_location: HTTP 500: x").code, "velero.http")

---- volume_snapshot_locations
--> GET /apis/velero.io/v1/namespaces/velero/volumesnapshotlocations
-->: Authorization: Bearer t
--< 200 {"items":[{"metadata":{"name":"a"}}]}
--> GET /apis/velero.io/v1/namespaces/velero/volumesnapshotlocations
-->: Authorization: Bearer t
--< 404
--> GET /apis/velero.io/v1/namespaces/velero/volumesnapshotlocations/a
-->: Authorization: Bearer t
--< 200 {"kind":"K"}
--> GET /apis/velero.io/v1/namespaces/velero/volumesnapshotlocations/a
-->: Authorization: Bearer t
--< 404
--> GET /apis/velero.io/v1/namespaces/velero/volumesnapshotlocations/a
-->: Authorization: Bearer t
--< 500 x
local c = velero.client(URL, "t")
assert.eq(c:volume_snapshot_locations()[1].metadata.name, "a")
assert.eq(#c:volume_snapshot_locations(), 0)
assert.eq(c:volume_snapshot_location("a").kind, "K")
assert.is_nil(c:volume_snapshot_location("a"))
assert.eq(assert.raises(function() c:volume_snapshot_location("a") end, "velero.volume_snapshot_location: HTTP 500: x").code, "velero.http")

---- backup_repositories
--> GET /apis/velero.io/v1/namespaces/velero/backuprepositories
-->: Authorization: Bearer t
--< 200 {"items":[{"metadata":{"name":"a"}}]}
--> GET /apis/velero.io/v1/namespaces/velero/backuprepositories
-->: Authorization: Bearer t
--< 404
--> GET /apis/velero.io/v1/namespaces/velero/backuprepositories/a
-->: Authorization: Bearer t
--< 200 {"kind":"K"}
--> GET /apis/velero.io/v1/namespaces/velero/backuprepositories/a
-->: Authorization: Bearer t
--< 404
--> GET /apis/velero.io/v1/namespaces/velero/backuprepositories/a
-->: Authorization: Bearer t
--< 500 x
local c = velero.client(URL, "t")
assert.eq(c:backup_repositories()[1].metadata.name, "a")
assert.eq(#c:backup_repositories(), 0)
assert.eq(c:backup_repository("a").kind, "K")
assert.is_nil(c:backup_repository("a"))
assert.eq(assert.raises(function() c:backup_repository("a") end, "velero.backup_repository: HTTP 500: x").code, "velero.http")

---- is_backup_completed
--> GET /apis/velero.io/v1/namespaces/velero/backups/a
-->: Authorization: Bearer t
--< 200 {"status":{"phase":"Completed"}}
--> GET /apis/velero.io/v1/namespaces/velero/backups/a
-->: Authorization: Bearer t
--< 200 {"status":{"phase":"InProgress"}}
--> GET /apis/velero.io/v1/namespaces/velero/backups/a
-->: Authorization: Bearer t
--< 404
local c = velero.client(URL, "t")
assert.eq(c:is_backup_completed("a"), true)
assert.eq(c:is_backup_completed("a"), false)
assert.eq(c:is_backup_completed("a"), false)

---- is_backup_failed
--> GET /apis/velero.io/v1/namespaces/velero/backups/a
-->: Authorization: Bearer t
--< 200 {"status":{"phase":"Failed"}}
--> GET /apis/velero.io/v1/namespaces/velero/backups/a
-->: Authorization: Bearer t
--< 200 {"status":{"phase":"PartiallyFailed"}}
--> GET /apis/velero.io/v1/namespaces/velero/backups/a
-->: Authorization: Bearer t
--< 200 {"status":{"phase":"FailedValidation"}}
--> GET /apis/velero.io/v1/namespaces/velero/backups/a
-->: Authorization: Bearer t
--< 200 {"status":{"phase":"Completed"}}
--> GET /apis/velero.io/v1/namespaces/velero/backups/a
-->: Authorization: Bearer t
--< 404
local c = velero.client(URL, "t")
assert.eq(c:is_backup_failed("a"), true)
assert.eq(c:is_backup_failed("a"), true)
assert.eq(c:is_backup_failed("a"), true)
assert.eq(c:is_backup_failed("a"), false)
assert.eq(c:is_backup_failed("a"), false)

---- is_restore_completed
--> GET /apis/velero.io/v1/namespaces/velero/restores/a
-->: Authorization: Bearer t
--< 200 {"status":{"phase":"Completed"}}
--> GET /apis/velero.io/v1/namespaces/velero/restores/a
-->: Authorization: Bearer t
--< 200 {"status":{"phase":"New"}}
--> GET /apis/velero.io/v1/namespaces/velero/restores/a
-->: Authorization: Bearer t
--< 404
local c = velero.client(URL, "t")
assert.eq(c:is_restore_completed("a"), true)
assert.eq(c:is_restore_completed("a"), false)
assert.eq(c:is_restore_completed("a"), false)

---- is_schedule_enabled
--> GET /apis/velero.io/v1/namespaces/velero/schedules/a
-->: Authorization: Bearer t
--< 200 {"status":{"phase":"Enabled"}}
--> GET /apis/velero.io/v1/namespaces/velero/schedules/a
-->: Authorization: Bearer t
--< 200 {"status":{"phase":"FailedValidation"}}
--> GET /apis/velero.io/v1/namespaces/velero/schedules/a
-->: Authorization: Bearer t
--< 404
local c = velero.client(URL, "t")
assert.eq(c:is_schedule_enabled("a"), true)
assert.eq(c:is_schedule_enabled("a"), false)
assert.eq(c:is_schedule_enabled("a"), false)

---- is_bsl_available
--> GET /apis/velero.io/v1/namespaces/velero/backupstoragelocations/a
-->: Authorization: Bearer t
--< 200 {"status":{"phase":"Available"}}
--> GET /apis/velero.io/v1/namespaces/velero/backupstoragelocations/a
-->: Authorization: Bearer t
--< 200 {"status":{"phase":"Unavailable"}}
--> GET /apis/velero.io/v1/namespaces/velero/backupstoragelocations/a
-->: Authorization: Bearer t
--< 404
local c = velero.client(URL, "t")
assert.eq(c:is_bsl_available("a"), true)
assert.eq(c:is_bsl_available("a"), false)
assert.eq(c:is_bsl_available("a"), false)

---- statuses
--> GET /apis/velero.io/v1/namespaces/velero/backups/a
-->: Authorization: Bearer t
--< 200 {"status":{"phase":"Completed","startTimestamp":"s","completionTimestamp":"c","expiration":"e","warnings":1,"progress":{"itemsBackedUp":3,"totalItems":4}}}
--> GET /apis/velero.io/v1/namespaces/velero/backups/a
-->: Authorization: Bearer t
--< 404
--> GET /apis/velero.io/v1/namespaces/velero/restores/a
-->: Authorization: Bearer t
--< 200 {"status":{"phase":"Completed","errors":2}}
--> GET /apis/velero.io/v1/namespaces/velero/schedules/a
-->: Authorization: Bearer t
--< 200 {"status":{"phase":"Enabled","lastBackup":"l"}}
local c = velero.client(URL, "t")
assert.eq(c:backup_status("a"), {phase = "Completed", started = "s", completed = "c", expiration = "e", errors = 0, warnings = 1, items_backed_up = 3, items_total = 4})
assert.eq(assert.raises(function() c:backup_status("a") end, "velero: backup a not found").code, "velero.missing")
assert.eq(c:restore_status("a"), {phase = "Completed", errors = 2, warnings = 0})
assert.eq(c:schedule_status("a"), {phase = "Enabled", last_backup = "l", validation_errors = {}})

---- counts
--> GET /apis/velero.io/v1/namespaces/velero/schedules
-->: Authorization: Bearer t
--< 200 {"items":[{"metadata":{"name":"a"},"status":{"phase":"Enabled"}},{"metadata":{"name":"b"},"spec":{"paused":true},"status":{"phase":"Enabled"}}]}
--> GET /apis/velero.io/v1/namespaces/velero/backupstoragelocations
-->: Authorization: Bearer t
--< 200 {"items":[{"metadata":{"name":"a"},"status":{"phase":"Available"}},{"metadata":{"name":"b"}}]}
local c = velero.client(URL, "t")
assert.eq(c:all_schedules_enabled(), {enabled = 1, disabled = 1, total = 2, disabled_names = {"b"}})
assert.eq(c:all_bsl_available(), {available = 1, unavailable = 1, total = 2, unavailable_names = {"b"}})

---- latest_backup
--> GET /apis/velero.io/v1/namespaces/backup/backups
-->? labelSelector=velero.io/schedule-name=daily
-->: Authorization: Bearer t
--< 200 {"items":[{"metadata":{"name":"a","creationTimestamp":"2026-01-01T00:00:00Z"}},{"metadata":{"name":"b","creationTimestamp":"2026-01-03T00:00:00Z"}},{"metadata":{"name":"c","creationTimestamp":"2026-01-02T00:00:00Z"}}]}
--> GET /apis/velero.io/v1/namespaces/backup/backups
-->? labelSelector=velero.io/schedule-name=daily
-->: Authorization: Bearer t
--< 200 {"items":[]}
local c = velero.client(URL, "t", "backup")
assert.eq(c:latest_backup("daily").metadata.name, "b")
assert.is_nil(c:latest_backup("daily"))
