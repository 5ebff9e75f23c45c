local make = require("../make")
local istio = require("assay.istio")
local client = istio.client()

make.namespace("mesh")
make.objects([[
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: {name: api, namespace: mesh}
spec:
  hosts: [api]
  http:
    - {name: health, match: [{uri: {prefix: /health}}], route: [{destination: {host: api, subset: stable}}]}
    - {name: main, route: [{destination: {host: api, subset: stable}, weight: 100}, {destination: {host: api, subset: canary}, weight: 0}]}
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: {name: api, namespace: mesh}
spec: {host: api, subsets: [{name: stable, labels: {version: v1}}, {name: canary, labels: {version: v2}}]}
---
apiVersion: networking.istio.io/v1
kind: Gateway
metadata: {name: public, namespace: mesh}
spec: {selector: {istio: ingressgateway}, servers: [{port: {number: 80, name: http, protocol: HTTP}, hosts: ["*"]}]}
---
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: {name: outside, namespace: mesh}
spec: {hosts: [api.example.com], location: MESH_EXTERNAL, resolution: DNS, ports: [{number: 443, name: https, protocol: TLS}]}
---
apiVersion: security.istio.io/v1
kind: PeerAuthentication
metadata: {name: default, namespace: mesh}
spec: {mtls: {mode: STRICT}}
---
apiVersion: security.istio.io/v1
kind: AuthorizationPolicy
metadata: {name: deny, namespace: mesh}
spec: {action: DENY, rules: [{to: [{operation: {paths: [/admin]}}]}]}
]])

assert.eq(client:weights("mesh", "api"), {stable = 100, canary = 0})
assert.eq(client:weights("mesh", "api", "health"), {stable = 100})
assert.eq({client:set_weights("mesh", "api", {stable = 80, canary = 20}), client:set_weights("mesh", "api", {stable = 80, canary = 20})}, {true, false})
assert.eq(client:weights("mesh", "api", "main"), {stable = 80, canary = 20})
assert.eq(client:virtual_service("mesh", "api").spec.http[1].match[1].uri.prefix, "/health")
assert.raises(function() client:set_weights("mesh", "api", {stable = 80, other = 20}) end, "has no destination other")
assert.raises(function() client:weights("mesh", "none") end, "not found")
assert.eq(client:destination_rule("mesh", "api").spec.host, "api")
for _, list in ipairs({"virtual_services", "destination_rules", "gateways", "service_entries", "peer_authentications", "authorization_policies"}) do
  assert.eq(#client[list](client, "mesh").items, 1, list)
end
