-- A script in the style of those that are in use; the test in cmd/assay reads it.
---- push a line and find it again
--> POST /loki/api/v1/push
-->~ ^\{"streams":\[\{"stream":\{"app":"deploy"\},"values":\[\["\d{19}","done"\],\["1700000000000000000","earlier"\]\]\}\]\}$
--< 204
--> GET /loki/api/v1/query_range
-->? query={app="deploy"}
-->? start=1
-->? end=2
-->? limit=10
--< 200 {"data":{"result":[{"values":[["1","done"]]}]}}
--> GET /ready
--< 200
local loki = require("assay.loki")
local c = loki.client(URL)
c:push({app = "deploy"}, {"done", {"1700000000000000000", "earlier"}})
local result = c:query_range(loki.selector({app = "deploy"}), {start = 1, end_time = 2, limit = 10})
assert.eq(result[1].values[1][2], "done")
assert.eq(c:ready(), true)
