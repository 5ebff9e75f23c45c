local make = require("../make")
local eso = require("assay.eso")
local client = eso.client()

make.namespace("eso")
make.objects([[
apiVersion: external-secrets.io/v1beta1
kind: SecretStore
metadata: {name: vault, namespace: eso}
spec: {provider: {vault: {server: "http://vault:8200", path: secrets, version: v2, auth: {tokenSecretRef: {name: token, key: token}}}}}
status: {conditions: [{type: Ready, status: "True", reason: Valid, message: store validated}], capabilities: ReadWrite}
---
apiVersion: external-secrets.io/v1beta1
kind: ClusterSecretStore
metadata: {name: shared}
spec: {provider: {fake: {data: [{key: a, value: b}]}}}
status: {conditions: [{type: Ready, status: "False", reason: InvalidProviderConfig}]}
---
apiVersion: external-secrets.io/v1beta1
kind: ExternalSecret
metadata: {name: db, namespace: eso}
spec: {secretStoreRef: {name: vault}, target: {name: db}, data: [{secretKey: password, remoteRef: {key: db, property: password}}]}
status:
  syncedResourceVersion: 1-abc
  refreshTime: "2026-01-01T00:00:00Z"
  conditions: [{type: Ready, status: "True", reason: SecretSynced, message: Secret was synced}]
---
apiVersion: external-secrets.io/v1beta1
kind: ExternalSecret
metadata: {name: broken, namespace: eso}
spec: {secretStoreRef: {name: vault}, data: [{secretKey: password, remoteRef: {key: none}}]}
status: {conditions: [{type: Ready, status: "False", reason: SecretSyncedError}]}
---
apiVersion: external-secrets.io/v1beta1
kind: ClusterExternalSecret
metadata: {name: pull}
spec:
  namespaceSelector: {matchLabels: {team: shop}}
  externalSecretSpec: {secretStoreRef: {name: shared, kind: ClusterSecretStore}, dataFrom: [{extract: {key: a}}]}
]])

local status = client:external_secret_status("eso", "db")
assert.eq({status.ready, status.status, status.sync_hash, #status.conditions}, {true, "SecretSynced", "1-abc", 1})
assert.eq(client:external_secret_status("eso", "broken").status, "SecretSyncedError")
assert.raises(function() client:external_secret_status("eso", "none") end, "not found")
assert.eq({client:is_secret_synced("eso", "db"), client:is_secret_synced("eso", "broken"), client:is_secret_synced("eso", "none")}, {true, false, false})
assert.eq(client:wait_secret_synced("eso", "db", 5), true)
assert.eq(client:all_secrets_synced("eso"), {synced = 1, failed = 1, total = 2, failed_names = {"broken"}})
assert.eq({client:is_store_ready("eso", "vault"), client:is_cluster_store_ready("shared")}, {true, false})
assert.eq(client:secret_store_status("eso", "vault").ready, true)
assert.eq(client:all_stores_ready("eso"), {ready = 1, not_ready = 0, total = 1, not_ready_names = {}})
assert.eq({#client:cluster_secret_stores().items, #client:cluster_external_secrets().items, client:cluster_external_secret("pull").kind}, {1, 1, "ClusterExternalSecret"})
