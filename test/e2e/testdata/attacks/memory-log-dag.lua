-- survives
-- A table that holds itself twice, 23 levels deep, has eight million ends.
local t = {a = 1}
for _ = 1, 23 do t = {a = t, b = t} end
log.info("x", {t = t})
print("survived")
