-- assay scan.lua URL TURNS: what scan/main.go does.
local conn = db.connect(arg[1], {max_conns = 1})
for _ = 1, tonumber(arg[2]) do
  local rows = conn:query("select id, name, amount, ok from bench")
  assert.is_true(#rows > 0)
end
