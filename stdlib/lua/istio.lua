--- Reads how Istio routes, and shifts traffic between versions.
---
---     local istio = require("assay.istio")
---     local client = istio.client() -- the cluster that assay.k8s finds
---     client:set_weights("shop", "api", {stable = 90, canary = 10})
---
--- Without a URL the cluster is the one that assay.k8s finds, and options are those of assay.k8s. What is not there is nil, and a list of it empty. An answer
--- with another bad status raises an error with `code` ("istio.http"), `status` and `body`.

local rest = require("./internal/rest")
local custom = require("./internal/custom")

local M = {}

---@alias istio.code
---| "istio.http" # The API server answered with a failure; e.status and e.body have it.
---| "istio.answer" # The answer is no JSON.
---| "istio.missing" # There is no such object, or no route with such destinations.

--- A cluster.
---@class istio.Client
local Client = {}
Client.__index = Client

--- Makes a client. Nothing is asked yet.
---
---     local client = istio.client("https://kubernetes.default.svc", token, {ca_cert_file = "ca.crt"})
---@param url? string The API server; without it the cluster is looked for.
---@param token? string Who asks.
---@param options k8s.Options?
---@return istio.Client
function M.client(url, token, options) return setmetatable({ api = custom.client("istio", url, token, options) }, Client) end

local function path(group, ns, plural, name) return custom.path(group .. ".istio.io/v1", ns, plural, name) end

--- Lists virtual services.
---
---     for _, v in ipairs(client:virtual_services("shop").items) do print(v.metadata.name, table.concat(v.spec.hosts, " ")) end
---@param ns string
---@return {items: table[]}
function Client:virtual_services(ns) return self.api:list("virtual_services", path("networking", ns, "virtualservices"), nil, true) end

--- Reads a virtual service.
---
---     print(#client:virtual_service("shop", "api").spec.http)
---@param ns string
---@param name string
---@return table|nil
function Client:virtual_service(ns, name) return self.api:read("virtual_service", path("networking", ns, "virtualservices", name)) end

--- Lists destination rules.
---
---     print(#client:destination_rules("shop").items)
---@param ns string
---@return {items: table[]}
function Client:destination_rules(ns) return self.api:list("destination_rules", path("networking", ns, "destinationrules"), nil, true) end

--- Reads a destination rule.
---
---     for _, s in ipairs(client:destination_rule("shop", "api").spec.subsets) do print(s.name) end
---@param ns string
---@param name string
---@return table|nil
function Client:destination_rule(ns, name) return self.api:read("destination_rule", path("networking", ns, "destinationrules", name)) end

--- Lists gateways.
---
---     print(#client:gateways("istio-system").items)
---@param ns string
---@return {items: table[]}
function Client:gateways(ns) return self.api:list("gateways", path("networking", ns, "gateways"), nil, true) end

--- Lists service entries: what the mesh knows outside of it.
---
---     print(#client:service_entries("shop").items)
---@param ns string
---@return {items: table[]}
function Client:service_entries(ns) return self.api:list("service_entries", path("networking", ns, "serviceentries"), nil, true) end

--- Lists peer authentications: where mutual TLS is wanted.
---
---     for _, p in ipairs(client:peer_authentications("shop").items) do print(p.spec.mtls.mode) end
---@param ns string
---@return {items: table[]}
function Client:peer_authentications(ns) return self.api:list("peer_authentications", path("security", ns, "peerauthentications"), nil, true) end

--- Lists authorization policies.
---
---     print(#client:authorization_policies("shop").items)
---@param ns string
---@return {items: table[]}
function Client:authorization_policies(ns) return self.api:list("authorization_policies", path("security", ns, "authorizationpolicies"), nil, true) end

-- The routes of a virtual service to several destinations: those of a name, or the first.
local function route(self, operation, ns, name, of)
  local o = self:virtual_service(ns, name)
  if not o then rest.fail("istio.missing", ("istio.%s: virtual service %s/%s not found"):format(operation, ns, name)) end
  for i, http_route in ipairs(o.spec.http or {}) do
    if of and http_route.name == of or not of and #(http_route.route or {}) > 1 then return o, i, http_route.route or {} end
  end
  rest.fail("istio.missing", ("istio.%s: virtual service %s/%s has no route %s"):format(operation, ns, name, of or "to several destinations"))
end

local function label(destination) return destination.subset or destination.host end

--- Tells how the traffic of a virtual service is shared.
---
---     print(client:weights("shop", "api").canary)
---@param ns string
---@param name string
---@param of? string The name of a route for HTTP; the first to several destinations unless given.
---@return table<string, integer> # In percent, by subset, or host where there is none.
function Client:weights(ns, name, of)
  local _, _, routes = route(self, "weights", ns, name, of)
  local weights = {}
  for _, r in ipairs(routes) do weights[label(r.destination)] = r.weight or (#routes == 1 and 100 or 0) end
  return weights
end

--- Shares the traffic of a virtual service. Destinations that are not named get nothing. When somebody has changed it meanwhile,
--- it raises an error with the status 409.
---
---     client:set_weights("shop", "api", {stable = 90, canary = 10})
---@param ns string
---@param name string
---@param weights table<string, integer> In percent, by subset, or host where there is none; 100 in all.
---@param of? string The name of a route for HTTP; the first to several destinations unless given.
---@return boolean changed Whether it was not so before.
function Client:set_weights(ns, name, weights, of)
  local o, _, routes = route(self, "set_weights", ns, name, of)
  local sum, left, changed = 0, rest.without(weights), false
  for _, r in ipairs(routes) do
    local weight = weights[label(r.destination)] or 0
    changed = changed or (r.weight or 0) ~= weight
    r.weight, sum, left[label(r.destination)] = weight, sum + weight, nil
  end
  local unknown = next(left)
  if unknown then rest.fail("istio.missing", ("istio.set_weights: virtual service %s/%s has no destination %s"):format(ns, name, unknown)) end
  if sum ~= 100 then error(("istio.set_weights: the weights are %g in all, want 100"):format(sum), 2) end
  if changed then self.api:ask("set_weights", "PUT", path("networking", ns, "virtualservices", name), { body = o }, "2xx") end
  return changed
end

return M
