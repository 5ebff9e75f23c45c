--- Finds the API server and makes requests.

local rest = require("../internal/rest")

local M = {}

-- The options of this module; what else there is goes to http.request.
local own = {
  "base_url", "token", "kubeconfig", "context", "label_selector", "field_selector", "limit", "page_size", "content_type", "type",
  "propagation", "grace_period", "field_manager", "force", "dry_run", "namespace", "condition", "jsonpath", "deleted", "interval",
  "tail", "container", "previous", "since", "follow", "timestamps", "all_containers", "resource_version", "revision", "kind", "name",
  "subresource", "audiences", "expiration", "delete_emptydir", "within", "kinds",
}

local function access(o)
  if not kube then
    rest.fail("k8s.config", "k8s: this script may not look for a cluster: give base_url and token")
  end
  local ok, found = pcall(kube.access, { kubeconfig = o.kubeconfig, context = o.context })
  if ok then return found end
  if found.code ~= "kube.config" then error(found, 0) end
  local why = found.message:gsub("^kube.access: ", "")
  if not o.kubeconfig and not env.get("KUBECONFIG") then why = "not running in a Kubernetes pod (" .. why .. ")" end
  rest.fail("k8s.config", "k8s: " .. why)
end

--- A client of the API server, made anew so that tokens are current.
function M._connect(o)
  o = o or {}
  local options = rest.without(o, table.unpack(own))
  if o.base_url then
    return rest.client("k8s", o.base_url, options, function() return { authorization = o.token and "Bearer " .. o.token } end)
  end
  local found = access(o)
  for key, value in pairs(found.options) do
    if options[key] == nil then options[key] = value end
  end
  if o.token then options.auth = { bearer = o.token } end
  return rest.client("k8s", found.server, options), found
end

--- The server's URL and the namespace of the context.
function M._place(o)
  if o and o.base_url then return o.base_url, "default" end
  local found = access(o or {})
  return found.server, found.namespace
end

--- Asks with a client; when its token was refused, once more with a client that has read it anew.
function M._heal(o, ask)
  local response = ask(M._connect(o))
  if response.status == 401 and not (o and (o.base_url or o.token)) then response = ask(M._connect(o)) end
  return response
end

--- Makes a request.
function M._send(method, path, given, o)
  return M._heal(o, function(client) return client:send(method, path, given) end)
end

local tls = { "ca_cert", "ca_cert_file", "client_cert", "client_cert_file", "client_key", "client_key_file", "insecure", "server_name" }

local function open(client, path, protocols)
  local given = client:_given(path)
  if given.proxy then rest.fail("k8s.config", "k8s: there is no way for a WebSocket through the proxy of this cluster") end
  local auth, headers = given.auth, given.headers
  if auth and auth.bearer then headers.authorization = "Bearer " .. auth.bearer end
  if auth and auth.username then headers.authorization = "Basic " .. base64.encode(auth.username .. ":" .. (auth.password or "")) end
  local options = { headers = headers, subprotocols = protocols, max_message = 16 * 2 ^ 20 }
  for _, name in ipairs(tls) do options[name] = given[name] end
  return ws.connect(given.url:gsub("^http", "ws"), options)
end

--- Opens a WebSocket; what the server refuses is the error of a request.
function M._open(path, protocols, o)
  if not ws then rest.fail("k8s.config", "k8s: only scripts open WebSockets, not checks") end
  local conn
  M._heal(o, function(client)
    local ok, e = pcall(open, client, path, protocols)
    if ok then
      conn = e
      return { status = 101 }
    end
    if type(e) == "string" or e.code ~= "ws.handshake" then error(e, 0) end
    -- Why it was refused, the answer to the same request without a handshake tells.
    local answer = client:send("GET", path)
    if answer.status == 401 then return answer end
    if not tostring(e):find("status " .. answer.status, 1, true) then error(e, 0) end
    rest.fail("k8s.http", ("k8s.get: HTTP %d %s: %s"):format(answer.status, path, answer.body), answer)
  end)
  if not conn then rest.fail("k8s.http", "k8s.get: HTTP 401 " .. path .. ": the token is refused") end
  return conn
end

--- Gives the JSON of an answer. good is 200 unless it is "2xx"; with missing, nil is given for 404.
function M._ask(verb, method, path, given, o, good, missing)
  local response = M._send(method, path, given, o)
  if missing and response.status == 404 then return nil, response end
  if not (good == "2xx" and response.ok or response.status == 200) then
    rest.fail("k8s.http", ("k8s.%s: HTTP %d %s: %s"):format(verb, response.status, path, response.body), response)
  end
  return rest.client("k8s", "x"):decode(verb, response), response
end

--- A function that sets query to the next page behind the one that it gets, and tells whether there is one. Pages may be empty,
--- since a server can leave out what is on them; one that gives nothing else, or the same page again, would be asked for ever.
function M._pages(query)
  local empty = 0
  return function(page, response)
    local next = page.metadata and page.metadata.continue
    if not next or next == "" then return false end
    if next == query.continue then rest.fail("k8s.answer", "k8s.get: the server gives the same page again", response) end
    empty = (not page.items or #page.items == 0) and empty + 1 or 0
    if empty > 1000 then rest.fail("k8s.answer", "k8s.get: the server gives 1000 pages without an object", response) end
    query.continue = next
    return true
  end
end

--- Gets any path of the API.
---
---     print(k8s.get("/version").gitVersion)
---@param path string
---@param options k8s.Options?
---@return table
function M.get(path, options) return (M._ask("get", "GET", path, nil, options)) end

--- Posts to any path of the API.
---
---     k8s.post("/api/v1/namespaces", {metadata = {name = "shop"}})
---@param path string
---@param body table|string
---@param options k8s.Options?
---@return table
function M.post(path, body, options) return (M._ask("post", "POST", path, { body = body }, options, "2xx")) end

--- Replaces what is at a path of the API.
---
---     k8s.put("/api/v1/namespaces/shop/configmaps/c", configmap)
---@param path string
---@param body table|string
---@param options k8s.Options?
---@return table
function M.put(path, body, options) return (M._ask("put", "PUT", path, { body = body }, options, "2xx")) end

local patches = {
  merge = "application/merge-patch+json", strategic = "application/strategic-merge-patch+json",
  json = "application/json-patch+json", apply = "application/apply-patch+yaml",
}

--- Patches what is at a path of the API: as a merge patch, unless type ("strategic", "json") or content_type say
--- otherwise.
---
---     k8s.patch("/api/v1/namespaces/shop", {metadata = {labels = {team = "a"}}})
---     k8s.patch("/api/v1/namespaces/shop", {{op = "remove", path = "/metadata/labels/team"}}, {type = "json"})
---@param path string
---@param body table|string
---@param options k8s.Options?
---@return table
function M.patch(path, body, options)
  local o = options or {}
  local kind = o.content_type or patches[o.type or "merge"]
  if not kind then error("k8s.patch: type must be merge, strategic, json or apply, got " .. tostring(o.type), 2) end
  return (M._ask("patch", "PATCH", path, { body = body, headers = { ["content-type"] = kind }, query = o.query }, rest.without(o, "query"), "2xx"))
end

--- Deletes what is at a path of the API.
---
---     k8s.delete("/api/v1/namespaces/shop/pods/api-0", {grace_period = 0})
---@param path string
---@param options k8s.Options? And propagation ("Foreground", "Background", "Orphan"), grace_period (seconds), dry_run.
function M.delete(path, options)
  local o = options or {}
  local query = { propagationPolicy = o.propagation, gracePeriodSeconds = o.grace_period, dryRun = o.dry_run and "All" or nil }
  M._ask("delete", "DELETE", path, { query = query }, o, "2xx")
end

return M
