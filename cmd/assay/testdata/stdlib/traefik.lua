-- https://doc.traefik.io/traefik/operations/api/

---- what there is
--> GET /api/overview
--< 200 [{"x":1}]
--> GET /api/version
--< 200 [{"x":1}]
--> GET /api/entrypoints
--< 200 [{"x":1}]
--> GET /api/entrypoints/a%40b
--< 200 {"name":"n"}
--> GET /api/http/routers
--< 200 [{"x":1}]
--> GET /api/http/routers/a%40b
--< 200 {"name":"n"}
--> GET /api/http/services
--< 200 [{"x":1}]
--> GET /api/http/services/a%40b
--< 200 {"name":"n"}
--> GET /api/http/middlewares
--< 200 [{"x":1}]
--> GET /api/http/middlewares/a%40b
--< 200 {"name":"n"}
--> GET /api/tcp/routers
--< 200 [{"x":1}]
--> GET /api/tcp/services
--< 200 [{"x":1}]
--> GET /api/rawdata
--< 200 [{"x":1}]
assert.eq(traefik.overview(URL)[1].x, 1)
assert.eq(traefik.version(URL)[1].x, 1)
assert.eq(traefik.entrypoints(URL)[1].x, 1)
assert.eq(traefik.entrypoint(URL .. "/", "a@b").name, "n")
assert.eq(traefik.http_routers(URL)[1].x, 1)
assert.eq(traefik.http_router(URL .. "/", "a@b").name, "n")
assert.eq(traefik.http_services(URL)[1].x, 1)
assert.eq(traefik.http_service(URL .. "/", "a@b").name, "n")
assert.eq(traefik.http_middlewares(URL)[1].x, 1)
assert.eq(traefik.http_middleware(URL .. "/", "a@b").name, "n")
assert.eq(traefik.tcp_routers(URL)[1].x, 1)
assert.eq(traefik.tcp_services(URL)[1].x, 1)
assert.eq(traefik.rawdata(URL)[1].x, 1)

---- routers and services
--> GET /api/http/routers/a
--< 200 {"status":"enabled","tls":{}}
--> GET /api/http/routers/a
--< 200 {"status":"disabled"}
--> GET /api/http/routers/a
--< 200 {"status":"enabled","tls":{}}
--> GET /api/http/routers/a
--< 200 {"status":"enabled"}
--> GET /api/http/services/a
--< 200 {"loadBalancer":{"servers":[{},{}]}}
--> GET /api/http/services/a
--< 200 {"type":"weighted"}
--> GET /api/http/routers
--<: X-Next-Page: 2
--< 200 [{"status":"enabled"},{"status":"disabled"}]
--> GET /api/http/routers
-->? page=2
--<: X-Next-Page: 1
--< 200 [{"status":"enabled"}]
--> GET /api/version
--< 404 no
assert.eq({traefik.is_router_enabled(URL, "a"), traefik.is_router_enabled(URL, "a")}, {true, false})
assert.eq({traefik.router_has_tls(URL, "a"), traefik.router_has_tls(URL, "a")}, {true, false})
assert.eq({traefik.service_server_count(URL, "a"), traefik.service_server_count(URL, "a")}, {2, 0})
assert.eq({traefik.healthy_routers(URL)}, {2, 1})
assert.eq(assert.raises(function() traefik.version(URL) end, "traefik.version: HTTP 404: no").code, "traefik.http")
