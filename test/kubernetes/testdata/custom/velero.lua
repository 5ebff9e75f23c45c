local make = require("../make")
local velero = require("assay.velero")
local client = velero.client()

make.namespace("velero")
make.objects([[
apiVersion: velero.io/v1
kind: Backup
metadata: {name: nightly-1, namespace: velero, labels: {velero.io/schedule-name: nightly}}
spec: {includedNamespaces: [shop]}
status:
  phase: Completed
  startTimestamp: "2026-01-01T00:00:00Z"
  completionTimestamp: "2026-01-01T00:05:00Z"
  expiration: "2026-02-01T00:00:00Z"
  warnings: 2
  progress: {itemsBackedUp: 90, totalItems: 91}
---
apiVersion: velero.io/v1
kind: Backup
metadata: {name: broken, namespace: velero}
status: {phase: PartiallyFailed, errors: 3}
---
apiVersion: velero.io/v1
kind: Restore
metadata: {name: back, namespace: velero}
spec: {backupName: nightly-1}
status: {phase: Completed, startTimestamp: "2026-01-02T00:00:00Z", completionTimestamp: "2026-01-02T00:01:00Z", warnings: 1}
---
apiVersion: velero.io/v1
kind: Schedule
metadata: {name: nightly, namespace: velero}
spec: {schedule: "0 1 * * *", template: {}}
status: {phase: Enabled, lastBackup: "2026-01-01T00:00:00Z"}
---
apiVersion: velero.io/v1
kind: Schedule
metadata: {name: paused, namespace: velero}
spec: {schedule: "0 1 * * *", template: {}, paused: true}
status: {phase: Enabled}
---
apiVersion: velero.io/v1
kind: BackupStorageLocation
metadata: {name: default, namespace: velero}
spec: {provider: aws, objectStorage: {bucket: backups}}
status: {phase: Available}
---
apiVersion: velero.io/v1
kind: VolumeSnapshotLocation
metadata: {name: default, namespace: velero}
spec: {provider: aws}
---
apiVersion: velero.io/v1
kind: BackupRepository
metadata: {name: shop-default, namespace: velero}
spec: {backupStorageLocation: default, maintenanceFrequency: 1h0m0s, volumeNamespace: shop, repositoryType: kopia, resticIdentifier: ""}
status: {phase: Ready}
]])

local s = client:backup_status("nightly-1")
assert.eq({s.phase, s.started, s.completed, s.expiration}, {"Completed", "2026-01-01T00:00:00Z", "2026-01-01T00:05:00Z", "2026-02-01T00:00:00Z"})
assert.eq({s.errors, s.warnings, s.items_backed_up, s.items_total}, {0, 2, 90, 91})
assert.raises(function() client:backup_status("none") end, "velero: backup none not found")
assert.eq({client:is_backup_completed("nightly-1"), client:is_backup_failed("nightly-1"), client:is_backup_failed("broken"), client:is_backup_completed("none")}, {true, false, true, false})
assert.eq({client:latest_backup("nightly").metadata.name, client:latest_backup("none"), #client:backups()}, {"nightly-1", nil, 2})
assert.eq(client:restore_status("back"), {phase = "Completed", started = "2026-01-02T00:00:00Z", completed = "2026-01-02T00:01:00Z", errors = 0, warnings = 1})
assert.eq({client:is_restore_completed("back"), #client:restores()}, {true, 1})
local schedule = client:schedule_status("nightly")
assert.eq({schedule.phase, schedule.last_backup, #schedule.validation_errors}, {"Enabled", "2026-01-01T00:00:00Z", 0})
assert.eq(client:all_schedules_enabled(), {enabled = 1, disabled = 1, total = 2, disabled_names = {"paused"}})
assert.eq({client:is_schedule_enabled("nightly"), client:is_schedule_enabled("paused")}, {true, false})
assert.eq({client:is_bsl_available("default"), client:is_bsl_available("none"), client:backup_storage_location("default").spec.provider}, {true, false, "aws"})
assert.eq(client:all_bsl_available(), {available = 1, unavailable = 0, total = 1, unavailable_names = {}})
assert.eq({#client:backup_storage_locations(), #client:volume_snapshot_locations(), client:volume_snapshot_location("default").kind}, {1, 1, "VolumeSnapshotLocation"})
assert.eq({#client:backup_repositories(), client:backup_repository("shop-default").status.phase}, {1, "Ready"})
