--- Reads what Velero is doing: backups, restores, schedules and where they are kept.
---
---     local velero = require("assay.velero")
---     local client = velero.client() -- the cluster that assay.k8s finds
---     assert(client:is_backup_completed("daily-1"))
---
--- Without a URL the cluster is the one that assay.k8s finds, and options are those of assay.k8s. What is not there is nil, and a list of it empty. An answer
--- with another bad status raises an error with `code` ("velero.http"), `status` and `body`.

local rest = require("./internal/rest")
local custom = require("./internal/custom")

local M = {}

---@alias velero.code
---| "velero.http" # The API server answered with a failure; e.status and e.body have it.
---| "velero.answer" # The answer is no JSON.
---| "velero.missing" # There is no such object.

--- A cluster.
---@class velero.Client
local Client = {}
Client.__index = Client

--- Makes a client. Nothing is asked yet.
---
---     local client = velero.client("https://kubernetes.default.svc", token, "backup", {ca_cert_file = "ca.crt"})
---@param url? string The API server; without it the cluster is looked for.
---@param token? string Who asks.
---@param namespace? string Where Velero is; "velero" unless given.
---@param options k8s.Options?
---@return velero.Client
function M.client(url, token, namespace, options)
  return setmetatable({ api = custom.client("velero", url, token, options), namespace = namespace or "velero" }, Client)
end

local function path(self, plural, name) return custom.path("velero.io/v1", self.namespace, plural, name) end

local function found(operation, o, kind, name)
  if not o then rest.fail("velero.missing", ("velero: %s %s not found"):format(kind, name)) end
  return o.status or {}, o.spec or {}
end

--- Lists backups.
---
---     for _, o in ipairs(client:backups()) do print(o.metadata.name) end
---@return table[]
function Client:backups() return self.api:list("backups", path(self, "backups"), nil, true).items end

--- Reads a backup.
---
---     local o = client:backup("main")
---@param name string
---@return table|nil
function Client:backup(name) return self.api:read("backup", path(self, "backups", name)) end

--- Tells how a backup is. One that is not there raises.
---
---     local s = client:backup_status("daily-1")
---     print(s.phase, s.items_backed_up, s.items_total)
---@param name string
---@return {phase: string?, started: string?, completed: string?, expiration: string?, errors: integer, warnings: integer, items_backed_up: integer, items_total: integer} # Times as RFC 3339.
function Client:backup_status(name)
  local s = found("backup_status", self:backup(name), "backup", name)
  local progress = s.progress or {}
  return {
    phase = s.phase, started = s.startTimestamp, completed = s.completionTimestamp, expiration = s.expiration,
    errors = s.errors or 0, warnings = s.warnings or 0,
    items_backed_up = progress.itemsBackedUp or s.itemsBackedUp or 0, items_total = progress.totalItems or s.totalItems or 0,
  }
end

--- Tells whether a backup is complete. One that is not there is not.
---
---     print(client:is_backup_completed("main"))
---@param name string
---@return boolean
function Client:is_backup_completed(name)
  local o = self:backup(name)
  local phase = o and o.status and o.status.phase
  return o ~= nil and phase == "Completed"
end

--- Tells whether a backup has failed, wholly or in part. One that is not there is not.
---
---     print(client:is_backup_failed("main"))
---@param name string
---@return boolean
function Client:is_backup_failed(name)
  local o = self:backup(name)
  local phase = o and o.status and o.status.phase
  return o ~= nil and (phase == "Failed" or phase == "PartiallyFailed" or phase == "FailedValidation")
end

--- Finds the newest backup of a schedule.
---
---     local b = client:latest_backup("daily")
---     print(b and b.metadata.creationTimestamp)
---@param schedule string
---@return table|nil
function Client:latest_backup(schedule)
  local latest
  local query = { labelSelector = "velero.io/schedule-name=" .. schedule }
  for _, b in ipairs(self.api:list("latest_backup", path(self, "backups"), query, true).items) do
    if not latest or b.metadata.creationTimestamp > latest.metadata.creationTimestamp then latest = b end
  end
  return latest
end

--- Lists restores.
---
---     for _, o in ipairs(client:restores()) do print(o.metadata.name) end
---@return table[]
function Client:restores() return self.api:list("restores", path(self, "restores"), nil, true).items end

--- Reads a restore.
---
---     local o = client:restore("main")
---@param name string
---@return table|nil
function Client:restore(name) return self.api:read("restore", path(self, "restores", name)) end

--- Tells how a restore is. One that is not there raises.
---
---     print(client:restore_status("r").phase)
---@param name string
---@return {phase: string?, started: string?, completed: string?, errors: integer, warnings: integer}
function Client:restore_status(name)
  local s = found("restore_status", self:restore(name), "restore", name)
  return { phase = s.phase, started = s.startTimestamp, completed = s.completionTimestamp, errors = s.errors or 0, warnings = s.warnings or 0 }
end

--- Tells whether a restore is complete. One that is not there is not.
---
---     print(client:is_restore_completed("main"))
---@param name string
---@return boolean
function Client:is_restore_completed(name)
  local o = self:restore(name)
  local phase = o and o.status and o.status.phase
  return o ~= nil and phase == "Completed"
end

--- Lists schedules.
---
---     for _, o in ipairs(client:schedules()) do print(o.metadata.name) end
---@return table[]
function Client:schedules() return self.api:list("schedules", path(self, "schedules"), nil, true).items end

--- Reads a schedule.
---
---     local o = client:schedule("main")
---@param name string
---@return table|nil
function Client:schedule(name) return self.api:read("schedule", path(self, "schedules", name)) end

--- Tells how a schedule is. One that is not there raises.
---
---     print(client:schedule_status("daily").last_backup)
---@param name string
---@return {phase: string?, last_backup: string?, validation_errors: string[]}
function Client:schedule_status(name)
  local s = found("schedule_status", self:schedule(name), "schedule", name)
  return { phase = s.phase, last_backup = s.lastBackup, validation_errors = s.validationErrors or json.array() }
end

--- Tells whether a schedule is enabled. One that is not there is not.
---
---     print(client:is_schedule_enabled("main"))
---@param name string
---@return boolean
function Client:is_schedule_enabled(name)
  local o = self:schedule(name)
  local phase, spec = o and o.status and o.status.phase, o and o.spec or {}
  return o ~= nil and phase == "Enabled" and not spec.paused
end

--- Lists backup storage locations.
---
---     for _, o in ipairs(client:backup_storage_locations()) do print(o.metadata.name) end
---@return table[]
function Client:backup_storage_locations() return self.api:list("backup_storage_locations", path(self, "backupstoragelocations"), nil, true).items end

--- Reads a backup storage location.
---
---     local o = client:backup_storage_location("main")
---@param name string
---@return table|nil
function Client:backup_storage_location(name) return self.api:read("backup_storage_location", path(self, "backupstoragelocations", name)) end

--- Tells whether a backup storage location is available. One that is not there is not.
---
---     print(client:is_bsl_available("main"))
---@param name string
---@return boolean
function Client:is_bsl_available(name)
  local o = self:backup_storage_location(name)
  local phase = o and o.status and o.status.phase
  return o ~= nil and phase == "Available"
end

--- Lists volume snapshot locations.
---
---     for _, o in ipairs(client:volume_snapshot_locations()) do print(o.metadata.name) end
---@return table[]
function Client:volume_snapshot_locations() return self.api:list("volume_snapshot_locations", path(self, "volumesnapshotlocations"), nil, true).items end

--- Reads a volume snapshot location.
---
---     local o = client:volume_snapshot_location("main")
---@param name string
---@return table|nil
function Client:volume_snapshot_location(name) return self.api:read("volume_snapshot_location", path(self, "volumesnapshotlocations", name)) end

--- Lists backup repositories.
---
---     for _, o in ipairs(client:backup_repositories()) do print(o.metadata.name) end
---@return table[]
function Client:backup_repositories() return self.api:list("backup_repositories", path(self, "backuprepositories"), nil, true).items end

--- Reads a backup repository.
---
---     local o = client:backup_repository("main")
---@param name string
---@return table|nil
function Client:backup_repository(name) return self.api:read("backup_repository", path(self, "backuprepositories", name)) end

--- Counts the schedules that are enabled.
---
---     local all = client:all_schedules_enabled()
---     assert.eq(all.disabled, 0, table.concat(all.disabled_names, ", "))
---@return {enabled: integer, disabled: integer, total: integer, disabled_names: string[]}
function Client:all_schedules_enabled()
  return custom.count(self:schedules(), "enabled", "disabled", function(o) return o.status and o.status.phase == "Enabled" and not (o.spec and o.spec.paused) end)
end

--- Counts the backup storage locations that are available.
---
---     local all = client:all_bsl_available()
---     assert.eq(all.unavailable, 0, table.concat(all.unavailable_names, ", "))
---@return {available: integer, unavailable: integer, total: integer, unavailable_names: string[]}
function Client:all_bsl_available()
  return custom.count(self:backup_storage_locations(), "available", "unavailable", function(o) return o.status and o.status.phase == "Available" end)
end

return M
