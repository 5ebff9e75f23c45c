-- A script in the style of those that are in use; the test in cmd/assay reads it.
---- endpoints
--> GET /health
--< 200 ok
--> GET /info
--< 200 {"a":{"b":3}}
--> GET /text
--< 200 it is ready
--> GET /slow
--< 503
--> GET /slow
--< 200
local hc = require("assay.healthcheck")
assert.eq(hc.http(URL .. "/health").ok, true)
local j = hc.json_path(URL .. "/info", "a.b", 3)
assert.eq({j.ok, j.actual}, {true, 3})
local all = hc.multi({{name = "text", check = function() return hc.body_contains(URL .. "/text", "ready") end}, {name = "bad", check = function() error("no") end}})
assert.eq({all.ok, all.passed, all.failed, all.total}, {false, 1, 1, 2})
assert.eq(hc.wait(URL .. "/slow", {timeout = 5, interval = 0.01}).attempts, 2)
