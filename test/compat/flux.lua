-- A script in the style of those that are in use; the test in cmd/assay reads it.
---- everything is ready
--> GET /apis/kustomize.toolkit.fluxcd.io/v1/namespaces/flux-system/kustomizations/apps
-->: Authorization: Bearer t
--< 200 {"status":{"lastAppliedRevision":"main@1","conditions":[{"type":"Ready","status":"True"}]}}
--> GET /apis/helm.toolkit.fluxcd.io/v2/namespaces/shop/helmreleases
-->: Authorization: Bearer t
--< 200 {"items":[{"metadata":{"name":"a"},"status":{"conditions":[{"type":"Ready","status":"False"}]}}]}
--> GET /apis/source.toolkit.fluxcd.io/v1/namespaces/flux-system/gitrepositories/none
-->: Authorization: Bearer t
--< 404
local flux = require("assay.flux")
local c = flux.client(URL, "t")
local s = c:kustomization_status("flux-system", "apps")
assert.eq({s.ready, s.last_applied_revision, s.revision}, {true, "main@1", ""})
local all = c:all_helm_releases_ready("shop")
assert.eq({all.ready, all.not_ready, all.not_ready_names[1]}, {0, 1, "a"})
assert.eq(c:is_git_repo_ready("flux-system", "none"), false)
