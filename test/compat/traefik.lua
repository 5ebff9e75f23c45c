-- A script in the style of those that are in use; the test in cmd/assay reads it.
---- routes are up
--> GET /api/http/routers
--< 200 [{"status":"enabled"},{"status":"disabled"}]
--> GET /api/http/routers/web%40docker
--< 200 {"status":"enabled","tls":{}}
--> GET /api/http/services/api
--< 200 {"loadBalancer":{"servers":[{},{}]}}
local traefik = require("assay.traefik")
local enabled, errored = traefik.healthy_routers(URL)
assert.eq({enabled, errored}, {1, 1})
assert.eq(traefik.router_has_tls(URL, "web@docker"), true)
assert.eq(traefik.service_server_count(URL, "api"), 2)
