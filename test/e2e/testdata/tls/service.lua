-- Serves with the certificate and the key of two files.
http.serve(0, {GET = {
  ["/"] = function() return {body = "hello"} end,
  ["/ticks"] = function() return {sse = function(send) while true do send{data = "tick"} sleep(0.05) end end} end,
}}, {host = "127.0.0.1", tls = {cert = arg[1], key = arg[2]}, on_listen = print})
