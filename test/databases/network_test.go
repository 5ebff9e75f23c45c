package databases

import (
	"testing"

	"assay.rs/test/servers"
)

func TestNetworkThatSpoilsWhatPasses(t *testing.T) {
	t.Parallel()
	onServers(t, func(t *testing.T, name string, d *servers.Database) {
		p := servers.Before(t, d.Port)
		run(t, name, d.URLAt(p.Port, "sslmode=disable"), map[string]func(){
			"crumble": func() {
				p.Add(t, "slicer", "downstream", map[string]int{"average_size": 7, "size_variation": 3, "delay": 1})
			},
			"cut":   func() { p.Add(t, "limit_data", "downstream", map[string]int{"bytes": 50_000}) },
			"reset": func() { p.Add(t, "reset_peer", "upstream", map[string]int{"timeout": 0}) },
			"part":  func() { p.Silence(t) },
			"heal":  func() { p.Heal(t) },
		}, spoiledScript)
	})
}

const spoiledScript = `
local conn = db.connect(URL, {timeout = 2, connect_timeout = 1, max_conns = 2})
conn:execute("create table spoiled (n int)")
local rows = "with recursive c(n) as (select 1 union all select n + 1 from c where n < 900) select n, repeat('x', 100) as s from c"

local function works()
	local sum = 0
	for _, row in ipairs(conn:query(rows)) do sum = sum + row.n + #row.s end
	assert.eq(sum, 900 * 901 / 2 + 900 * 100)
end
local function works_again()
	local start = time.monotonic()
	retry(works, {attempts = 20, initial = 0.1})
	assert.is_true(time.monotonic() - start < 5, "works again after " .. time.monotonic() - start)
end
local function fails(when, code, limit, sql)
	local start = time.monotonic()
	local ok, e = pcall(conn.query, conn, sql)
	assert.eq(ok, false)
	assert.eq(e.code, code, when .. ": " .. tostring(e))
	assert.is_true(time.monotonic() - start < limit, when .. ": fails after " .. time.monotonic() - start)
end

works()
control.crumble() -- a few bytes at a time
works()
control.heal()

control.cut() -- in the middle of the rows
fails("cut", "db.connect", 2, rows)
control.heal()
works_again()

control.reset()
local inserted = 0
for n = 1, 3 do
	local ok, e = pcall(conn.execute, conn, "insert into spoiled values (?)", {n})
	if ok then inserted = inserted + 1 else assert.eq(e.code, "db.connect", tostring(e)) end
end
control.heal()
works_again()
local stored = conn:query_one("select count(*) as n, count(distinct n) as different from spoiled")
assert.eq(stored.n, stored.different, "sent twice")
assert.is_true(stored.n >= inserted)

control.part() -- nothing passes and nobody is told: first with a fresh connection, then with an idle one
fails("fresh", "db.timeout", 6, "select 1")
fails("new", "db.connect", 6, "select 1")
control.heal()
works_again()
sleep(0.6)
control.part()
fails("idle", "db.timeout", 6, "select 1")
control.heal()
works_again()`
