--- Reads and writes documents and indices of OpenSearch, and of Elasticsearch as far as the two agree.
---
---     local opensearch = require("assay.opensearch")
---     local client = opensearch.client("https://opensearch:9200", {username = "admin", password = env.get("PASSWORD")})
---     client:wait_health("green", 120)
---     print(client:count("logs-*", {term = {level = "error"}}))
---
--- What is not there is nil where the entry says so. An answer with a bad status raises an error with `code` ("opensearch.http"),
--- `status` and `body`.

local rest = require("./internal/rest")

local M = {}

---@alias opensearch.code
---| "opensearch.http" # The server answered with a failure; e.status and e.body have it.
---| "opensearch.answer" # The answer is no JSON.
---| "opensearch.bulk" # Some of what bulk was given was refused; the message has the first, e.items all.
---| "opensearch.timeout" # The cluster was not as wanted in time.

---@class opensearch.Options
---@field username? string A name, with password.
---@field password? string Its password.
---@field api_key? string Sent as "Authorization: ApiKey ...".
---@field timeout? number Of each request, in seconds, and other options of http.request; and http, a client of http.client.

--- A cluster.
---@class opensearch.Client
---@field url string The server.
local Client = {}
Client.__index = Client

--- Makes a client. Nothing is asked yet.
---
---     local client = opensearch.client("https://opensearch:9200", {username = "admin", password = password, ca_cert_file = "ca.crt"})
---@param url string
---@param options opensearch.Options?
---@return opensearch.Client
function M.client(url, options)
  local o = options or {}
  local who = o.api_key and function() return { authorization = "ApiKey " .. o.api_key } end or rest.credentials(nil, o.username, o.password)
  local r = rest.client("opensearch", url, rest.without(o, "username", "password", "api_key"), who)
  return setmetatable({ rest = r, url = r.base }, Client)
end

local function read(self, operation, path, query) return (self.rest:call(operation, "GET", path, { query = query, missing = true })) end

local function send(self, operation, method, path, body, query)
  return (self.rest:call(operation, method, path, { body = body and rest.without(body), query = query, ok = "2xx" }))
end

--- Reads what the server is.
---
---     print(client:info().version.number)
---@return table
function Client:info() return self.rest:get("info", "/") end

--- Reads how the cluster is.
---
---     assert.eq(client:health().status, "green")
---@return {status: "green"|"yellow"|"red", number_of_nodes: integer, unassigned_shards: integer}
function Client:health() return self.rest:get("health", "/_cluster/health") end

local rank = { red = 0, yellow = 1, green = 2 }

--- Waits until the cluster is as good as wanted. Failures to ask count as not yet.
---
---     client:wait_health("yellow", 120)
---@param status "green"|"yellow" Or better.
---@param timeout? number Seconds; 60 unless given.
---@param interval? number Between looks, in seconds; 2 unless given.
---@return boolean # true; when it takes too long, it raises.
function Client:wait_health(status, timeout, interval)
  return rest.wait("opensearch", "opensearch.wait_health: " .. status, timeout or 60, interval or 2, function()
    local ok, health = pcall(self.health, self)
    return ok and (rank[health.status] or 0) >= rank[status]
  end)
end

--- Lists indices.
---
---     for _, i in ipairs(client:indices("logs-*")) do print(i.index, i.health, i["docs.count"], i["store.size"]) end
---@param pattern? string All unless given.
---@return table[] # Numbers are texts, sizes in bytes.
function Client:indices(pattern)
  return (self.rest:call("indices", "GET", "/_cat/indices" .. (pattern and rest.path("/{}", pattern) or ""), { query = { format = "json", bytes = "b" } }))
end

--- Tells whether an index is there.
---
---     if not client:index_exists("shop") then client:create_index("shop") end
---@param index string
---@return boolean
function Client:index_exists(index) return self.rest:send("HEAD", rest.path("/{}", index)).status == 200 end

--- Makes an index.
---
---     client:create_index("shop", {settings = {number_of_replicas = 1}, mappings = {properties = {at = {type = "date"}}}})
---@param index string
---@param options table? settings, mappings, aliases.
---@return table
function Client:create_index(index, options) return send(self, "create_index", "PUT", rest.path("/{}", index), options or {}) end

--- Deletes an index, with all its documents.
---
---     client:delete_index("old")
---@param index string
function Client:delete_index(index) send(self, "delete_index", "DELETE", rest.path("/{}", index)) end

--- Reads a document.
---
---     local doc = client:get("shop", "42")
---@param index string
---@param id string
---@return table|nil source Its fields.
function Client:get(index, id)
  local found = read(self, "get", rest.path("/{}/_doc/{}", index, id))
  return found and found._source
end

--- Writes a document, in place of one of the same id.
---
---     client:put("shop", "42", {name = "tea"}, {refresh = true})
---@param index string
---@param id string|nil One is made up without.
---@param doc table
---@param options table? Parameters: refresh, routing, op_type, ...
---@return {_id: string, result: "created"|"updated"}
function Client:put(index, id, doc, options)
  if id == nil then return send(self, "put", "POST", rest.path("/{}/_doc", index), doc, options) end
  return send(self, "put", "PUT", rest.path("/{}/_doc/{}", index, id), doc, options)
end

--- Deletes a document.
---
---     client:delete("shop", "42")
---@param index string
---@param id string
---@return boolean deleted Whether it was there.
function Client:delete(index, id)
  local response = self.rest:send("DELETE", rest.path("/{}/_doc/{}", index, id))
  if response.status ~= 404 and not response.ok then self.rest:refuse("delete", response) end
  return response.ok
end

--- Finds documents.
---
---     local found = client:search("logs-*", {query = {term = {level = "error"}}, size = 10})
---     for _, hit in ipairs(found.hits.hits) do print(hit._source.message) end
---@param index string
---@param body table query, size, sort, aggs, ...
---@return {hits: table, aggregations: table?}
function Client:search(index, body) return send(self, "search", "POST", rest.path("/{}/_search", index), body) end

--- Counts documents.
---
---     print(client:count("logs-*", {term = {level = "error"}}))
---@param index string
---@param query? table All unless given.
---@return integer
function Client:count(index, query) return send(self, "count", "POST", rest.path("/{}/_count", index), { query = query }).count end

--- Writes many documents at once.
---
---     client:bulk("shop", {{id = "1", doc = {name = "tea"}}, {id = "2", delete = true}})
---@param index string
---@param items {id: string?, doc: table?, delete: boolean?}[]
---@param options table? Parameters: refresh, routing, ...
---@return integer # How many were taken; when one is not, it raises.
function Client:bulk(index, items, options)
  local lines = {}
  for _, item in ipairs(items) do
    lines[#lines + 1] = json.encode(item.delete and { delete = { _id = item.id } } or { index = json.object({ _id = item.id }) })
    if not item.delete then lines[#lines + 1] = json.encode(item.doc) end
  end
  local answer, response = self.rest:call("bulk", "POST", rest.path("/{}/_bulk", index), {
    body = table.concat(lines, "\n") .. "\n", query = options, headers = { ["content-type"] = "application/x-ndjson" },
  })
  if not answer.errors then return #answer.items end
  for i, item in ipairs(answer.items) do
    local _, done = next(item)
    if done.error then
      local why = type(done.error) == "table" and done.error.reason or tostring(done.error)
      local ok, e = pcall(rest.fail, "opensearch.bulk", ("opensearch.bulk: item %d: %s"):format(i, why), response)
      if not ok then e.items = answer.items end
      error(e, 0)
    end
  end
  return #answer.items
end

return M
