---- http: status, method, body and headers
--> GET /health
--< 200 ok
--> POST /probe
-->: X-Probe: 1
-->= {"a":1}
--< 204
--> GET /health
--< 503 down
local r = healthcheck.http(URL .. "/health")
assert.eq({r.ok, r.status, r.error}, {true, 200})
assert.ge(r.latency_ms, 0)
assert.eq(healthcheck.http(URL .. "/probe", {expected_status = 204, method = "post", body = {a = 1}, headers = {["X-Probe"] = "1"}}).ok, true)
r = healthcheck.http(URL .. "/health")
assert.eq({r.ok, r.status, r.error}, {false, 503, "expected status 200, got 503"})

---- what cannot be reached is a result; a mistake of the script is an error
local r = healthcheck.http("http://127.0.0.1:1/", {timeout = 5})
assert.eq({r.ok, r.status}, {false, 0})
assert.contains(r.error, "127.0.0.1:1")
assert.eq(healthcheck.body_contains("http://127.0.0.1:1/", "x").found, false)
assert.contains(healthcheck.json_path("http://127.0.0.1:1/", "a", 1).error, "127.0.0.1:1")
assert.raises(function() healthcheck.http(URL, {time_out = 1}) end, "did you mean 'timeout'")

---- json_path
--> GET /h
--< 200 {"a":{"b":[{"c":"x"}],"n":null}}
--> GET /h
--< 200 {"a":{"b":1}}
--> GET /h
--< 200 {"a":{"b":1}}
--> GET /h
--< 200 <html>
--> GET /h
--< 500 {"a":1}
assert.eq(healthcheck.json_path(URL .. "/h", "a.b.1.c", "x"), {ok = true, actual = "x", expected = "x"})
assert.eq(healthcheck.json_path(URL .. "/h", "a.b", 2), {ok = false, actual = 1, expected = 2, error = "expected 2, got 1"})
assert.contains(healthcheck.json_path(URL .. "/h", "a.missing.c", 2).error, "key 'missing'")
assert.contains(healthcheck.json_path(URL .. "/h", "a", 2).error, "not JSON")
assert.eq(healthcheck.json_path(URL .. "/h", "a", 1).ok, false)

---- status_code, body_contains and endpoint
--> GET /a
--< 401
--> GET /a
--< 200
--> GET /b
--< 500 a (plain.*) text
--> GET /b
--< 200 other
--> GET /c
--< 200
--> GET /c
--< 200
--> GET /c
--< 404
assert.eq(healthcheck.status_code(URL .. "/a", 401), {ok = true, status = 401})
assert.eq(healthcheck.status_code(URL .. "/a", 401).error, "expected status 401, got 200")
assert.eq(healthcheck.body_contains(URL .. "/b", "(plain.*)"), {ok = true, found = true})
assert.eq(healthcheck.body_contains(URL .. "/b", "(plain.*)").ok, false)
assert.eq(healthcheck.endpoint(URL .. "/c").ok, true)
assert.contains(healthcheck.endpoint(URL .. "/c", {max_latency_ms = 0}).error, "expected at most 0 ms")
assert.eq(healthcheck.endpoint(URL .. "/c").status, 404)

---- multi counts, and a check that raises has failed
local all = healthcheck.multi{
  {name = "a", check = function() return {ok = true, status = 200} end},
  {name = "b", check = function() error("no") end},
  {name = "c", check = function() return {ok = false, error = "x"} end},
  {name = "d", check = function() end},
}
assert.eq({all.ok, all.passed, all.failed, all.total}, {false, 1, 3, 4})
assert.eq(all.results[1], {name = "a", ok = true, status = 200})
assert.contains(all.results[2].error, "no")
assert.eq(healthcheck.multi({}).ok, true)
assert.raises(function() healthcheck.multi{function() end} end, "healthcheck.multi: check 1: .* is expected")

---- wait gives the number of attempts, or raises
--> GET /h
-->: X-A: b
--< 503
--> GET /h
-->: X-A: b
--< 204
--> GET /h
--< 503
assert.eq(healthcheck.wait(URL .. "/h", {timeout = 5, interval = 0.01, expect_status = 204, headers = {["X-A"] = "b"}}), {ok = true, status = 204, attempts = 2})
local e = assert.raises(function() healthcheck.wait(URL .. "/h", {timeout = 0}) end, "/h not healthy after 0s")
assert.eq(e.code, "healthcheck.timeout")
