-- https://docs.crossplane.io/latest/api/

---- providers
--> GET /apis/pkg.crossplane.io/v1/providers
-->: Authorization: Bearer t
--< 200 {"items":[{"metadata":{"name":"a"}}]}
--> GET /apis/pkg.crossplane.io/v1/providers
-->: Authorization: Bearer t
--< 404 {}
--> GET /apis/pkg.crossplane.io/v1/providers/a%20b
-->: Authorization: Bearer t
--< 200 {"kind":"K"}
--> GET /apis/pkg.crossplane.io/v1/providers/none
-->: Authorization: Bearer t
--< 404 {}
--> GET /apis/pkg.crossplane.io/v1/providers/x
-->: Authorization: Bearer t
--< 403 {}
local c = crossplane.client(URL, "t")
assert.eq(c:providers().items[1].metadata.name, "a")
assert.eq(#c:providers().items, 0)
assert.eq(c:provider("a b").kind, "K")
assert.is_nil(c:provider("none"))
assert.eq(assert.raises(function() c:provider("x") end).status, 403)

---- is_provider_healthy
--> GET /apis/pkg.crossplane.io/v1/providers/a
-->: Authorization: Bearer t
--< 200 {"status":{"conditions":[{"type":"Other","status":"True"},{"type":"Healthy","status":"True"}]}}
--> GET /apis/pkg.crossplane.io/v1/providers/a
-->: Authorization: Bearer t
--< 200 {"status":{"conditions":[{"type":"Healthy","status":"False"}]}}
--> GET /apis/pkg.crossplane.io/v1/providers/a
-->: Authorization: Bearer t
--< 200 {}
--> GET /apis/pkg.crossplane.io/v1/providers/a
-->: Authorization: Bearer t
--< 404 {}
local c = crossplane.client(URL, "t")
assert.eq(c:is_provider_healthy("a"), true)
assert.eq(c:is_provider_healthy("a"), false)
assert.eq(c:is_provider_healthy("a"), false)
assert.eq(c:is_provider_healthy("a"), false)

---- is_provider_installed
--> GET /apis/pkg.crossplane.io/v1/providers/a
-->: Authorization: Bearer t
--< 200 {"status":{"conditions":[{"type":"Other","status":"True"},{"type":"Installed","status":"True"}]}}
--> GET /apis/pkg.crossplane.io/v1/providers/a
-->: Authorization: Bearer t
--< 200 {"status":{"conditions":[{"type":"Installed","status":"False"}]}}
--> GET /apis/pkg.crossplane.io/v1/providers/a
-->: Authorization: Bearer t
--< 200 {}
--> GET /apis/pkg.crossplane.io/v1/providers/a
-->: Authorization: Bearer t
--< 404 {}
local c = crossplane.client(URL, "t")
assert.eq(c:is_provider_installed("a"), true)
assert.eq(c:is_provider_installed("a"), false)
assert.eq(c:is_provider_installed("a"), false)
assert.eq(c:is_provider_installed("a"), false)

---- provider_status
--> GET /apis/pkg.crossplane.io/v1/providers/a
-->: Authorization: Bearer t
--< 200 {"status":{"currentRevision":"a-1","conditions":[{"type":"Installed","status":"True"}]}}
--> GET /apis/pkg.crossplane.io/v1/providers/a
-->: Authorization: Bearer t
--< 404
local c = crossplane.client(URL, "t")
assert.eq(c:provider_status("a"), {installed = true, healthy = false, current_revision = "a-1", conditions = {{type = "Installed", status = "True"}}})
assert.eq(assert.raises(function() c:provider_status("a") end, "not found").code, "crossplane.missing")

---- provider_revisions
--> GET /apis/pkg.crossplane.io/v1/providerrevisions
-->: Authorization: Bearer t
--< 200 {"items":[{"metadata":{"name":"a"}}]}
--> GET /apis/pkg.crossplane.io/v1/providerrevisions
-->: Authorization: Bearer t
--< 404 {}
--> GET /apis/pkg.crossplane.io/v1/providerrevisions/a%20b
-->: Authorization: Bearer t
--< 200 {"kind":"K"}
--> GET /apis/pkg.crossplane.io/v1/providerrevisions/none
-->: Authorization: Bearer t
--< 404 {}
--> GET /apis/pkg.crossplane.io/v1/providerrevisions/x
-->: Authorization: Bearer t
--< 403 {}
local c = crossplane.client(URL, "t")
assert.eq(c:provider_revisions().items[1].metadata.name, "a")
assert.eq(#c:provider_revisions().items, 0)
assert.eq(c:provider_revision("a b").kind, "K")
assert.is_nil(c:provider_revision("none"))
assert.eq(assert.raises(function() c:provider_revision("x") end).status, 403)

---- configurations
--> GET /apis/pkg.crossplane.io/v1/configurations
-->: Authorization: Bearer t
--< 200 {"items":[{"metadata":{"name":"a"}}]}
--> GET /apis/pkg.crossplane.io/v1/configurations
-->: Authorization: Bearer t
--< 404 {}
--> GET /apis/pkg.crossplane.io/v1/configurations/a%20b
-->: Authorization: Bearer t
--< 200 {"kind":"K"}
--> GET /apis/pkg.crossplane.io/v1/configurations/none
-->: Authorization: Bearer t
--< 404 {}
--> GET /apis/pkg.crossplane.io/v1/configurations/x
-->: Authorization: Bearer t
--< 403 {}
local c = crossplane.client(URL, "t")
assert.eq(c:configurations().items[1].metadata.name, "a")
assert.eq(#c:configurations().items, 0)
assert.eq(c:configuration("a b").kind, "K")
assert.is_nil(c:configuration("none"))
assert.eq(assert.raises(function() c:configuration("x") end).status, 403)

---- is_configuration_healthy
--> GET /apis/pkg.crossplane.io/v1/configurations/a
-->: Authorization: Bearer t
--< 200 {"status":{"conditions":[{"type":"Other","status":"True"},{"type":"Healthy","status":"True"}]}}
--> GET /apis/pkg.crossplane.io/v1/configurations/a
-->: Authorization: Bearer t
--< 200 {"status":{"conditions":[{"type":"Healthy","status":"False"}]}}
--> GET /apis/pkg.crossplane.io/v1/configurations/a
-->: Authorization: Bearer t
--< 200 {}
--> GET /apis/pkg.crossplane.io/v1/configurations/a
-->: Authorization: Bearer t
--< 404 {}
local c = crossplane.client(URL, "t")
assert.eq(c:is_configuration_healthy("a"), true)
assert.eq(c:is_configuration_healthy("a"), false)
assert.eq(c:is_configuration_healthy("a"), false)
assert.eq(c:is_configuration_healthy("a"), false)

---- is_configuration_installed
--> GET /apis/pkg.crossplane.io/v1/configurations/a
-->: Authorization: Bearer t
--< 200 {"status":{"conditions":[{"type":"Other","status":"True"},{"type":"Installed","status":"True"}]}}
--> GET /apis/pkg.crossplane.io/v1/configurations/a
-->: Authorization: Bearer t
--< 200 {"status":{"conditions":[{"type":"Installed","status":"False"}]}}
--> GET /apis/pkg.crossplane.io/v1/configurations/a
-->: Authorization: Bearer t
--< 200 {}
--> GET /apis/pkg.crossplane.io/v1/configurations/a
-->: Authorization: Bearer t
--< 404 {}
local c = crossplane.client(URL, "t")
assert.eq(c:is_configuration_installed("a"), true)
assert.eq(c:is_configuration_installed("a"), false)
assert.eq(c:is_configuration_installed("a"), false)
assert.eq(c:is_configuration_installed("a"), false)

---- functions
--> GET /apis/pkg.crossplane.io/v1beta1/functions
-->: Authorization: Bearer t
--< 200 {"items":[{"metadata":{"name":"a"}}]}
--> GET /apis/pkg.crossplane.io/v1beta1/functions
-->: Authorization: Bearer t
--< 404 {}
--> GET /apis/pkg.crossplane.io/v1beta1/functions/a%20b
-->: Authorization: Bearer t
--< 200 {"kind":"K"}
--> GET /apis/pkg.crossplane.io/v1beta1/functions/none
-->: Authorization: Bearer t
--< 404 {}
--> GET /apis/pkg.crossplane.io/v1beta1/functions/x
-->: Authorization: Bearer t
--< 403 {}
local c = crossplane.client(URL, "t")
assert.eq(c:functions().items[1].metadata.name, "a")
assert.eq(#c:functions().items, 0)
assert.eq(c:xfunction("a b").kind, "K")
assert.is_nil(c:xfunction("none"))
assert.eq(assert.raises(function() c:xfunction("x") end).status, 403)

---- is_function_healthy
--> GET /apis/pkg.crossplane.io/v1beta1/functions/a
-->: Authorization: Bearer t
--< 200 {"status":{"conditions":[{"type":"Other","status":"True"},{"type":"Healthy","status":"True"}]}}
--> GET /apis/pkg.crossplane.io/v1beta1/functions/a
-->: Authorization: Bearer t
--< 200 {"status":{"conditions":[{"type":"Healthy","status":"False"}]}}
--> GET /apis/pkg.crossplane.io/v1beta1/functions/a
-->: Authorization: Bearer t
--< 200 {}
--> GET /apis/pkg.crossplane.io/v1beta1/functions/a
-->: Authorization: Bearer t
--< 404 {}
local c = crossplane.client(URL, "t")
assert.eq(c:is_function_healthy("a"), true)
assert.eq(c:is_function_healthy("a"), false)
assert.eq(c:is_function_healthy("a"), false)
assert.eq(c:is_function_healthy("a"), false)

---- xrds
--> GET /apis/apiextensions.crossplane.io/v1/compositeresourcedefinitions
-->: Authorization: Bearer t
--< 200 {"items":[{"metadata":{"name":"a"}}]}
--> GET /apis/apiextensions.crossplane.io/v1/compositeresourcedefinitions
-->: Authorization: Bearer t
--< 404 {}
--> GET /apis/apiextensions.crossplane.io/v1/compositeresourcedefinitions/a%20b
-->: Authorization: Bearer t
--< 200 {"kind":"K"}
--> GET /apis/apiextensions.crossplane.io/v1/compositeresourcedefinitions/none
-->: Authorization: Bearer t
--< 404 {}
--> GET /apis/apiextensions.crossplane.io/v1/compositeresourcedefinitions/x
-->: Authorization: Bearer t
--< 403 {}
local c = crossplane.client(URL, "t")
assert.eq(c:xrds().items[1].metadata.name, "a")
assert.eq(#c:xrds().items, 0)
assert.eq(c:xrd("a b").kind, "K")
assert.is_nil(c:xrd("none"))
assert.eq(assert.raises(function() c:xrd("x") end).status, 403)

---- is_xrd_established
--> GET /apis/apiextensions.crossplane.io/v1/compositeresourcedefinitions/a
-->: Authorization: Bearer t
--< 200 {"status":{"conditions":[{"type":"Other","status":"True"},{"type":"Established","status":"True"}]}}
--> GET /apis/apiextensions.crossplane.io/v1/compositeresourcedefinitions/a
-->: Authorization: Bearer t
--< 200 {"status":{"conditions":[{"type":"Established","status":"False"}]}}
--> GET /apis/apiextensions.crossplane.io/v1/compositeresourcedefinitions/a
-->: Authorization: Bearer t
--< 200 {}
--> GET /apis/apiextensions.crossplane.io/v1/compositeresourcedefinitions/a
-->: Authorization: Bearer t
--< 404 {}
local c = crossplane.client(URL, "t")
assert.eq(c:is_xrd_established("a"), true)
assert.eq(c:is_xrd_established("a"), false)
assert.eq(c:is_xrd_established("a"), false)
assert.eq(c:is_xrd_established("a"), false)

---- compositions
--> GET /apis/apiextensions.crossplane.io/v1/compositions
-->: Authorization: Bearer t
--< 200 {"items":[{"metadata":{"name":"a"}}]}
--> GET /apis/apiextensions.crossplane.io/v1/compositions
-->: Authorization: Bearer t
--< 404 {}
--> GET /apis/apiextensions.crossplane.io/v1/compositions/a%20b
-->: Authorization: Bearer t
--< 200 {"kind":"K"}
--> GET /apis/apiextensions.crossplane.io/v1/compositions/none
-->: Authorization: Bearer t
--< 404 {}
--> GET /apis/apiextensions.crossplane.io/v1/compositions/x
-->: Authorization: Bearer t
--< 403 {}
local c = crossplane.client(URL, "t")
assert.eq(c:compositions().items[1].metadata.name, "a")
assert.eq(#c:compositions().items, 0)
assert.eq(c:composition("a b").kind, "K")
assert.is_nil(c:composition("none"))
assert.eq(assert.raises(function() c:composition("x") end).status, 403)

---- managed resources
--> GET /apis/s3.aws.upbound.io/v1beta1/buckets/a
-->: Authorization: Bearer t
--< 200 {"kind":"Bucket"}
--> GET /apis/s3.aws.upbound.io/v1beta1/buckets/a
-->: Authorization: Bearer t
--< 404
--> GET /apis/s3.aws.upbound.io/v1beta1/buckets/a
-->: Authorization: Bearer t
--< 200 {"status":{"conditions":[{"type":"Ready","status":"True"}]}}
--> GET /apis/s3.aws.upbound.io/v1beta1/buckets
-->: Authorization: Bearer t
--< 200 {"items":[{}]}
local c = crossplane.client(URL, "t")
local group, version = "s3.aws.upbound.io", "v1beta1"
assert.eq(c:managed_resource(group, version, "buckets", "a").kind, "Bucket")
assert.eq(c:is_managed_ready(group, version, "buckets", "a"), false)
assert.eq(c:is_managed_ready(group, version, "buckets", "a"), true)
assert.eq(#c:managed_resources(group, version, "buckets").items, 1)

---- all_providers_healthy
--> GET /apis/pkg.crossplane.io/v1/providers
-->: Authorization: Bearer t
--< 200 {"items":[{"metadata":{"name":"a0"},"status":{"conditions":[{"type":"Healthy","status":"True"}]}},{"metadata":{"name":"b0"},"status":{"conditions":[{"type":"Healthy","status":"False"}]}}]}
local c = crossplane.client(URL, "t")
assert.eq(c:all_providers_healthy(), {healthy = 1, unhealthy = 1, total = 2, unhealthy_names = {"b0"}})

---- all_xrds_established
--> GET /apis/apiextensions.crossplane.io/v1/compositeresourcedefinitions
-->: Authorization: Bearer t
--< 200 {"items":[{"metadata":{"name":"a0"},"status":{"conditions":[{"type":"Established","status":"True"}]}},{"metadata":{"name":"b0"},"status":{"conditions":[{"type":"Established","status":"False"}]}}]}
local c = crossplane.client(URL, "t")
assert.eq(c:all_xrds_established(), {established = 1, not_established = 1, total = 2, not_established_names = {"b0"}})
