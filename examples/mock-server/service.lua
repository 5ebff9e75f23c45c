-- Stands in for an API that is described in a YAML file:
--
--   PORT=8080 assay examples/mock-server/service.lua mocks.yaml
local folder = arg[0]:match("^(.*)/[^/]*$") or "."
local mocks = yaml.parse(fs.read(arg[1] or folder .. "/mocks.yaml"))
local requests = {}

-- ${name} in a body is a parameter of the path.
local function fill(value, params)
  if type(value) == "string" then
    return (value:gsub("%${([%w_]+)}", params))
  elseif type(value) == "table" then
    local filled = {}
    for k, v in pairs(value) do filled[k] = fill(v, params) end
    return filled
  end
  return value
end

local routes = {middleware = {function(req, next)
  requests[#requests + 1] = {method = req.method, path = req.path, query = req.query, body = req.body}
  return next(req)
end}}
for _, mock in ipairs(mocks) do
  local method = mock.method or "GET"
  routes[method] = routes[method] or {}
  routes[method][mock.path] = function(req)
    if mock.delay then sleep(mock.delay) end
    return {status = mock.status, headers = mock.headers, json = mock.json and fill(mock.json, req.params), body = mock.body and fill(mock.body, req.params)}
  end
end
routes.GET = routes.GET or {}
routes.GET["/_requests"] = function() return {json = json.array(requests)} end

http.serve(tonumber(env.get("PORT", "0")), routes, {host = "127.0.0.1", ready = true})
