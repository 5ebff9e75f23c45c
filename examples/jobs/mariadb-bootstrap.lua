#!/usr/bin/env assay
-- Makes databases of MariaDB or MySQL with a user each, whose password is in OpenBao.
--
--   MYSQL_PWD=... BAO_TOKEN=... assay mariadb-bootstrap.lua mariadb-bootstrap.yaml [--dry-run]
local job = require("./job")

local config = job.config()
local bao, mount = job.bao(config.bao), config.bao.mount or "secrets"

local function encoded(text) return (text:gsub("[^%w]", function(c) return ("%%%02X"):format(c:byte()) end)) end

local function connect(user, password)
  return db.connect(("mysql://%s:%s@%s:%d/%s"):format(encoded(user), encoded(password), config.host, config.port or 3306, config.options or ""))
end

-- Names as they may stand in a statement, whatever the mode of the server.
local function name(text) return "`" .. text:gsub("`", "``") .. "`" end
local function plain(text) return text:find("^[%w%-._%%]+$") and "'" .. text .. "'" or error("not a name that this job takes: " .. text, 0) end
local function account(user, host) return plain(user) .. "@" .. plain(host) end

local admin = connect(config.user or "root", job.need("MYSQL_PWD"))

local function logs_in(user, password)
  local ok, e = pcall(function()
    local c <close> = connect(user, password)
    c:query("select 1")
  end)
  if not ok and not tostring(e):find("Access denied", 1, true) then error(e, 0) end
  return ok
end

for _, d in ipairs(config.databases) do
  local user, host = d.user or d.name, d.from or "%"
  local secret = job.secret(bao, mount, d.secret or "mariadb/" .. d.name, {
    username = user, password = function() return crypto.random(32) end, database = d.name, host = config.host, port = tostring(config.port or 3306),
  })
  if not admin:query_one("select 1 as found from information_schema.schemata where schema_name = ?", { d.name }) then
    job.change("make the database " .. d.name, function() admin:execute("create database " .. name(d.name) .. " character set utf8mb4") end)
  end
  -- A password is letters and digits, so that it stands in a statement as it is.
  local password = secret.password:find("^%w+$") and "'" .. secret.password .. "'" or error("the password of " .. user .. " has other characters than letters and digits", 0)
  local fresh = not admin:query_one("select 1 as found from mysql.user where user = ? and host = ?", { user, host })
  if fresh then
    job.change("make the user " .. user, function() admin:execute("create user " .. account(user, host) .. " identified by " .. password) end)
  elseif not logs_in(user, secret.password) then
    job.change("give the user " .. user .. " the password of its secret", function()
      admin:execute("alter user " .. account(user, host) .. " identified by " .. password)
    end)
  end
  local granted = admin:query_one("select count(*) as n from information_schema.schema_privileges where grantee = ? and table_schema = ?", { account(user, host), d.name })
  if granted.n == 0 then
    job.change(("grant all on %s to %s"):format(d.name, user), function()
      admin:execute(("grant all privileges on %s.* to %s"):format(name(d.name), account(user, host)))
    end)
  end
end
admin:close()
job.done()
