package db

import (
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"assay.rs/core"
	"assay.rs/core/coretest"
)

func exec(t *testing.T, kit coretest.Kit, source string) coretest.Result {
	t.Helper()
	kit.Modules = append(kit.Modules, New(Config{}))
	return kit.Exec(t, "test.lua", source)
}

func TestFilesObeyThePolicy(t *testing.T) {
	inside, outside := t.TempDir(), t.TempDir()
	for _, name := range []string{filepath.Join(inside, "in.db"), filepath.Join(outside, "out.db")} {
		got := exec(t, coretest.Kit{}, fmt.Sprintf("db.connect('sqlite://%s'):execute('create table t (n int)')", name))
		if got.Err != nil {
			t.Fatal(got.Err)
		}
	}
	policy := core.FullPolicy()
	policy.Files, policy.Roots = false, []string{inside}
	policy.Changes, policy.ChangeRoots = false, []string{inside}
	readOnly := policy
	readOnly.ChangeRoots = nil
	for _, tt := range []struct {
		name   string
		policy core.Policy
		source string
		denied bool
	}{
		{"open inside", policy, "db.connect('sqlite://' .. IN .. '/in.db')", false},
		{"open outside", policy, "db.connect('sqlite://' .. OUT .. '/out.db')", true},
		{"open to change", readOnly, "db.connect('sqlite://' .. IN .. '/in.db')", true},
		{"open to read", readOnly, "db.connect('sqlite://' .. IN .. '/in.db?mode=ro'):query('select * from t')", false},
		{"attach inside", policy, "C:execute(\"attach '\" .. IN .. \"/in.db' as x\")", false},
		{"attach outside", policy, "C:execute(\"attach '\" .. OUT .. \"/out.db' as x\")", true},
		{"attach by URI", policy, "C:execute(\"attach 'file://\" .. OUT .. \"/out.db?mode=ro' as x\")", true},
		{"attach by expression", policy, "C:execute('attach ? as x', {OUT .. '/out.db'})", true},
		{"attach in a script", policy, "C:exec_script(\"select 1; attach '\" .. OUT .. \"/out.db' as x\")", true},
		{"attach in a query", policy, "C:query(\"attach '\" .. OUT .. \"/out.db' as x\")", true},
		{"vacuum", policy, "C:execute('vacuum')", false},
		{"vacuum into inside", policy, "C:execute(\"vacuum into '\" .. IN .. \"/copy.db'\")", false},
		{"vacuum into outside", policy, "C:execute(\"vacuum into '\" .. OUT .. \"/copy.db'\")", true},
		{"vacuum into an expression", policy, "C:execute('vacuum into ?', {OUT .. '/copy.db'})", true},
		{"no policy", core.FullPolicy(), "C:execute('attach ? as x', {OUT .. '/out.db'})", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			source := tt.source
			if strings.HasPrefix(source, "C:") {
				source = "local C = db.connect('sqlite://' .. IN .. '/in.db') " + source
			}
			got := exec(t, coretest.Kit{Policy: tt.policy, Globals: map[string]any{"IN": inside, "OUT": outside}}, source)
			if tt.denied != (got.Err != nil) || tt.denied && !strings.Contains(got.Err.Error(), "denied by the policy") {
				t.Errorf("error = %v, want denied = %v", got.Err, tt.denied)
			}
		})
	}
}

func TestManyReadersAndWritersNeverFindTheDatabaseLocked(t *testing.T) {
	for name, url := range map[string]string{"file": "sqlite://" + filepath.Join(t.TempDir(), "a.db"), "memory": "sqlite::memory:"} {
		t.Run(name, func(t *testing.T) {
			d := openTest(t, url, 8)
			mustExecute(t, d, "create table t (n integer)")
			var all sync.WaitGroup
			for range 8 {
				all.Go(func() {
					for range 20 {
						mustExecute(t, d, "insert into t values (1)")
						if _, err := queryTest(t, d, "select count(*), sum(n) from t"); err != nil {
							t.Errorf("select: %v", err)
						}
					}
				})
			}
			all.Wait()
			rows, err := queryTest(t, d, "select count(*) from t")
			if got, _ := rows[0][0].value.Number(); err != nil || got != 160 {
				t.Errorf("rows = %v, %v, want 160", got, err)
			}
		})
	}
}

func TestLongQueryEndsInTime(t *testing.T) {
	got := exec(t, coretest.Kit{}, `
		local conn = db.connect("sqlite::memory:", {timeout = 0.05})
		local ok, e = pcall(conn.query, conn,
			"with recursive c(n) as (select 1 union all select n + 1 from c where n < 1e12) select count(*) as n from c")
		assert.eq(e.code, "db.timeout")
		ok, e = pcall(conn.each, conn,
			"with recursive c(n) as (select 1 union all select n + 1 from c where n < 1e12) select count(*) as n from c", nil, print)
		assert.eq(e.code, "db.timeout")
		local endless = "with recursive c(n) as (select 1 union all select n + 1 from c) select n from c where n = 1 or n < 0"
		ok, e = pcall(conn.query, conn, endless)
		assert.eq(e.code, "db.timeout")
		ok, e = pcall(conn.query_one, conn, "select * from (" .. endless .. ") where n < 0")
		assert.eq(e.code, "db.timeout")
		ok, e = pcall(conn.execute, conn, "create table t as " .. endless)
		assert.eq(e.code, "db.timeout")
		local rows = 0
		conn:each("select 1 as n union all select 2", nil, function() rows = rows + 1 sleep(0.1) end)
		assert.eq(rows, 2)
		assert.eq(conn:query_one("select 1 as n").n, 1)`)
	if got.Err != nil {
		t.Error(got.Err)
	}
}

func TestPoolThatIsUsedUpSaysSo(t *testing.T) {
	got := exec(t, coretest.Kit{}, `
		local conn = db.connect("sqlite::memory:", {max_conns = 1, timeout = 0.05})
		conn:tx(function(tx)
			local ok, e = pcall(conn.query, conn, "select 1")
			assert.eq(e.code, "db.busy")
			assert.contains(tostring(e), "all 1 connections have been in use")
			assert.eq(tx:query_one("select 1 as n").n, 1)
		end)
		assert.eq(conn:query_one("select 1 as n").n, 1)`)
	if got.Err != nil {
		t.Error(got.Err)
	}
}

func TestRowsAreBoundedByTheMemoryOfTheScript(t *testing.T) {
	rt, err := core.New(core.Config{Modules: []core.Module{New(Config{})}, Policy: core.FullPolicy()})
	if err != nil {
		t.Fatal(err)
	}
	vm := rt.Open(core.Host{Limits: core.Limits{Memory: 16 << 20}})
	defer vm.Close()
	chunk, err := core.Compile("big.lua", []byte(`db.connect("sqlite::memory:"):query(
		"with recursive c(n) as (select 1 union all select n + 1 from c where n < 1e9) select n, printf('%0100d', n) as s from c")`))
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	if err := vm.Run(t.Context(), chunk); err == nil || !strings.Contains(err.Error(), "memory limit of 16 MB") {
		t.Errorf("error after %s = %v, want the memory limit", time.Since(start), err)
	}
}
