package db

import (
	"os"
	"path/filepath"
	"testing"

	"assay.rs/core/coretest"
)

func TestMigrationsOfSQLite(t *testing.T) {
	dir := t.TempDir()
	write := func(folder, name, text string) {
		t.Helper()
		path := filepath.Join(dir, folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	first, second := "create table a (n int);\r\ninsert into a values (1);", "-- no transaction\ncreate index i on a (n)"
	for _, folder := range []string{"good", "changed", "late", "broken", "byhand", "twice", "unnumbered"} {
		write(folder, "0001_a.sql", first)
		write(folder, "0002_b.up.sql", second)
	}
	write("good", "0002_b.down.sql", "drop index i")
	write("good", "10_c.sql", "insert into a values (2)")
	write("changed", "0001_a.sql", first+" -- changed")
	write("late", "0003_late.sql", "select 1")
	write("broken", "0011_x.sql", "insert into a values (3); insert into nowhere values (1);")
	write("byhand", "0011_x.sql", "begin; insert into a values (3); commit")
	write("twice", "2_other.sql", "select 1")
	write("unnumbered", "users.sql", "select 1")
	got := exec(t, coretest.Kit{Globals: map[string]any{"DIR": dir}}, `
	local conn = db.connect("sqlite://" .. DIR .. "/m.db")
	local tasks = {}
	for i = 1, 3 do tasks[i] = async.spawn(function() return #conn:migrate(DIR .. "/good").applied end) end
	local sum = 0
	for _, r in ipairs(async.all(tasks)) do sum = sum + r[1] end
	assert.eq(sum, 3)
	local did = conn:migrate(DIR .. "/good")
	assert.eq(did, {applied = {}, version = 10})
	assert.eq(conn:query_one("select sum(n) as n from a").n, 3)
	assert.eq(conn:query_one("select count(*) as n from sqlite_schema where name = 'i'").n, 1)
	local function fails(folder, text)
		local ok, e = pcall(conn.migrate, conn, DIR .. "/" .. folder)
		assert.eq(ok, false)
		assert.contains(tostring(e), text)
		return e
	end
	fails("changed", "0001_a.sql was changed after it had been run")
	fails("late", "0003_late.sql is new, but number 10 has been run")
	assert.eq(fails("broken", "0011_x.sql: statement 2, line 1: no such table: nowhere").code, "db.syntax")
	fails("byhand", "0011_x.sql: a transaction is not begun or ended by a statement")
	fails("twice", "have the same number")
	fails("unnumbered", "users.sql: the name has no number")
	fails("none", "no such file")
	assert.eq(conn:query_one("select sum(n) as n from a").n, 3)
	conn:tx(function(tx)
		assert.contains(select(2, pcall(tx.migrate, tx, DIR .. "/good")), "not inside of a transaction")
		-- Rows are read while the transaction does other things.
		local seen = 0
		tx:each("select n from a order by n", nil, function(row) seen = seen + row.n tx:execute("update a set n = n") end)
		assert.eq(seen, 3)
	end)
	-- A script that fails halfway says where.
	local ok, e = pcall(conn.exec_script, conn, "insert into a values (4);\n\ninsert into none values (1);")
	assert.contains(tostring(e), "statement 2, line 3: no such table: none")
	ok, e = pcall(conn.exec_script, conn, "begin; insert into a values (5); insert into none values (1); commit")
	assert.eq(ok, false)
	assert.eq(conn:query_one("select sum(n) as n from a").n, 7)
	local again <close> = db.connect("sqlite::memory:")`)
	if got.Err != nil {
		t.Errorf("%v\n%s", got.Err, got.Stdout)
	}
}
