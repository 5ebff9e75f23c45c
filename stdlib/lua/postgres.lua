--- Manages the users and databases of a PostgreSQL server.
---
---     local postgres = require("assay.postgres")
---     local pg = postgres.client("db", 5432, "admin", env.get("PGPASSWORD"))
---     pg:ensure_user("app", env.get("APP_PASSWORD"))
---     pg:ensure_database("shop", "app")
---
--- Statements are those of the builtin db, whose errors they raise. Calling it again changes nothing.
---@level script

local rest = require("./internal/rest")

local M = {}

--- A connection pool.
---@class postgres.Client
---@field conn db.Conn What the client talks through.
local Client = {}
Client.__index = Client

--- Writes a name so that it may stand in a statement.
---@param name string
---@return string
function M._quote_ident(name)
  if name == "" or name:find("\0", 1, true) then error("postgres: a name must not be empty or have a zero byte", 2) end
  return '"' .. name:gsub('"', '""') .. '"'
end

--- Writes a text so that it may stand in a statement.
---@param text string
---@return string
function M._quote_literal(text)
  if text:find("\0", 1, true) then error("postgres: a text must not have a zero byte", 2) end
  local quoted = "'" .. text:gsub("'", "''") .. "'"
  -- With a backslash, the server's standard_conforming_strings would decide what it means.
  if quoted:find("\\", 1, true) then quoted = "E" .. quoted:gsub("\\", "\\\\") end
  return quoted
end

--- Connects to a server.
---
---     local pg = postgres.client("db", 5432, "admin", env.get("PGPASSWORD"), "shop", {sslmode = "verify-full"})
---@param host string
---@param port integer?
---@param user string
---@param password string
---@param database string?
---@param options table? Those of db.connect, and sslmode and sslrootcert.
---@return postgres.Client
function M.client(host, port, user, password, database, options)
  local given, query = {}, {}
  for name, value in pairs(options or {}) do
    if name == "sslmode" or name == "sslrootcert" then
      query[#query + 1] = name .. "=" .. rest.escape(value)
    else
      given[name] = value
    end
  end
  table.sort(query)
  if host:find(":", 1, true) and not host:find("^%[") then host = "[" .. host .. "]" end
  local url = ("postgres://%s:%s@%s:%d/%s"):format(rest.escape(user), rest.escape(password), host, port or 5432, rest.escape(database or "postgres"))
  if #query > 0 then url = url .. "?" .. table.concat(query, "&") end
  return M.client_url(url, given)
end

--- Connects to the server of a URL.
---
---     local pg = postgres.client_url("postgres://admin@db/shop?sslmode=verify-full")
---@param url string postgres://user:password@host:port/database
---@param options db.ConnectOptions?
---@return postgres.Client
function M.client_url(url, options)
  return setmetatable({ conn = db.connect(url, options or {}) }, Client)
end

--- Connects with the username, password and database that a secret of Vault has.
---
---     local vault = require("assay.vault").client("http://vault:8200", env.get("VAULT_TOKEN"))
---     local pg = postgres.client_from_vault(vault, "shop/db", "db")
---@param vault table A client of assay.vault or assay.openbao.
---@param path string The secret in the mount "secrets".
---@param host string
---@param port integer?
---@param options table? mount, and those of client.
---@return postgres.Client
function M.client_from_vault(vault, path, host, port, options)
  local given, mount = {}, "secrets"
  for name, value in pairs(options or {}) do
    if name == "mount" then mount = value else given[name] = value end
  end
  local secret = vault:kv_get(mount, path)
  if not secret then error("postgres.client_from_vault: no secret " .. mount .. "/" .. path, 2) end
  local data = secret.data or secret
  if not data.username or not data.password then
    error("postgres.client_from_vault: the secret " .. mount .. "/" .. path .. " has no username or no password", 2)
  end
  return M.client(host, port, data.username, data.password, data.database, given)
end

--- Gives all rows.
---
---     for _, row in ipairs(pg:query("select id from orders where state = $1", {"open"})) do print(row.id) end
---@param sql string
---@param params table?
---@return table[]
function Client:query(sql, params) return self.conn:query(sql, params) end

--- Runs a statement that gives no rows.
---
---     print(pg:execute("delete from sessions where expires < now()").rows_affected)
---@param sql string
---@param params table?
---@return db.Outcome
function Client:execute(sql, params) return self.conn:execute(sql, params) end

--- Closes the connections.
---
---     pg:close()
function Client:close() self.conn:close() end

--- Tells whether there is a role of this name.
---
---     assert(pg:user_exists("app"))
---@param name string
---@return boolean
function Client:user_exists(name)
  return self.conn:query_one("select 1 as found from pg_roles where rolname = $1", { name }) ~= nil
end

--- Tells whether there is a database of this name.
---
---     assert(pg:database_exists("shop"))
---@param name string
---@return boolean
function Client:database_exists(name)
  return self.conn:query_one("select 1 as found from pg_database where datname = $1", { name }) ~= nil
end

--- Runs a statement that makes something, unless another has just made it: then false.
local function create(self, sql, exists, name)
  local ok, e = pcall(self.conn.execute, self.conn, sql)
  if ok then return true end
  if exists(self, name) then return false end
  error(e, 0)
end

--- Makes a user that may log in. One that exists is left as it is.
---
---     if pg:ensure_user("app", env.get("APP_PASSWORD"), {createdb = true}) then log.info("user made") end
---@param name string
---@param password string
---@param options { createdb: boolean?, superuser: boolean? }?
---@return boolean created
function Client:ensure_user(name, password, options)
  if self:user_exists(name) then return false end
  local sql = "create role " .. M._quote_ident(name) .. " login password " .. M._quote_literal(password)
  options = options or {}
  if options.createdb then sql = sql .. " createdb" end
  if options.superuser then sql = sql .. " superuser" end
  return create(self, sql, self.user_exists, name)
end

--- Gives a user another password.
---
---     pg:set_password("app", env.get("APP_PASSWORD"))
---@param name string
---@param password string
function Client:set_password(name, password)
  self.conn:execute("alter role " .. M._quote_ident(name) .. " login password " .. M._quote_literal(password))
end

--- Makes an extension in the client's database. One that exists is left as it is.
---
---     pg:ensure_extension("pg_trgm")
---@param name string
---@return boolean created
function Client:ensure_extension(name)
  if self:extension_exists(name) then return false end
  return create(self, "create extension " .. M._quote_ident(name), self.extension_exists, name)
end

--- Tells whether the client's database has an extension.
---
---     assert(pg:extension_exists("plpgsql"))
---@param name string
---@return boolean
function Client:extension_exists(name)
  return self.conn:query_one("select 1 as found from pg_extension where extname = $1", { name }) ~= nil
end

--- Makes a database. One that exists is left as it is.
---
---     pg:ensure_database("shop", "app")
---@param name string
---@param owner string?
---@return boolean created
function Client:ensure_database(name, owner)
  if self:database_exists(name) then return false end
  local sql = "create database " .. M._quote_ident(name)
  if owner then sql = sql .. " owner " .. M._quote_ident(owner) end
  return create(self, sql, self.database_exists, name)
end

--- Grants privileges on a database.
---
---     pg:grant("shop", "reader", "CONNECT, TEMPORARY")
---@param database string
---@param user string
---@param privileges string? Such as "CONNECT, TEMPORARY"; without it, all.
function Client:grant(database, user, privileges)
  privileges = privileges or "ALL PRIVILEGES"
  if not privileges:find("^[%a ,]+$") then error("postgres: privileges must be words, got " .. privileges, 2) end
  self.conn:execute("grant " .. privileges .. " on database " .. M._quote_ident(database) .. " to " .. M._quote_ident(user))
end

return M
