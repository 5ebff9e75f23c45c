local make = require("../make")
local crossplane = require("assay.crossplane")
local client = crossplane.client()

local healthy = [[[{type: Healthy, status: "True", reason: HealthyPackageRevision, lastTransitionTime: "2026-01-01T00:00:00Z"}, {type: Installed, status: "True", reason: ActivePackageRevision, lastTransitionTime: "2026-01-01T00:00:00Z"}]
]]
make.objects(([[
apiVersion: pkg.crossplane.io/v1
kind: Provider
metadata: {name: aws}
spec: {package: "registry.example.com/provider-aws:v1"}
status: {currentRevision: aws-1, conditions: HEALTHY}
---
apiVersion: pkg.crossplane.io/v1
kind: Provider
metadata: {name: broken}
spec: {package: "registry.example.com/broken:v1"}
status: {conditions: [{type: Installed, status: "True", reason: ActivePackageRevision, lastTransitionTime: "2026-01-01T00:00:00Z"}]}
---
apiVersion: pkg.crossplane.io/v1
kind: ProviderRevision
metadata: {name: aws-1}
spec: {image: "registry.example.com/provider-aws:v1", revision: 1, desiredState: Active}
---
apiVersion: pkg.crossplane.io/v1
kind: Configuration
metadata: {name: platform}
spec: {package: "registry.example.com/platform:v1"}
status: {conditions: HEALTHY}
---
apiVersion: pkg.crossplane.io/v1beta1
kind: Function
metadata: {name: patch}
spec: {package: "registry.example.com/patch:v1"}
status: {conditions: HEALTHY}
---
apiVersion: apiextensions.crossplane.io/v1
kind: CompositeResourceDefinition
metadata: {name: xbuckets.example.org}
spec:
  group: example.org
  names: {kind: XBucket, plural: xbuckets}
  versions: [{name: v1, served: true, referenceable: true, schema: {openAPIV3Schema: {type: object}}}]
status: {conditions: [{type: Established, status: "True", reason: WatchingCompositeResource, lastTransitionTime: "2026-01-01T00:00:00Z"}]}
---
apiVersion: apiextensions.crossplane.io/v1
kind: Composition
metadata: {name: buckets}
spec: {compositeTypeRef: {apiVersion: example.org/v1, kind: XBucket}, mode: Pipeline, pipeline: [{step: patch, functionRef: {name: patch}}]}
]]):gsub("HEALTHY", (healthy:gsub("\n", ""))))

local s = client:provider_status("aws")
assert.eq({s.installed, s.healthy, s.current_revision, #s.conditions}, {true, true, "aws-1", 2})
assert.raises(function() client:provider_status("none") end, "not found")
assert.eq({client:is_provider_healthy("broken"), client:is_provider_installed("broken"), client:is_provider_healthy("none")}, {false, true, false})
assert.eq(client:all_providers_healthy(), {healthy = 1, unhealthy = 1, total = 2, unhealthy_names = {"broken"}})
assert.eq({#client:provider_revisions().items, client:provider_revision("aws-1").spec.revision}, {1, 1})
assert.eq({client:is_configuration_healthy("platform"), client:is_configuration_installed("platform"), #client:configurations().items}, {true, true, 1})
assert.eq({client:is_function_healthy("patch"), client:xfunction("patch").metadata.name, #client:functions().items}, {true, "patch", 1})
assert.eq({client:is_xrd_established("xbuckets.example.org"), client:is_xrd_established("none")}, {true, false})
local all = client:all_xrds_established()
assert.eq({all.established, all.not_established, all.total}, {1, 0, 1})
assert.eq({#client:compositions().items, client:composition("buckets").spec.mode}, {1, "Pipeline"})

-- A managed resource is one of a provider's kinds.
make.kinds({{"s3.aws.upbound.io", "v1beta1", "buckets", "Bucket", "Cluster"}})
make.objects([[
apiVersion: s3.aws.upbound.io/v1beta1
kind: Bucket
metadata: {name: logs}
spec: {forProvider: {region: eu-central-1}}
status: {conditions: [{type: Ready, status: "True", reason: Available}, {type: Synced, status: "True", reason: ReconcileSuccess}]}
]])
assert.eq({client:is_managed_ready("s3.aws.upbound.io", "v1beta1", "buckets", "logs"), client:is_managed_ready("s3.aws.upbound.io", "v1beta1", "buckets", "none")}, {true, false})
assert.eq({#client:managed_resources("s3.aws.upbound.io", "v1beta1", "buckets").items, #client:managed_resources("s3.aws.upbound.io", "v1beta1", "queues").items}, {1, 0})
