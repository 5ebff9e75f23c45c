--- Reads dashboards, data sources and alert rules of Grafana, and writes annotations.
---
---     local grafana = require("assay.grafana")
---     local client = grafana.client("http://grafana:3000", {api_key = env.get("GRAFANA_TOKEN")})
---     client:create_annotation{text = "deployed 1.2", tags = {"deploy"}}
---
--- An answer with another status than 200 raises an error with `code` ("grafana.http"), `status` and `body`.

local rest = require("./internal/rest")

local M = {}

---@alias grafana.code
---| "grafana.http" # The server answered with a failure; e.status and e.body have it.
---| "grafana.answer" # The answer is no JSON.

---@class grafana.Options
---@field api_key? string A token of a service account.
---@field username? string A name, with password.
---@field password? string Its password.
---@field timeout? number Of each request, in seconds, and other options of http.request; and http, a client of http.client.

---@class grafana.SearchOptions
---@field query? string A part of the title.
---@field type? "dash-db"|"dash-folder" What to find; without it, both.
---@field tag? string|string[] One or several tags.
---@field limit? integer How many at most.

---@class grafana.AnnotationOptions
---@field from? integer Since when, in milliseconds since 1970.
---@field to? integer Until when, likewise.
---@field dashboard_id? integer Of one dashboard.
---@field limit? integer How many at most.
---@field tags? string[] With all of these tags.

--- A server.
---@class grafana.Client
---@field url string The server.
local Client = {}
Client.__index = Client

--- Makes a client. Nothing is asked yet.
---
---     local client = grafana.client("https://grafana", {username = "admin", password = env.get("GRAFANA_PASSWORD")})
---@param url string
---@param options grafana.Options?
---@return grafana.Client
function M.client(url, options)
  local o = options or {}
  local r = rest.client("grafana", url, rest.without(o, "api_key", "username", "password"), rest.credentials(o.api_key, o.username, o.password))
  return setmetatable({ rest = r, url = r.base }, Client)
end

--- Asks how the server is.
---
---     assert.eq(client:health().database, "ok")
---@return {database: string, version: string, commit: string}
function Client:health() return (self.rest:call("health", "GET", "/api/health", { auth = false })) end

--- Lists the data sources.
---
---     for _, d in ipairs(client:datasources()) do print(d.name, d.type) end
---@return table[]
function Client:datasources() return self.rest:get("datasources", "/api/datasources") end

--- Reads a data source.
---
---     print(client:datasource("prometheus").url, client:datasource(1).url)
---@param id integer|string A number, or the text of a uid.
---@return table
function Client:datasource(id)
  local path = type(id) == "number" and "/api/datasources/{}" or "/api/datasources/uid/{}"
  return self.rest:get("datasource", rest.path(path, id))
end

--- Finds dashboards and folders.
---
---     for _, found in ipairs(client:search{query = "api", type = "dash-db"}) do print(found.uid, found.title) end
---@param options grafana.SearchOptions?
---@return table[]
function Client:search(options) return (self.rest:call("search", "GET", "/api/search", { query = options })) end

--- Reads a dashboard.
---
---     print(client:dashboard("cIBgcSjkk").dashboard.title)
---@param uid string
---@return {dashboard: table, meta: table}
function Client:dashboard(uid) return self.rest:get("dashboard", rest.path("/api/dashboards/uid/{}", uid)) end

--- Lists annotations.
---
---     print(#client:annotations{tags = {"deploy"}, limit = 10})
---@param options grafana.AnnotationOptions?
---@return table[]
function Client:annotations(options)
  return (self.rest:call("annotations", "GET", "/api/annotations", { query = rest.renamed(options, { dashboard_id = "dashboardId" }) }))
end

--- Writes an annotation.
---
---     client:create_annotation{text = "deployed 1.2", tags = {"deploy"}, time = math.floor(time() * 1000)}
---@param annotation table text, tags, time and timeEnd (milliseconds since 1970), dashboardUID, panelId.
---@return {id: integer, message: string}
function Client:create_annotation(annotation)
  return (self.rest:call("create_annotation", "POST", "/api/annotations", { body = annotation }))
end

--- Reads the organization of whoever asks.
---
---     print(client:org().name)
---@return {id: integer, name: string}
function Client:org() return self.rest:get("org", "/api/org") end

--- Lists the alert rules.
---
---     for _, rule in ipairs(client:alert_rules()) do print(rule.title) end
---@return table[]
function Client:alert_rules() return self.rest:get("alert_rules", "/api/v1/provisioning/alert-rules") end

--- Lists the folders.
---
---     for _, folder in ipairs(client:folders()) do print(folder.uid, folder.title) end
---@return table[]
function Client:folders() return self.rest:get("folders", "/api/folders") end

return M
