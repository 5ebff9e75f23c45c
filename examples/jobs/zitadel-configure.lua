#!/usr/bin/env assay
-- Configures Zitadel: the primary domain, a project, applications whose secrets go to OpenBao, Google as identity provider, and
-- the login without passwords.
--
--   ZITADEL_KEY_FILE=... BAO_TOKEN=... assay zitadel-configure.lua zitadel-configure.yaml [--dry-run]
local job = require("./job")
local oauth = require("./oauth")

local config = job.config()
local zitadel = oauth.zitadel(config.zitadel)
local bao, mount = job.bao(config.bao), config.bao.mount or "secrets"

-- What the module does at once, in two steps for a dry run: is tells whether it is done.
local function ensure(what, is, make)
  if not is() then
    job.change(what, function() assert(make(), "could not " .. what) end)
  end
end

local project = oauth.project(zitadel, config.project)
for _, app in ipairs(config.apps or {}) do
  oauth.app(zitadel, project, app, bao, mount, app.secret or "oauth/" .. app.name)
end

if config.google then
  local idp = zitadel:find_idp("Google")
  local id = idp and idp.id
  if not idp then
    local secret = require("assay.openbao").assert_secret(bao, config.google.secret, { "client_id", "client_secret" }, mount)
    id = job.change("make the identity provider Google", function()
      return assert((zitadel:ensure_google_idp({
        clientId = secret.client_id, clientSecret = secret.client_secret, scopes = { "openid", "profile", "email" },
        providerOptions = { isLinkingAllowed = true, isCreationAllowed = true, isAutoCreation = true, isAutoUpdate = true },
      })), "could not make the identity provider Google")
    end)
  end
  ensure("let people log in with Google", function()
    for _, used in ipairs((zitadel:get_login_policy() or {}).idps or {}) do
      if used.idpId == id then return true end
    end
    return false
  end, function() return zitadel:add_idp_to_login_policy(id) end)
end

if config.password_login == false then
  ensure("take the password off the login", function()
    local policy = assert(zitadel:get_login_policy(), "there is no login policy")
    return not policy.allowUsernamePassword
  end, function() return (zitadel:disable_password_login()) end)
end
job.done()
