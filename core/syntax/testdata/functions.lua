-- Functions in every position, for the recovery tests.
local M = {}

local function first(a, b)
  if a > b then
    return a
  elseif a == b then
    return 0
  else
    return b
  end
end

function M.second(t)
  local sum = 0
  for i, v in ipairs(t) do
    sum = sum + v * (i - 1)
  end
  return sum
end

function M:third(...)
  local n <const> = select('#', ...)
  while n > 10 do
    if n == 11 then break end
    repeat
      n = n - 1
    until n < 5
  end
  return function() return self, n end
end

local handlers = {
  get = function(req) return { status = 200 } end,
  ["post"] = function(req)
    for i = 1, 3 do
      log(i)
    end
    return { status = 201, body = "x" .. req.body }
  end,
  function() end,
}

http.serve(8080, {
  GET = {
    ["/"] = function(req)
      local ok, err = pcall(function()
        return first(1, 2)
      end)
      if not ok then
        return { status = 500, body = err }
      end
      return { status = 200 }
    end,
  },
}, { host = "::" })

do
  local x = -2 ^ 2
  goto done
  ::done::
  print(x, #handlers, not x, handlers.get "a", handlers:get { 1 })
end

M.last = function(a, b, c)
  a.b.c = a[b](c)
  return a or b and c
end

return M
