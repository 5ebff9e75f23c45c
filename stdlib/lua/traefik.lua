--- Reads what Traefik routes, through its API.
---
---     local traefik = require("assay.traefik")
---     assert(traefik.is_router_enabled("http://traefik:8080", "shop@kubernetes"))
---
--- An answer with another status than 200 raises an error with `code` ("traefik.http"), `status` and `body`. The last
--- argument of each function may be options of http.request, and `http`, a client of http.client.

local rest = require("./internal/rest")

local M = {}

---@alias traefik.code
---| "traefik.http" # The server answered with a failure; e.status and e.body have it.
---| "traefik.answer" # The answer is no JSON.

-- Lists come in pages of 100; the header names the next one, which is 1 at the end.
local function get(operation, url, path, options)
  local client, whole, page = rest.client("traefik", url, options), nil, nil
  repeat
    local part, response = client:call(operation, "GET", path, { query = { page = page } })
    if whole then
      for _, item in ipairs(part) do whole[#whole + 1] = item end
    else
      whole = part
    end
    local next = tonumber(response.headers["x-next-page"])
    page = next and next > (page or 1) and next or nil
  until not page
  return whole
end

--- Reads how many routers, services and middlewares there are, and with how many errors.
---
---     print(json.encode(traefik.overview(url)))
---@param url string
---@param options http.Options?
---@return table
function M.overview(url, options) return get("overview", url, "/api/overview", options) end

--- Reads the version.
---
---     print(json.encode(traefik.version(url)))
---@param url string
---@param options http.Options?
---@return {Version: string, Codename: string}
function M.version(url, options) return get("version", url, "/api/version", options) end

--- Lists the entry points.
---
---     print(json.encode(traefik.entrypoints(url)))
---@param url string
---@param options http.Options?
---@return table[]
function M.entrypoints(url, options) return get("entrypoints", url, "/api/entrypoints", options) end

--- Reads an entry point.
---
---     print(traefik.entrypoint(url, "main").name)
---@param url string
---@param name string Such as "shop@kubernetes".
---@param options http.Options?
---@return table
function M.entrypoint(url, name, options) return get("entrypoint", url, rest.path("/api/entrypoints/{}", name), options) end

--- Lists the routers of HTTP.
---
---     print(json.encode(traefik.http_routers(url)))
---@param url string
---@param options http.Options?
---@return table[]
function M.http_routers(url, options) return get("http_routers", url, "/api/http/routers", options) end

--- Reads a router of HTTP.
---
---     print(traefik.http_router(url, "main").name)
---@param url string
---@param name string Such as "shop@kubernetes".
---@param options http.Options?
---@return table
function M.http_router(url, name, options) return get("http_router", url, rest.path("/api/http/routers/{}", name), options) end

--- Lists the services of HTTP.
---
---     print(json.encode(traefik.http_services(url)))
---@param url string
---@param options http.Options?
---@return table[]
function M.http_services(url, options) return get("http_services", url, "/api/http/services", options) end

--- Reads a service of HTTP.
---
---     print(traefik.http_service(url, "main").name)
---@param url string
---@param name string Such as "shop@kubernetes".
---@param options http.Options?
---@return table
function M.http_service(url, name, options) return get("http_service", url, rest.path("/api/http/services/{}", name), options) end

--- Lists the middlewares of HTTP.
---
---     print(json.encode(traefik.http_middlewares(url)))
---@param url string
---@param options http.Options?
---@return table[]
function M.http_middlewares(url, options) return get("http_middlewares", url, "/api/http/middlewares", options) end

--- Reads a middleware of HTTP.
---
---     print(traefik.http_middleware(url, "main").name)
---@param url string
---@param name string Such as "shop@kubernetes".
---@param options http.Options?
---@return table
function M.http_middleware(url, name, options) return get("http_middleware", url, rest.path("/api/http/middlewares/{}", name), options) end

--- Lists the routers of TCP.
---
---     print(json.encode(traefik.tcp_routers(url)))
---@param url string
---@param options http.Options?
---@return table[]
function M.tcp_routers(url, options) return get("tcp_routers", url, "/api/tcp/routers", options) end

--- Lists the services of TCP.
---
---     print(json.encode(traefik.tcp_services(url)))
---@param url string
---@param options http.Options?
---@return table[]
function M.tcp_services(url, options) return get("tcp_services", url, "/api/tcp/services", options) end

--- Reads all there is.
---
---     print(json.encode(traefik.rawdata(url)))
---@param url string
---@param options http.Options?
---@return table
function M.rawdata(url, options) return get("rawdata", url, "/api/rawdata", options) end

--- Tells whether a router is enabled.
---
---     assert(traefik.is_router_enabled(url, "shop@kubernetes"))
---@param url string
---@param name string
---@param options http.Options?
---@return boolean
function M.is_router_enabled(url, name, options) return M.http_router(url, name, options).status == "enabled" end

--- Tells whether a router has TLS.
---
---     assert(traefik.router_has_tls(url, "shop@kubernetes"))
---@param url string
---@param name string
---@param options http.Options?
---@return boolean
function M.router_has_tls(url, name, options) return M.http_router(url, name, options).tls ~= nil end

--- Counts the servers of a service.
---
---     assert.gt(traefik.service_server_count(url, "shop@kubernetes"), 0)
---@param url string
---@param name string
---@param options http.Options?
---@return integer
function M.service_server_count(url, name, options)
  local balancer = M.http_service(url, name, options).loadBalancer
  return balancer and #(balancer.servers or {}) or 0
end

--- Counts the routers of HTTP that are enabled, and those that are not.
---
---     local enabled, errored = traefik.healthy_routers(url)
---     assert.eq(errored, 0)
---@param url string
---@param options http.Options?
---@return integer enabled
---@return integer errored
function M.healthy_routers(url, options)
  local enabled, errored = 0, 0
  for _, router in ipairs(M.http_routers(url, options)) do
    if router.status == "enabled" then enabled = enabled + 1 else errored = errored + 1 end
  end
  return enabled, errored
end

return M
