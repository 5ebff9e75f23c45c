local conn = ws.connect(URL, {subprotocols = {"other", "chat"}})
print(conn.subprotocol, tostring(conn), conn.close_code)
--> =chat ws.Connection nil
conn:send("text ü")
print(conn:recv())
--> =text ü text
ws.send_binary(conn, "\0\255")
local bytes, kind = ws.recv(conn, 5)
print(#bytes, bytes:byte(2), kind)
--> =2 255 binary
conn:send("")
print(#conn:recv())
--> =0
conn:ping()

-- A message that does not come is an error, and the connection goes on.
local ok, e = pcall(conn.recv, conn, 0.01)
print(ok, e.code, e.message)
--> =false ws.timeout no message within 10ms
conn:send("still there")
print(conn:recv(5))
--> =still there text

local ok, e = pcall(conn.send, conn, "\255")
print(e.code, e.hint)
--> =ws.text use send_binary for bytes
local ok, e = pcall(conn.close, conn, 1005)
print(e.message)
--> =argument 'code': 1005 may not be sent: use 1000, or 3000 to 4999
local ok, e = pcall(conn.close, conn, 1000, ("x"):rep(124))
print(e.message)
--> =argument 'reason': at most 123 bytes of text expected, got 124

conn:close()
conn:close()
for _, f in ipairs{function() ws.recv(conn) end, function() ws.send(conn, "x") end, function() conn:ping() end} do
  local ok, e = pcall(f)
  print(ok, e.code, tostring(e))
end
--> =false ws.closed ws.recv: connection closed
--> =false ws.closed ws.send: connection closed
--> =false ws.closed ws.ping: connection closed

-- The other end closes.
local conn = ws.connect(URL .. "/close")
local ok, e = pcall(conn.recv, conn, 5)
print(e.code, e.message, conn.close_code, conn.close_reason)
--> =ws.closed connection closed by the other end: 4001 enough 4001 enough
local conn = ws.connect(URL .. "/drop")
local ok, e = pcall(conn.recv, conn, 5)
print(e.code, e.message)
--> =ws.closed connection closed

-- Limits.
local conn = ws.connect(URL .. "/large", {max_message = 1000})
local ok, e = pcall(conn.recv, conn, 5)
print(e.code, e.message, e.hint)
--> =ws.too_big a message is larger than 1000 bytes raise max_message
local conn = ws.connect(URL .. "/large")
print(#conn:recv(5))
--> =1048576

local conn = ws.connect(URL .. "/header", {headers = {["X-Test"] = "seen"}})
print(conn:recv(5))
--> =seen text

-- What is not a WebSocket.
local function failed(...)
  local ok, e = pcall(ws.connect, ...)
  print(e.code, e.message)
end
failed(URL .. "/plain")
--> =ws.handshake the server answered with status 418 instead of a WebSocket
failed("http://127.0.0.1/")
--> =nil argument 'url': "http://127.0.0.1/" is not the URL of a WebSocket
failed("ws://127.0.0.1:1/")
--> ~^ws.connect dial tcp 127.0.0.1:1: .*refused
failed(URL, {time_out = 1})
--> =nil unknown option 'time_out': did you mean 'timeout'?
failed(SECURE)
--> ~^ws.tls .*certificate
failed(SECURE, {ca_cert = "x"})
--> =nil ca_cert: there is no PEM certificate in it
local tries = 0
pcall(ws.connect, "ws://127.0.0.1:1/", {retry = {attempts = 3, initial = 0.001, on = function() tries = tries + 1 return true end}})
print(tries)
--> =3
local conn = ws.connect(SECURE, {insecure = true})
conn:send("secret")
print(conn:recv(5))
--> =secret text
