-- Applications that log people in by OpenID Connect, in Zitadel, with their secrets in OpenBao.
local job = require("./job")

local M = {}

--- The client of Zitadel that a config names.
function M.zitadel(config)
  return require("assay.zitadel").client({
    url = config.url, domain = config.domain, machine_key_file = env.get("ZITADEL_KEY_FILE"), token = env.get("ZITADEL_TOKEN"),
  })
end

--- Gives the id of a project, which is made if it is not there. In a dry run that is nil.
function M.project(zitadel, name)
  local found = zitadel:find_project(name)
  if found then return found.id end
  local made = job.change("make the project " .. name, function() return zitadel:create_project(name, { projectRoleAssertion = true }) end)
  return made and made.id
end

--- Makes an application, or changes its URLs; and keeps its client_id and client_secret at a path of OpenBao, with more fields.
--- Gives the fields; in a dry run they may lack.
function M.app(zitadel, project, app, bao, mount, path, more)
  local site = ("https://%s.%s"):format(app.subdomain, zitadel.domain)
  local want = { redirectUris = app.redirectUris or { site .. app.callbackPath }, postLogoutRedirectUris = app.postLogoutRedirectUris or { site .. "/" } }
  local options = { name = app.name, redirectUris = want.redirectUris, postLogoutRedirectUris = want.postLogoutRedirectUris }
  local found = project and zitadel:find_app(project, app.name)
  local make = {}
  for name, value in pairs(more or {}) do make[name] = value end
  if not found then
    local made = job.change("make the application " .. app.name, function() return zitadel:create_oidc_app(project, options) end) or {}
    -- What an application before this one had is no good for it.
    local before = bao:kv_get(mount, path)
    if before and made.clientId then
      local fields = before.data
      fields.client_id, fields.client_secret = made.clientId, made.clientSecret
      job.change(("write client_id, client_secret of the secret %s/%s"):format(mount, path), function() bao:kv_put(mount, path, fields) end)
    end
    make.client_id, make.client_secret = made.clientId or "?", made.clientSecret or "?"
  else
    if not job.has(found.oidcConfig, want) then
      job.change("change the URLs of the application " .. app.name, function() zitadel:update_oidc_app(project, found.id, options) end)
    end
    make.client_id = found.oidcConfig and found.oidcConfig.clientId
    make.client_secret = function()
      if job.dry_run then return "?" end
      return zitadel:generate_app_secret(project, found.id)
    end
  end
  return job.secret(bao, mount, path, make)
end

return M
