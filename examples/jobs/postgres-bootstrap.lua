#!/usr/bin/env assay
-- Makes databases of PostgreSQL with an owner each, whose password is in OpenBao, extensions and grants.
--
--   PGPASSWORD=... BAO_TOKEN=... assay postgres-bootstrap.lua postgres-bootstrap.yaml [--dry-run]
local job = require("./job")
local postgres = require("assay.postgres")

local config = job.config()
local bao, mount = job.bao(config.bao), config.bao.mount or "secrets"
local options = { sslmode = config.sslmode, sslrootcert = config.sslrootcert, max_conns = 2 }

local function connect(user, password, database) return postgres.client(config.host, config.port, user, password, database, options) end

local admin = connect(config.user or "postgres", job.need("PGPASSWORD"))

-- Whether a user's password is the one of its secret: the server alone can tell.
local function logs_in(user, password, database)
  local ok, e = pcall(function()
    local c <close> = connect(user, password, database).conn
    c:query("select 1")
  end)
  if not ok and not tostring(e):find("authentication failed", 1, true) then error(e, 0) end
  return ok
end

for _, d in ipairs(config.databases) do
  local owner = d.owner or d.name
  local secret = job.secret(bao, mount, d.secret or "postgres/" .. d.name, {
    username = owner, password = function() return crypto.random(32) end, database = d.name, host = config.host, port = tostring(config.port or 5432),
  })
  local fresh = not admin:user_exists(owner)
  if fresh then
    job.change("make the user " .. owner, function() admin:ensure_user(owner, secret.password) end)
  end
  local there = admin:database_exists(d.name)
  if not there then
    job.change("make the database " .. d.name, function() admin:ensure_database(d.name, owner) end)
  end
  if not fresh and not logs_in(owner, secret.password, there and d.name or "postgres") then
    job.change("give the user " .. owner .. " the password of its secret", function()
      admin:set_password(owner, secret.password)
    end)
  end
  if there or not job.dry_run then
    local inside = connect(config.user or "postgres", job.need("PGPASSWORD"), d.name)
    for _, name in ipairs(d.extensions or {}) do
      if not inside:extension_exists(name) then
        job.change("make the extension " .. name .. " in " .. d.name, function() inside:ensure_extension(name) end)
      end
    end
    inside:close()
  end
  for _, g in ipairs(d.grants or {}) do
    local known = there and admin:user_exists(g.user)
    if not known or not admin:query("select has_database_privilege($1, $2, $3) as has", { g.user, d.name, g.privilege })[1].has then
      job.change(("grant %s on %s to %s"):format(g.privilege, d.name, g.user), function() admin:grant(d.name, g.user, g.privilege) end)
    end
  end
end
admin:close()
job.done()
