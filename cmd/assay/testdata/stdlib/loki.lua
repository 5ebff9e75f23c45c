-- https://grafana.com/docs/loki/latest/reference/loki-http-api/

---- push writes nanoseconds with all their digits
--> POST /loki/api/v1/push
-->: X-Scope-Orgid: a
-->~ ^\{"streams":\[\{"stream":\{"job":"b"\},"values":\[\["1[0-9]{18}","now"\],\["1767225600000000001","own"\],\["1767225600500000000","seconds"\]\]\}\]\}$
--< 204
--> POST /loki/api/v1/push
-->= {"streams":[{"stream":{},"values":[]}]}
--< 400 error at least one label pair is required per stream
local c = loki.client(URL .. "/", {headers = {["X-Scope-OrgID"] = "a"}})
assert.eq(c:push({job = "b"}, {"now", {"1767225600000000001", "own"}, {1767225600.5, "seconds"}}), true)
local e = assert.raises(function() loki.client(URL):push({}, {}) end, "loki.push: HTTP 400: ")
assert.eq({e.code, e.status}, {"loki.http", 400})

---- queries
--> GET /loki/api/v1/query
-->? query={job="a&b"} |= "x=y"
-->? limit=5
-->? direction=forward
--< 200 {"status":"success","data":{"resultType":"streams","result":[{"stream":{"job":"a"},"values":[["1","l"]]}]}}
--> GET /loki/api/v1/query_range
-->? query={job="a"}
-->? start=1000
-->? end=2000
-->? step=30s
--< 200 {"status":"success","data":{"result":[]}}
--> GET /loki/api/v1/query
-->? query=x
--< 200 {}
local c = loki.client(URL)
assert.eq(c:query('{job="a&b"} |= "x=y"', {limit = 5, direction = "forward"})[1].values[1][2], "l")
assert.eq(#c:query_range('{job="a"}', {start = 1000, end_time = 2000, step = "30s"}), 0)
assert.eq(assert.raises(function() c:query("x") end, "unexpected response format").code, "loki.answer")

---- labels, values and series
--> GET /loki/api/v1/labels
-->? start=1
-->? end=2
--< 200 {"status":"success","data":["job"]}
--> GET /loki/api/v1/label/a%20b/values
--< 200 {"status":"success","data":["x"]}
--> GET /loki/api/v1/labels
--< 200 {"status":"success"}
--> GET /loki/api/v1/series
-->? match[]={a="b"}
-->? match[]={c="d"}
-->? start=1
--< 200 {"status":"success","data":[{"a":"b"}]}
local c = loki.client(URL)
assert.eq(c:labels({start = 1, end_time = 2}), {"job"})
assert.eq(c:label_values("a b"), {"x"})
assert.eq(#c:labels(), 0)
assert.eq(c:series({'{a="b"}', '{c="d"}'}, {start = 1})[1].a, "b")

---- ready and metrics
--> GET /ready
--< 200 ready
--> GET /ready
--< 503 starting
--> GET /metrics
--< 200 loki_build_info 1
local c = loki.client(URL)
assert.eq(c:ready(), true)
assert.eq(c:ready(), false)
assert.eq(c:metrics(), "loki_build_info 1")

---- selector sorts and escapes
assert.eq(loki.selector({job = "api", env = 'a"b\\c\nd'}), '{env="a\\"b\\\\c\\nd",job="api"}')
assert.eq(loki.selector({}), "{}")
assert.raises(function() loki.client(URL):tail("x", nil, print) end, "has no WebSockets")

---- script: tail follows a WebSocket
local got = {}
async.spawn(function()
  http.serve(0, {GET = {["/loki/api/v1/tail"] = function(req)
    assert.eq(req.params.query, '{job="a b"}')
    assert.eq(req.params.limit, "3")
    assert.eq(req.headers.authorization, "Bearer t")
    return {ws = function(conn)
      conn:send('{"streams":[{"stream":{"host":"h"},"values":[["1","one"],["2","two"]]}]}')
      conn:send('{"streams":[{"stream":{"host":"i"},"values":[["3","three"],["4","four"]]}]}')
      pcall(conn.recv, conn, 5)
    end}
  end}}, {host = "127.0.0.1"})
end)
while not _SERVER_PORT do sleep(0.01) end
loki.client("http://127.0.0.1:" .. _SERVER_PORT, {auth = {bearer = "t"}}):tail('{job="a b"}', {limit = 3}, function(line, labels, ns)
  got[#got + 1] = ns .. " " .. labels.host .. " " .. line
  return line ~= "three"
end)
assert.eq(got, {"1 h one", "2 h two", "3 i three"})
