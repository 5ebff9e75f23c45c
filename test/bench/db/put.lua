-- For wrk: requests that change one of a hundred notes.
wrk.method, wrk.body = "PUT", "buy milk"
local n = 0
function request()
  n = n + 1
  return wrk.format(nil, "/notes/" .. n % 100)
end
