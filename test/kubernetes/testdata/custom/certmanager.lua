local make = require("../make")
local certmanager = require("assay.certmanager")
local client = certmanager.client()

make.namespace("certs")
make.objects([[
apiVersion: cert-manager.io/v1
kind: Issuer
metadata: {name: ours, namespace: certs}
spec: {selfSigned: {}}
status: {conditions: [{type: Ready, status: "True", reason: IsReady}]}
---
apiVersion: cert-manager.io/v1
kind: ClusterIssuer
metadata: {name: public}
spec: {acme: {server: "https://acme.example.com/directory", privateKeySecretRef: {name: account}}}
status: {conditions: [{type: Ready, status: "False", reason: ErrRegisterACMEAccount}]}
---
apiVersion: cert-manager.io/v1
kind: Certificate
metadata: {name: web, namespace: certs}
spec: {secretName: web-tls, dnsNames: [web.example.com], issuerRef: {name: ours}}
status:
  revision: 2
  notBefore: "2026-01-01T00:00:00Z"
  notAfter: "2026-04-01T00:00:00Z"
  renewalTime: "2026-03-01T00:00:00Z"
  conditions: [{type: Ready, status: "True", reason: Ready, observedGeneration: 1}]
---
apiVersion: cert-manager.io/v1
kind: Certificate
metadata: {name: late, namespace: certs}
spec: {secretName: late-tls, dnsNames: [late.example.com], issuerRef: {name: ours}}
status: {conditions: [{type: Issuing, status: "True", reason: DoesNotExist}, {type: Ready, status: "False", reason: DoesNotExist}]}
---
apiVersion: cert-manager.io/v1
kind: CertificateRequest
metadata: {name: web-1, namespace: certs}
spec: {request: Cg==, issuerRef: {name: ours}}
status: {conditions: [{type: Approved, status: "True", reason: cert-manager.io}, {type: Ready, status: "True", reason: Issued}]}
---
apiVersion: acme.cert-manager.io/v1
kind: Order
metadata: {name: web-1-1, namespace: certs}
spec: {request: Cg==, issuerRef: {name: public, kind: ClusterIssuer}, dnsNames: [web.example.com]}
status: {state: pending, url: "https://acme.example.com/order/1"}
---
apiVersion: acme.cert-manager.io/v1
kind: Challenge
metadata: {name: web-1-1-1, namespace: certs}
spec:
  type: HTTP-01
  dnsName: web.example.com
  token: token
  key: token.key
  url: https://acme.example.com/challenge/1
  authorizationURL: https://acme.example.com/authorization/1
  issuerRef: {name: public, kind: ClusterIssuer}
  solver: {http01: {ingress: {ingressClassName: nginx}}}
status: {state: pending, presented: true, processing: true}
]])

local status = client:certificate_status("certs", "web")
assert.eq({status.ready, status.revision, status.not_before, status.not_after, status.renewal_time},
  {true, 2, "2026-01-01T00:00:00Z", "2026-04-01T00:00:00Z", "2026-03-01T00:00:00Z"})
assert.eq({client:is_certificate_ready("certs", "web"), client:is_certificate_ready("certs", "late"), client:is_certificate_ready("certs", "none")}, {true, false, false})
assert.is_nil(client:certificate_status("certs", "none"))
assert.eq(client:wait_certificate_ready("certs", "web", 5), true)
assert.raises(function() client:wait_certificate_ready("certs", "late", 0.1) end, "certs/late")
assert.eq(client:all_certificates_ready("certs"), {ready = 1, not_ready = 1, total = 2, not_ready_names = {"late"}})
assert.eq({client:is_issuer_ready("certs", "ours"), client:is_cluster_issuer_ready("public"), #client:cluster_issuers().items}, {true, false, 1})
assert.eq(client:all_issuers_ready("certs"), {ready = 1, not_ready = 0, total = 1, not_ready_names = {}})
assert.eq({client:is_request_approved("certs", "web-1"), #client:certificate_requests("certs").items}, {true, 1})
assert.eq({client:order("certs", "web-1-1").status.state, client:challenge("certs", "web-1-1-1").status.presented}, {"pending", true})
assert.eq({#client:orders("certs").items, #client:challenges("certs").items}, {1, 1})
