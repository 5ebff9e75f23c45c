print(ask("GET", "http://api/x"))
--> =0	
local api = mock.http{
	["GET http://api/x"] = {json = {ok = true}},
	["POST http://api/x"] = function(req) return {status = 201, body = req.method .. " " .. req.body .. " " .. req.query.a .. " " .. req.headers["x-test"]} end,
	["http://api/any"] = "any method",
	["GET http://api/query?a=1&b=2"] = "this query",
	["GET http://api/seq"] = {"first", {status = 503}, function() return "third" end},
	["GET http://api/tree/*"] = "tree",
	["GET http://api/tree/leaf"] = "leaf",
	["* https://other/*"] = {status = 204, headers = {["Content-Type"] = "text/plain"}},
	["GET http://api/nothing"] = function() end,
	["GET http://api/raises"] = function() error("mine", 0) end,
	["GET http://api/down"] = {error = "connect"},
}
print(ask("GET", "http://api/x?whatever=1"))            --> =200 {"ok":true} application/json
print(ask("POST", "http://api/x?a=b%20c", "text"))      --> =201 POST text b c yes
print(ask("PATCH", "http://API/any"))                   --> =200 any method
print(ask("GET", "http://api/query?b=2&a=1"))           --> =200 this query
print(pcall(ask, "GET", "http://api/query?a=1"))
--> ~^false ask: no mock answers GET http://api/query\?a=1$
print(ask("GET", "http://api/seq"))                     --> =200 first
print(ask("GET", "http://api/seq"))                     --> =503
print(ask("GET", "http://api/seq"))                     --> =200 third
print(ask("GET", "http://api/seq"))                     --> =200 third
print(ask("GET", "http://api/tree/a/b"))                --> =200 tree
print(ask("GET", "http://api/tree/leaf"))               --> =200 leaf
print(ask("DELETE", "https://other/x"))                 --> =204 text/plain
print(pcall(ask, "GET", "http://api/nothing"))
--> =false ask: mock "GET http://api/nothing": the function of the mock must give an answer: text or a table
print(pcall(ask, "GET", "http://api/raises"))
--> =false ask: mock "GET http://api/raises": mine
print(pcall(ask, "GET", "http://api/down"))
--> =false ask: dial tcp: connect: connection refused

-- What was asked is kept, also of answers that failed.
print(#api.requests, api.requests[2].method, api.requests[2].url, api.requests[2].path, api.requests[2].query.a, api.requests[2].body)
--> =14 POST http://api/x?a=b%20c /x b c text

-- A later mock goes first; the others stay.
local later = mock.http{["GET http://api/x"] = "later", ["*"] = {status = 404}}
print(ask("GET", "http://api/x"))                       --> =200 later
print(ask("GET", "http://nobody/y"))                    --> =404
print(#later.requests, #api.requests)                   --> =2 14

-- A delay is one of the script's clock.
mock.clock(0)
mock.http{["GET http://slow/"] = {delay = 90, body = "at last"}}
print(ask("GET", "http://slow"))                        --> =200 at last
print(time())                                           --> =90

-- Mistakes.
print(pcall(mock.http, {["get http://api/"] = ""}))
--> =false mock.http: argument 1 'routes': key "get http://api/": the method get is not in capitals
print(pcall(mock.http, {["GET /path"] = ""}))
--> =false mock.http: argument 1 'routes': key "GET /path": an absolute URL expected, such as http://api/health
print(pcall(mock.http, {["GET http://api/"] = {satus = 1}}))
--> =false mock.http: argument 1 'routes': key "GET http://api/": satus: unknown field: did you mean 'status'?
print(pcall(mock.http, {["GET http://api/"] = {status = 42}}))
--> =false mock.http: argument 1 'routes': key "GET http://api/": status: a status from 100 to 599 expected
print(pcall(mock.http, {["GET http://api/"] = {error = "tired"}}))
--> =false mock.http: argument 1 'routes': key "GET http://api/": error: one of timeout, connect, dns, tls expected
print(pcall(mock.http, {["GET http://api/"] = true}))
--> =false mock.http: argument 1 'routes': key "GET http://api/": text, a table, an array of them or a function expected
print(pcall(mock.http, {["GET http://api/"] = {"one", 2}}))
--> =false mock.http: argument 1 'routes': key "GET http://api/": answer 2: text, a table, an array of them or a function expected
