-- https://fluxcd.io/flux/components/

---- git_repositories
--> GET /apis/source.toolkit.fluxcd.io/v1/namespaces/shop/gitrepositories
-->: Authorization: Bearer t
--< 200 {"items":[{"metadata":{"name":"a"}}]}
--> GET /apis/source.toolkit.fluxcd.io/v1/namespaces/shop/gitrepositories
-->: Authorization: Bearer t
--< 404 {}
--> GET /apis/source.toolkit.fluxcd.io/v1/namespaces/shop/gitrepositories/a%20b
-->: Authorization: Bearer t
--< 200 {"kind":"K"}
--> GET /apis/source.toolkit.fluxcd.io/v1/namespaces/shop/gitrepositories/none
-->: Authorization: Bearer t
--< 404 {}
--> GET /apis/source.toolkit.fluxcd.io/v1/namespaces/shop/gitrepositories/x
-->: Authorization: Bearer t
--< 403 {}
local c = flux.client(URL, "t")
assert.eq(c:git_repositories("shop").items[1].metadata.name, "a")
assert.eq(assert.raises(function() c:git_repositories("shop") end, "flux.git_repositories: HTTP 404: {}").code, "flux.http")
assert.eq(c:git_repository("shop", "a b").kind, "K")
assert.is_nil(c:git_repository("shop", "none"))
assert.eq(assert.raises(function() c:git_repository("shop", "x") end).status, 403)

---- is_git_repo_ready
--> GET /apis/source.toolkit.fluxcd.io/v1/namespaces/shop/gitrepositories/a
-->: Authorization: Bearer t
--< 200 {"status":{"conditions":[{"type":"Other","status":"True"},{"type":"Ready","status":"True"}]}}
--> GET /apis/source.toolkit.fluxcd.io/v1/namespaces/shop/gitrepositories/a
-->: Authorization: Bearer t
--< 200 {"status":{"conditions":[{"type":"Ready","status":"False"}]}}
--> GET /apis/source.toolkit.fluxcd.io/v1/namespaces/shop/gitrepositories/a
-->: Authorization: Bearer t
--< 200 {}
--> GET /apis/source.toolkit.fluxcd.io/v1/namespaces/shop/gitrepositories/a
-->: Authorization: Bearer t
--< 404 {}
local c = flux.client(URL, "t")
assert.eq(c:is_git_repo_ready("shop", "a"), true)
assert.eq(c:is_git_repo_ready("shop", "a"), false)
assert.eq(c:is_git_repo_ready("shop", "a"), false)
assert.eq(c:is_git_repo_ready("shop", "a"), false)

---- helm_repositories
--> GET /apis/source.toolkit.fluxcd.io/v1/namespaces/shop/helmrepositories
-->: Authorization: Bearer t
--< 200 {"items":[{"metadata":{"name":"a"}}]}
--> GET /apis/source.toolkit.fluxcd.io/v1/namespaces/shop/helmrepositories
-->: Authorization: Bearer t
--< 404 {}
--> GET /apis/source.toolkit.fluxcd.io/v1/namespaces/shop/helmrepositories/a%20b
-->: Authorization: Bearer t
--< 200 {"kind":"K"}
--> GET /apis/source.toolkit.fluxcd.io/v1/namespaces/shop/helmrepositories/none
-->: Authorization: Bearer t
--< 404 {}
--> GET /apis/source.toolkit.fluxcd.io/v1/namespaces/shop/helmrepositories/x
-->: Authorization: Bearer t
--< 403 {}
local c = flux.client(URL, "t")
assert.eq(c:helm_repositories("shop").items[1].metadata.name, "a")
assert.eq(assert.raises(function() c:helm_repositories("shop") end, "flux.helm_repositories: HTTP 404: {}").code, "flux.http")
assert.eq(c:helm_repository("shop", "a b").kind, "K")
assert.is_nil(c:helm_repository("shop", "none"))
assert.eq(assert.raises(function() c:helm_repository("shop", "x") end).status, 403)

---- is_helm_repo_ready
--> GET /apis/source.toolkit.fluxcd.io/v1/namespaces/shop/helmrepositories/a
-->: Authorization: Bearer t
--< 200 {"status":{"conditions":[{"type":"Other","status":"True"},{"type":"Ready","status":"True"}]}}
--> GET /apis/source.toolkit.fluxcd.io/v1/namespaces/shop/helmrepositories/a
-->: Authorization: Bearer t
--< 200 {"status":{"conditions":[{"type":"Ready","status":"False"}]}}
--> GET /apis/source.toolkit.fluxcd.io/v1/namespaces/shop/helmrepositories/a
-->: Authorization: Bearer t
--< 200 {}
--> GET /apis/source.toolkit.fluxcd.io/v1/namespaces/shop/helmrepositories/a
-->: Authorization: Bearer t
--< 404 {}
local c = flux.client(URL, "t")
assert.eq(c:is_helm_repo_ready("shop", "a"), true)
assert.eq(c:is_helm_repo_ready("shop", "a"), false)
assert.eq(c:is_helm_repo_ready("shop", "a"), false)
assert.eq(c:is_helm_repo_ready("shop", "a"), false)

---- helm_charts
--> GET /apis/source.toolkit.fluxcd.io/v1/namespaces/shop/helmcharts
-->: Authorization: Bearer t
--< 200 {"items":[{"metadata":{"name":"a"}}]}
--> GET /apis/source.toolkit.fluxcd.io/v1/namespaces/shop/helmcharts
-->: Authorization: Bearer t
--< 404 {}
local c = flux.client(URL, "t")
assert.eq(c:helm_charts("shop").items[1].metadata.name, "a")
assert.eq(assert.raises(function() c:helm_charts("shop") end, "flux.helm_charts: HTTP 404: {}").code, "flux.http")

---- oci_repositories
--> GET /apis/source.toolkit.fluxcd.io/v1beta2/namespaces/shop/ocirepositories
-->: Authorization: Bearer t
--< 200 {"items":[{"metadata":{"name":"a"}}]}
--> GET /apis/source.toolkit.fluxcd.io/v1beta2/namespaces/shop/ocirepositories
-->: Authorization: Bearer t
--< 404 {}
local c = flux.client(URL, "t")
assert.eq(c:oci_repositories("shop").items[1].metadata.name, "a")
assert.eq(assert.raises(function() c:oci_repositories("shop") end, "flux.oci_repositories: HTTP 404: {}").code, "flux.http")

---- kustomizations
--> GET /apis/kustomize.toolkit.fluxcd.io/v1/namespaces/shop/kustomizations
-->: Authorization: Bearer t
--< 200 {"items":[{"metadata":{"name":"a"}}]}
--> GET /apis/kustomize.toolkit.fluxcd.io/v1/namespaces/shop/kustomizations
-->: Authorization: Bearer t
--< 404 {}
--> GET /apis/kustomize.toolkit.fluxcd.io/v1/namespaces/shop/kustomizations/a%20b
-->: Authorization: Bearer t
--< 200 {"kind":"K"}
--> GET /apis/kustomize.toolkit.fluxcd.io/v1/namespaces/shop/kustomizations/none
-->: Authorization: Bearer t
--< 404 {}
--> GET /apis/kustomize.toolkit.fluxcd.io/v1/namespaces/shop/kustomizations/x
-->: Authorization: Bearer t
--< 403 {}
local c = flux.client(URL, "t")
assert.eq(c:kustomizations("shop").items[1].metadata.name, "a")
assert.eq(assert.raises(function() c:kustomizations("shop") end, "flux.kustomizations: HTTP 404: {}").code, "flux.http")
assert.eq(c:kustomization("shop", "a b").kind, "K")
assert.is_nil(c:kustomization("shop", "none"))
assert.eq(assert.raises(function() c:kustomization("shop", "x") end).status, 403)

---- is_kustomization_ready
--> GET /apis/kustomize.toolkit.fluxcd.io/v1/namespaces/shop/kustomizations/a
-->: Authorization: Bearer t
--< 200 {"status":{"conditions":[{"type":"Other","status":"True"},{"type":"Ready","status":"True"}]}}
--> GET /apis/kustomize.toolkit.fluxcd.io/v1/namespaces/shop/kustomizations/a
-->: Authorization: Bearer t
--< 200 {"status":{"conditions":[{"type":"Ready","status":"False"}]}}
--> GET /apis/kustomize.toolkit.fluxcd.io/v1/namespaces/shop/kustomizations/a
-->: Authorization: Bearer t
--< 200 {}
--> GET /apis/kustomize.toolkit.fluxcd.io/v1/namespaces/shop/kustomizations/a
-->: Authorization: Bearer t
--< 404 {}
local c = flux.client(URL, "t")
assert.eq(c:is_kustomization_ready("shop", "a"), true)
assert.eq(c:is_kustomization_ready("shop", "a"), false)
assert.eq(c:is_kustomization_ready("shop", "a"), false)
assert.eq(c:is_kustomization_ready("shop", "a"), false)

---- helm_releases
--> GET /apis/helm.toolkit.fluxcd.io/v2/namespaces/shop/helmreleases
-->: Authorization: Bearer t
--< 200 {"items":[{"metadata":{"name":"a"}}]}
--> GET /apis/helm.toolkit.fluxcd.io/v2/namespaces/shop/helmreleases
-->: Authorization: Bearer t
--< 404 {}
--> GET /apis/helm.toolkit.fluxcd.io/v2/namespaces/shop/helmreleases/a%20b
-->: Authorization: Bearer t
--< 200 {"kind":"K"}
--> GET /apis/helm.toolkit.fluxcd.io/v2/namespaces/shop/helmreleases/none
-->: Authorization: Bearer t
--< 404 {}
--> GET /apis/helm.toolkit.fluxcd.io/v2/namespaces/shop/helmreleases/x
-->: Authorization: Bearer t
--< 403 {}
local c = flux.client(URL, "t")
assert.eq(c:helm_releases("shop").items[1].metadata.name, "a")
assert.eq(assert.raises(function() c:helm_releases("shop") end, "flux.helm_releases: HTTP 404: {}").code, "flux.http")
assert.eq(c:helm_release("shop", "a b").kind, "K")
assert.is_nil(c:helm_release("shop", "none"))
assert.eq(assert.raises(function() c:helm_release("shop", "x") end).status, 403)

---- is_helm_release_ready
--> GET /apis/helm.toolkit.fluxcd.io/v2/namespaces/shop/helmreleases/a
-->: Authorization: Bearer t
--< 200 {"status":{"conditions":[{"type":"Other","status":"True"},{"type":"Ready","status":"True"}]}}
--> GET /apis/helm.toolkit.fluxcd.io/v2/namespaces/shop/helmreleases/a
-->: Authorization: Bearer t
--< 200 {"status":{"conditions":[{"type":"Ready","status":"False"}]}}
--> GET /apis/helm.toolkit.fluxcd.io/v2/namespaces/shop/helmreleases/a
-->: Authorization: Bearer t
--< 200 {}
--> GET /apis/helm.toolkit.fluxcd.io/v2/namespaces/shop/helmreleases/a
-->: Authorization: Bearer t
--< 404 {}
local c = flux.client(URL, "t")
assert.eq(c:is_helm_release_ready("shop", "a"), true)
assert.eq(c:is_helm_release_ready("shop", "a"), false)
assert.eq(c:is_helm_release_ready("shop", "a"), false)
assert.eq(c:is_helm_release_ready("shop", "a"), false)

---- kustomization_status
--> GET /apis/kustomize.toolkit.fluxcd.io/v1/namespaces/shop/kustomizations/a
-->: Authorization: Bearer t
--< 200 {"status":{"lastAttemptedRevision":"main@1","lastAppliedRevision":"main@0","conditions":[{"type":"Ready","status":"False"}]}}
--> GET /apis/kustomize.toolkit.fluxcd.io/v1/namespaces/shop/kustomizations/a
-->: Authorization: Bearer t
--< 200 {}
--> GET /apis/kustomize.toolkit.fluxcd.io/v1/namespaces/shop/kustomizations/a
-->: Authorization: Bearer t
--< 404
local c = flux.client(URL, "t")
assert.eq(c:kustomization_status("shop", "a"), {ready = false, revision = "main@1", last_applied_revision = "main@0", conditions = {{type = "Ready", status = "False"}}})
assert.eq(c:kustomization_status("shop", "a").revision, "")
assert.is_nil(c:kustomization_status("shop", "a"))

---- helm_release_status
--> GET /apis/helm.toolkit.fluxcd.io/v2/namespaces/shop/helmreleases/a
-->: Authorization: Bearer t
--< 200 {"status":{"lastAttemptedRevision":"main@1","lastAppliedRevision":"main@0","conditions":[{"type":"Ready","status":"False"}]}}
--> GET /apis/helm.toolkit.fluxcd.io/v2/namespaces/shop/helmreleases/a
-->: Authorization: Bearer t
--< 200 {}
--> GET /apis/helm.toolkit.fluxcd.io/v2/namespaces/shop/helmreleases/new
-->: Authorization: Bearer t
--< 200 {"status":{"history":[{"chartVersion":"1.3","status":"failed"},{"chartVersion":"1.2","status":"deployed"},{"chartVersion":"1.1","status":"superseded"}]}}
--> GET /apis/helm.toolkit.fluxcd.io/v2/namespaces/shop/helmreleases/a
-->: Authorization: Bearer t
--< 404
local c = flux.client(URL, "t")
assert.eq(c:helm_release_status("shop", "a"), {ready = false, revision = "main@1", last_applied_revision = "main@0", conditions = {{type = "Ready", status = "False"}}})
assert.eq(c:helm_release_status("shop", "a").revision, "")
assert.eq(c:helm_release_status("shop", "new").last_applied_revision, "1.2")
assert.is_nil(c:helm_release_status("shop", "a"))

---- alerts
--> GET /apis/notification.toolkit.fluxcd.io/v1beta3/namespaces/shop/alerts
-->: Authorization: Bearer t
--< 200 {"items":[{"metadata":{"name":"a"}}]}
--> GET /apis/notification.toolkit.fluxcd.io/v1beta3/namespaces/shop/alerts
-->: Authorization: Bearer t
--< 404 {}
local c = flux.client(URL, "t")
assert.eq(c:alerts("shop").items[1].metadata.name, "a")
assert.eq(assert.raises(function() c:alerts("shop") end, "flux.alerts: HTTP 404: {}").code, "flux.http")

---- providers_list
--> GET /apis/notification.toolkit.fluxcd.io/v1beta3/namespaces/shop/providers
-->: Authorization: Bearer t
--< 200 {"items":[{"metadata":{"name":"a"}}]}
--> GET /apis/notification.toolkit.fluxcd.io/v1beta3/namespaces/shop/providers
-->: Authorization: Bearer t
--< 404 {}
local c = flux.client(URL, "t")
assert.eq(c:providers_list("shop").items[1].metadata.name, "a")
assert.eq(assert.raises(function() c:providers_list("shop") end, "flux.providers_list: HTTP 404: {}").code, "flux.http")

---- receivers
--> GET /apis/notification.toolkit.fluxcd.io/v1/namespaces/shop/receivers
-->: Authorization: Bearer t
--< 200 {"items":[{"metadata":{"name":"a"}}]}
--> GET /apis/notification.toolkit.fluxcd.io/v1/namespaces/shop/receivers
-->: Authorization: Bearer t
--< 404 {}
local c = flux.client(URL, "t")
assert.eq(c:receivers("shop").items[1].metadata.name, "a")
assert.eq(assert.raises(function() c:receivers("shop") end, "flux.receivers: HTTP 404: {}").code, "flux.http")

---- image_policies
--> GET /apis/image.toolkit.fluxcd.io/v1beta2/namespaces/shop/imagepolicies
-->: Authorization: Bearer t
--< 200 {"items":[{"metadata":{"name":"a"}}]}
--> GET /apis/image.toolkit.fluxcd.io/v1beta2/namespaces/shop/imagepolicies
-->: Authorization: Bearer t
--< 404 {}
local c = flux.client(URL, "t")
assert.eq(c:image_policies("shop").items[1].metadata.name, "a")
assert.eq(assert.raises(function() c:image_policies("shop") end, "flux.image_policies: HTTP 404: {}").code, "flux.http")

---- all_sources_ready
--> GET /apis/source.toolkit.fluxcd.io/v1/namespaces/shop/gitrepositories
-->: Authorization: Bearer t
--< 200 {"items":[{"metadata":{"name":"a0"},"status":{"conditions":[{"type":"Ready","status":"True"}]}},{"metadata":{"name":"b0"},"status":{"conditions":[{"type":"Ready","status":"False"}]}}]}
--> GET /apis/source.toolkit.fluxcd.io/v1/namespaces/shop/helmrepositories
-->: Authorization: Bearer t
--< 200 {"items":[{"metadata":{"name":"a1"},"status":{"conditions":[{"type":"Ready","status":"True"}]}},{"metadata":{"name":"b1"},"status":{"conditions":[{"type":"Ready","status":"False"}]}}]}
local c = flux.client(URL, "t")
assert.eq(c:all_sources_ready("shop"), {ready = 2, not_ready = 2, total = 4, not_ready_names = {"b0", "b1"}})

---- all_kustomizations_ready
--> GET /apis/kustomize.toolkit.fluxcd.io/v1/namespaces/shop/kustomizations
-->: Authorization: Bearer t
--< 200 {"items":[{"metadata":{"name":"a0"},"status":{"conditions":[{"type":"Ready","status":"True"}]}},{"metadata":{"name":"b0"},"status":{"conditions":[{"type":"Ready","status":"False"}]}}]}
local c = flux.client(URL, "t")
assert.eq(c:all_kustomizations_ready("shop"), {ready = 1, not_ready = 1, total = 2, not_ready_names = {"b0"}})

---- all_helm_releases_ready
--> GET /apis/helm.toolkit.fluxcd.io/v2/namespaces/shop/helmreleases
-->: Authorization: Bearer t
--< 200 {"items":[{"metadata":{"name":"a0"},"status":{"conditions":[{"type":"Ready","status":"True"}]}},{"metadata":{"name":"b0"},"status":{"conditions":[{"type":"Ready","status":"False"}]}}]}
local c = flux.client(URL, "t")
assert.eq(c:all_helm_releases_ready("shop"), {ready = 1, not_ready = 1, total = 2, not_ready_names = {"b0"}})
