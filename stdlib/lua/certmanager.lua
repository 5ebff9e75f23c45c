--- Reads what cert-manager is doing: certificates, issuers, requests and ACME orders.
---
---     local certmanager = require("assay.certmanager")
---     local client = certmanager.client() -- the cluster that assay.k8s finds
---     client:wait_certificate_ready("shop", "api-tls", 120)
---
--- Without a URL the cluster is the one that assay.k8s finds, and options are those of assay.k8s. What is not there is nil, and a list of it empty. An answer
--- with another bad status raises an error with `code` ("certmanager.http"), `status` and `body`.

local rest = require("./internal/rest")
local custom = require("./internal/custom")

local M = {}

---@alias certmanager.code
---| "certmanager.http" # The API server answered with a failure; e.status and e.body have it.
---| "certmanager.answer" # The answer is no JSON.
---| "certmanager.timeout" # What was waited for did not come in time.

--- A cluster.
---@class certmanager.Client
local Client = {}
Client.__index = Client

--- Makes a client. Nothing is asked yet.
---
---     local client = certmanager.client("https://kubernetes.default.svc", token, {ca_cert_file = "ca.crt"})
---@param url? string The API server; without it the cluster is looked for.
---@param token? string Who asks.
---@param options k8s.Options?
---@return certmanager.Client
function M.client(url, token, options)
  return setmetatable({ api = custom.client("certmanager", url, token, options) }, Client)
end

--- Lists Certificates.
---
---     for _, o in ipairs(client:certificates("shop").items) do print(o.metadata.name) end
---@param ns string|nil The namespace; nil is all.
---@return {items: table[]}
function Client:certificates(ns) return self.api:list("certificates", custom.path("cert-manager.io/v1", ns, "certificates"), nil, true) end

--- Reads a Certificate.
---
---     local o = client:certificate("shop", "main")
---@param ns string
---@param name string
---@return table|nil
function Client:certificate(ns, name) return self.api:read("certificate", custom.path("cert-manager.io/v1", ns, "certificates", name)) end

--- Tells how a Certificate is.
---
---     local s = client:certificate_status("shop", "api-tls")
---     print(s and s.ready, s and s.not_after)
---@param ns string
---@param name string
---@return {ready: boolean, not_after: string?, not_before: string?, renewal_time: string?, revision: integer?, conditions: table[]}|nil # Times as RFC 3339.
function Client:certificate_status(ns, name)
  local o = self:certificate(ns, name)
  if not o then return nil end
  local s = o.status or {}
  return {
    ready = custom.is(o, "Ready"), not_after = s.notAfter, not_before = s.notBefore, renewal_time = s.renewalTime,
    revision = s.revision, conditions = s.conditions or json.array(),
  }
end

--- Tells whether a Certificate is ready. One that is not there is not.
---
---     assert(client:is_certificate_ready("shop", "main"))
---@param ns string
---@param name string
---@return boolean
function Client:is_certificate_ready(ns, name) return custom.is(self:certificate(ns, name), "Ready") end

--- Waits until a Certificate is ready. Errors are raised at once.
---
---     client:wait_certificate_ready("shop", "main", 120)
---@param ns string
---@param name string
---@param timeout? number Seconds; 300 unless given.
---@return boolean # true; when it takes too long, it raises.
function Client:wait_certificate_ready(ns, name, timeout)
  timeout = timeout or 300
  return rest.wait("certmanager", "certmanager.wait_certificate_ready: " .. ns .. "/" .. name, timeout, 5, function() return self:is_certificate_ready(ns, name) end)
end

--- Lists Issuers.
---
---     for _, o in ipairs(client:issuers("shop").items) do print(o.metadata.name) end
---@param ns string|nil The namespace; nil is all.
---@return {items: table[]}
function Client:issuers(ns) return self.api:list("issuers", custom.path("cert-manager.io/v1", ns, "issuers"), nil, true) end

--- Reads an Issuer.
---
---     local o = client:issuer("shop", "main")
---@param ns string
---@param name string
---@return table|nil
function Client:issuer(ns, name) return self.api:read("issuer", custom.path("cert-manager.io/v1", ns, "issuers", name)) end

--- Tells whether an Issuer is ready. One that is not there is not.
---
---     assert(client:is_issuer_ready("shop", "main"))
---@param ns string
---@param name string
---@return boolean
function Client:is_issuer_ready(ns, name) return custom.is(self:issuer(ns, name), "Ready") end

--- Lists ClusterIssuers.
---
---     for _, o in ipairs(client:cluster_issuers().items) do print(o.metadata.name) end
---@return {items: table[]}
function Client:cluster_issuers() return self.api:list("cluster_issuers", custom.path("cert-manager.io/v1", nil, "clusterissuers"), nil, true) end

--- Reads a ClusterIssuer.
---
---     local o = client:cluster_issuer("main")
---@param name string
---@return table|nil
function Client:cluster_issuer(name) return self.api:read("cluster_issuer", custom.path("cert-manager.io/v1", nil, "clusterissuers", name)) end

--- Tells whether a ClusterIssuer is ready. One that is not there is not.
---
---     assert(client:is_cluster_issuer_ready("main"))
---@param name string
---@return boolean
function Client:is_cluster_issuer_ready(name) return custom.is(self:cluster_issuer(name), "Ready") end

--- Lists CertificateRequests.
---
---     for _, o in ipairs(client:certificate_requests("shop").items) do print(o.metadata.name) end
---@param ns string|nil The namespace; nil is all.
---@return {items: table[]}
function Client:certificate_requests(ns) return self.api:list("certificate_requests", custom.path("cert-manager.io/v1", ns, "certificaterequests"), nil, true) end

--- Reads a CertificateRequest.
---
---     local o = client:certificate_request("shop", "main")
---@param ns string
---@param name string
---@return table|nil
function Client:certificate_request(ns, name) return self.api:read("certificate_request", custom.path("cert-manager.io/v1", ns, "certificaterequests", name)) end

--- Tells whether a CertificateRequest is approved. One that is not there is not.
---
---     assert(client:is_request_approved("shop", "main"))
---@param ns string
---@param name string
---@return boolean
function Client:is_request_approved(ns, name) return custom.is(self:certificate_request(ns, name), "Approved") end

--- Lists Orders of ACME.
---
---     for _, o in ipairs(client:orders("shop").items) do print(o.metadata.name) end
---@param ns string|nil The namespace; nil is all.
---@return {items: table[]}
function Client:orders(ns) return self.api:list("orders", custom.path("acme.cert-manager.io/v1", ns, "orders"), nil, true) end

--- Reads an Order of ACME.
---
---     local o = client:order("shop", "main")
---@param ns string
---@param name string
---@return table|nil
function Client:order(ns, name) return self.api:read("order", custom.path("acme.cert-manager.io/v1", ns, "orders", name)) end

--- Lists Challenges of ACME.
---
---     for _, o in ipairs(client:challenges("shop").items) do print(o.metadata.name) end
---@param ns string|nil The namespace; nil is all.
---@return {items: table[]}
function Client:challenges(ns) return self.api:list("challenges", custom.path("acme.cert-manager.io/v1", ns, "challenges"), nil, true) end

--- Reads a Challenge of ACME.
---
---     local o = client:challenge("shop", "main")
---@param ns string
---@param name string
---@return table|nil
function Client:challenge(ns, name) return self.api:read("challenge", custom.path("acme.cert-manager.io/v1", ns, "challenges", name)) end

--- Counts the Certificates that are ready.
---
---     local all = client:all_certificates_ready("shop")
---     assert.eq(all.not_ready, 0, table.concat(all.not_ready_names, ", "))
---@param ns string|nil
---@return {ready: integer, not_ready: integer, total: integer, not_ready_names: string[]}
function Client:all_certificates_ready(ns)
  return custom.count(self:certificates(ns).items, "ready", "not_ready", function(o) return custom.is(o, "Ready") end)
end

--- Counts the Issuers that are ready.
---
---     local all = client:all_issuers_ready("shop")
---     assert.eq(all.not_ready, 0, table.concat(all.not_ready_names, ", "))
---@param ns string|nil
---@return {ready: integer, not_ready: integer, total: integer, not_ready_names: string[]}
function Client:all_issuers_ready(ns)
  return custom.count(self:issuers(ns).items, "ready", "not_ready", function(o) return custom.is(o, "Ready") end)
end

return M
