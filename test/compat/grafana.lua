-- A script in the style of those that are in use; the test in cmd/assay reads it.
---- annotate a deployment
--> GET /api/health
--< 200 {"database":"ok"}
--> GET /api/datasources/uid/prom
-->: Authorization: Bearer k
--< 200 {"type":"prometheus"}
--> GET /api/annotations
-->? from=1
-->? dashboardId=5
-->? tags=a
-->? tags=b
-->: Authorization: Bearer k
--< 200 []
--> POST /api/annotations
-->: Authorization: Bearer k
-->= {"text":"deployed","tags":["deploy"]}
--< 200 {"id":1}
local grafana = require("assay.grafana")
local c = grafana.client(URL, {api_key = "k"})
assert.eq(c:health().database, "ok")
assert.eq(c:datasource("prom").type, "prometheus")
assert.eq(#c:annotations({from = 1, dashboard_id = 5, tags = {"a", "b"}}), 0)
assert.eq(c:create_annotation({text = "deployed", tags = {"deploy"}}).id, 1)
