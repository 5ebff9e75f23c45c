-- The API behind the proxy, for the checks.
local asked = 0
http.serve(0, {
  GET = {
    ["/items"] = function(req)
      asked = asked + 1
      if req.headers.authorization ~= "Bearer secret" then return {status = 401} end
      return {json = {asked = asked, page = req.params.page}}
    end,
  },
  POST = {["/items"] = function(req) return {status = 201, json = req:json()} end},
}, {host = "127.0.0.1"})
