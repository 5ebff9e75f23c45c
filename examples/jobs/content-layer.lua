#!/usr/bin/env assay
-- Gives a content layer (a headless CMS) its login: an OAuth application in Zitadel, its secrets in OpenBao, and the Secret of
-- Kubernetes that its pods take as their environment. When that changes, they are restarted.
--
--   ZITADEL_KEY_FILE=... BAO_TOKEN=... assay content-layer.lua content-layer.yaml [--dry-run]
local job = require("./job")
local k8s = require("assay.k8s")
local oauth = require("./oauth")

local config = job.config()
local zitadel = oauth.zitadel(config.zitadel)
local bao, mount = job.bao(config.bao), config.bao.mount or "secrets"

local project = oauth.project(zitadel, config.project)
local fields = oauth.app(zitadel, project, config.app, bao, mount, config.app.secret or "oauth/" .. config.app.name, {
  session_secret = function() return crypto.random(48) end,
})

-- In a dry run there may be no values yet, and then there is nothing to compare.
local data = { AUTH_ISSUER_URL = base64.encode("https://auth." .. zitadel.domain) }
for name, field in pairs({ AUTH_CLIENT_ID = "client_id", AUTH_CLIENT_SECRET = "client_secret", SESSION_SECRET = "session_secret" }) do
  data[config.environment and config.environment[name] or name] = base64.encode(fields[field])
end
local changed = job.apply({
  apiVersion = "v1", kind = "Secret", type = "Opaque", metadata = { name = config.kubernetes.secret, namespace = config.kubernetes.namespace }, data = data,
}, "content-layer")

if changed and config.kubernetes.deployment then
  local at = config.kubernetes
  if k8s.exists(at.namespace, "deployment", at.deployment) then
    job.change("restart deployment/" .. at.deployment, function() k8s.rollout_restart(at.namespace, "deployment", at.deployment) end)
  end
end
job.done()
