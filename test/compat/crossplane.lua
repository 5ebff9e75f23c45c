-- A script in the style of those that are in use; the test in cmd/assay reads it.
---- a provider package
--> GET /apis/pkg.crossplane.io/v1/providers/aws
-->: Authorization: Bearer t
--< 200 {"status":{"currentRevision":"aws-1","conditions":[{"type":"Healthy","status":"True"},{"type":"Installed","status":"True"}]}}
--> GET /apis/s3.aws.upbound.io/v1beta1/buckets/b
-->: Authorization: Bearer t
--< 404
local crossplane = require("assay.crossplane")
local c = crossplane.client(URL, "t")
local s = c:provider_status("aws")
assert.eq({s.installed, s.healthy, s.current_revision}, {true, true, "aws-1"})
assert.eq(c:is_managed_ready("s3.aws.upbound.io", "v1beta1", "buckets", "b"), false)
