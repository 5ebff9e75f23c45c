local make = require("../make")
local flux = require("assay.flux")
local client = flux.client()

make.namespace("flux")
make.kinds({
  {"source.toolkit.fluxcd.io", "v1", "gitrepositories", "GitRepository"},
  {"source.toolkit.fluxcd.io", "v1", "helmrepositories", "HelmRepository"},
  {"source.toolkit.fluxcd.io", "v1", "helmcharts", "HelmChart"},
  {"source.toolkit.fluxcd.io", "v1beta2", "ocirepositories", "OCIRepository"},
  {"helm.toolkit.fluxcd.io", "v2", "helmreleases", "HelmRelease"},
  {"image.toolkit.fluxcd.io", "v1beta2", "imagepolicies", "ImagePolicy"},
})
local ready = [[[{type: Ready, status: "True", reason: Succeeded, message: stored, lastTransitionTime: "2026-01-01T00:00:00Z"}] ]]
local failed = ready:gsub('"True"', '"False"')
make.objects(([[
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: main, namespace: flux}
spec: {url: "https://git.example.com/main", interval: 1m}
status: {conditions: READY}
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: HelmRepository
metadata: {name: charts, namespace: flux}
spec: {url: "https://charts.example.com"}
status: {conditions: FAILED}
---
apiVersion: source.toolkit.fluxcd.io/v1
kind: HelmChart
metadata: {name: api, namespace: flux}
---
apiVersion: source.toolkit.fluxcd.io/v1beta2
kind: OCIRepository
metadata: {name: images, namespace: flux}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: apps, namespace: flux}
spec: {interval: 5m, path: ./apps, prune: true, sourceRef: {kind: GitRepository, name: main}}
status: {lastAppliedRevision: "main@sha1:aaa", lastAttemptedRevision: "main@sha1:bbb", conditions: FAILED}
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: api, namespace: flux}
spec: {interval: 5m}
status:
  lastAttemptedRevision: 1.3.0
  history: [{version: 3, chartVersion: 1.3.0, status: failed}, {version: 2, chartVersion: 1.2.0, status: deployed}, {version: 1, chartVersion: 1.1.0, status: superseded}]
  conditions: READY
---
apiVersion: notification.toolkit.fluxcd.io/v1beta3
kind: Alert
metadata: {name: all, namespace: flux}
spec: {providerRef: {name: chat}, eventSources: [{kind: Kustomization, name: "*"}]}
---
apiVersion: notification.toolkit.fluxcd.io/v1beta3
kind: Provider
metadata: {name: chat, namespace: flux}
spec: {type: slack, channel: general}
---
apiVersion: notification.toolkit.fluxcd.io/v1
kind: Receiver
metadata: {name: push, namespace: flux}
spec: {type: github, events: [push], secretRef: {name: token}, resources: [{kind: GitRepository, name: main}]}
---
apiVersion: image.toolkit.fluxcd.io/v1beta2
kind: ImagePolicy
metadata: {name: api, namespace: flux}
]]):gsub("READY", (ready:gsub("%%", "%%%%"))):gsub("FAILED", (failed:gsub("%%", "%%%%"))))

assert.eq({client:is_git_repo_ready("flux", "main"), client:is_git_repo_ready("flux", "none"), client:is_helm_repo_ready("flux", "charts")}, {true, false, false})
assert.eq(client:all_sources_ready("flux"), {ready = 1, not_ready = 1, total = 2, not_ready_names = {"charts"}})
local s = client:kustomization_status("flux", "apps")
assert.eq({s.ready, s.revision, s.last_applied_revision, #s.conditions}, {false, "main@sha1:bbb", "main@sha1:aaa", 1})
assert.is_nil(client:kustomization_status("flux", "none"))
assert.eq({client:is_kustomization_ready("flux", "apps"), client:all_kustomizations_ready("flux").not_ready_names[1]}, {false, "apps"})
local h = client:helm_release_status("flux", "api")
assert.eq({h.ready, h.revision, h.last_applied_revision}, {true, "1.3.0", "1.2.0"})
assert.eq({client:is_helm_release_ready("flux", "api"), client:all_helm_releases_ready("flux").ready}, {true, 1})
assert.eq({client:git_repository("flux", "main").spec.interval, client:helm_repository("flux", "none")}, {"1m", nil})
for _, list in ipairs({"git_repositories", "helm_repositories", "helm_charts", "oci_repositories", "kustomizations", "helm_releases", "alerts", "providers_list", "receivers", "image_policies"}) do
  assert.eq(#client[list](client, "flux").items, 1, list)
end
