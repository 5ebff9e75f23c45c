#!/usr/bin/env assay
-- Writes the users of Redis or Valkey: their passwords into OpenBao, and the file of the option aclfile, with the hashes of the
-- passwords alone, into a Secret of Kubernetes. When that changes, the server is restarted to read it.
--
--   BAO_TOKEN=... assay redis-bootstrap.lua redis-bootstrap.yaml [--dry-run]
local job = require("./job")
local k8s = require("assay.k8s")

local config = job.config()
local bao, mount = job.bao(config.bao), config.bao.mount or "secrets"

local lines = { "user default off" }
for _, u in ipairs(config.users) do
  local secret = job.secret(bao, mount, u.secret or "redis/" .. u.name, {
    username = u.name, password = function() return crypto.random(32) end, host = config.host, port = tostring(config.port or 6379),
  })
  lines[#lines + 1] = ("user %s on #%s %s"):format(u.name, crypto.hash(secret.password, "sha256"), u.rules)
end

local changed = job.apply({
  apiVersion = "v1", kind = "Secret", type = "Opaque",
  metadata = { name = config.secret or "redis-acl", namespace = config.namespace },
  data = { ["users.acl"] = base64.encode(table.concat(lines, "\n") .. "\n") },
}, "redis-bootstrap")

if changed and config.restart then
  local kind, name = config.restart:match("^(%w+)/(.+)$")
  if k8s.exists(config.namespace, kind, name) then
    job.change("restart " .. config.restart, function() k8s.rollout_restart(config.namespace, kind, name) end)
  end
end
job.done()
