--- What the modules of custom resources share: a client of the Kubernetes API that reads objects of some groups.

local rest = require("./rest")
local request = require("../k8s/request")

local M = {}

---@class custom.Client
---@field module string What errors begin with.
---@field options table Those of assay.k8s.
local Client = {}
Client.__index = Client

--- Makes a client: of the API server at url, or without one of the cluster that assay.k8s finds.
---@param module string
---@param url string?
---@param token string?
---@param options table?
---@return custom.Client
function M.client(module, url, token, options)
  local o = rest.without(options)
  o.base_url, o.token = url, token
  return setmetatable({ module = module, options = o }, Client)
end

--- The path of an object, or of a list.
---@param api string "GROUP/VERSION"
---@param ns string? nil for kinds without a namespace, and for all namespaces.
---@param plural string
---@param name string?
---@return string
function M.path(api, ns, plural, name)
  local path = "/apis/" .. api
  if ns and ns ~= "" then path = path .. rest.path("/namespaces/{}", ns) end
  path = path .. "/" .. plural
  return name and path .. rest.path("/{}", name) or path
end

--- Makes a request and gives what it says. good is "2xx" or 200.
---@return any
function Client:ask(operation, method, path, given, good)
  local response = request._send(method, path, given, self.options)
  if response.status ~= 200 and not (good == "2xx" and response.ok) then
    rest.fail(self.module .. ".http", ("%s.%s: HTTP %d: %s"):format(self.module, operation, response.status, response.body), response)
  end
  return rest.client(self.module, "x"):decode(operation, response)
end

--- Reads an object: nil for one that is not there.
---@return table?
function Client:read(operation, path)
  local response = request._send("GET", path, nil, self.options)
  if response.status == 404 then return nil end
  if response.status ~= 200 then
    rest.fail(self.module .. ".http", ("%s.%s: HTTP %d: %s"):format(self.module, operation, response.status, response.body), response)
  end
  return rest.client(self.module, "x"):decode(operation, response)
end

--- Reads a List over all its pages. With missing, a kind that is not there is an empty one.
---@return table
function Client:list(operation, path, query, missing)
  local whole
  local q = rest.without(query)
  repeat
    local page
    if missing and not whole then
      local response = request._send("GET", path, { query = q }, self.options)
      if response.status == 404 then return { items = json.array() } end
      if response.status ~= 200 then
        rest.fail(self.module .. ".http", ("%s.%s: HTTP %d: %s"):format(self.module, operation, response.status, response.body), response)
      end
      page = rest.client(self.module, "x"):decode(operation, response) or {}
    else
      page = self:ask(operation, "GET", path, { query = q }) or {}
    end
    if not whole then
      whole = page
      whole.items = page.items or json.array()
    else
      for _, item in ipairs(page.items or {}) do whole.items[#whole.items + 1] = item end
      whole.metadata = page.metadata
    end
    q.continue = page.metadata and page.metadata.continue
    if q.continue == "" then q.continue = nil end
  until not q.continue
  return whole
end

--- Whether a condition of an object is True.
---@return boolean
function M.is(object, kind)
  local c = rest.condition(object, kind)
  return c ~= nil and c.status == "True"
end

--- Counts objects: {GOOD = n, BAD = n, total = n, BAD_names = {...}}.
---@return table
function M.count(items, good, bad, is)
  local out = { [good] = 0, [bad] = 0, total = 0, [bad .. "_names"] = json.array() }
  for _, item in ipairs(items) do
    out.total = out.total + 1
    if is(item) then
      out[good] = out[good] + 1
    else
      out[bad] = out[bad] + 1
      table.insert(out[bad .. "_names"], item.metadata and item.metadata.name)
    end
  end
  return out
end

return M
