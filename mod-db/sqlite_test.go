package db

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
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
	if err := os.Mkdir(filepath.Join(outside, "deep"), 0o700); err != nil {
		t.Fatal(err)
	}
	for link, to := range map[string]string{"link": "", "deep": "deep", "file.db": "out.db", "dangling": "none"} {
		if err := os.Symlink(filepath.Join(outside, to), filepath.Join(inside, link)); err != nil {
			t.Fatal(err)
		}
	}
	before := folderText(t, outside)
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
		{"attach by a URI with a fragment", policy, "C:execute(\"attach 'file:\" .. OUT .. \"/out.db#/../../\" .. IN .. \"/in.db' as x\")", true},
		{"attach by a URI with a zero", policy, "C:execute(\"attach 'file:\" .. OUT .. \"/out.db%00/../../\" .. IN .. \"/in.db' as x\")", true},
		{"attach by a URI of another way to files", policy, "C:execute(\"attach 'file:\" .. IN .. \"/in.db?%76fs=unix' as x\")", true},
		{"attach by an expression that is a URI", policy, "C:execute('attach ? as x', {'file:../../../../../../../..' .. OUT .. '/out.db?vfs=unix'})", true},
		{"attach behind a vacuum", policy, "C:exec_script(\"vacuum; attach '' || '\" .. OUT .. \"/out.db' as x\")", true},
		{"attach through a link", policy, "C:execute(\"attach '\" .. IN .. \"/link/out.db' as x\")", true},
		{"attach at the parent of a link", policy, "C:execute(\"attach '\" .. IN .. \"/deep/../out.db' as x\")", true},
		{"attach at the parent", policy, "C:execute(\"attach '\" .. IN .. \"/../\" .. OUT:match('[^/]+$') .. \"/out.db' as x\")", true},
		{"attach what is made", readOnly, "C:execute(\"attach '\" .. IN .. \"/new.db' as x\") C:execute('create table x.t (n int)')", true},
		{"attach inside by an expression", policy, "C:execute('attach ? as x', {IN .. '/in.db'}) C:execute('insert into x.t values (1)')", false},
		{"vacuum into a URI", policy, "C:execute(\"vacuum into 'file:\" .. OUT .. \"/copy.db#/../../\" .. IN .. \"/copy.db'\")", true},
		{"vacuum into a link", policy, "C:execute(\"vacuum into '\" .. IN .. \"/dangling'\")", true},
		{"a folder of temporary files", policy, "C:execute(\"pragma temp_store_directory = '\" .. OUT .. \"'\")", true},
		{"a database that is a link", policy, "db.connect('sqlite://' .. IN .. '/file.db'):query('select * from t')", true},
		{"a name with a zero", policy, "db.connect('sqlite://' .. OUT .. '/out.db%00' .. IN .. '/in.db')", true},
		{"no policy", core.FullPolicy(), "C:execute('attach ? as x', {OUT .. '/out.db'})", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			source := tt.source
			if strings.HasPrefix(source, "C:") {
				open := "local C = db.connect('sqlite://' .. IN .. '/in.db') "
				if tt.policy.ChangeRoots == nil && !tt.policy.Changes {
					open = "local C = db.connect('sqlite://' .. IN .. '/in.db?mode=ro') "
				}
				source = open + source
			}
			got := exec(t, coretest.Kit{Policy: tt.policy, Globals: map[string]any{"IN": inside, "OUT": outside}}, source)
			named := got.Err != nil && (strings.Contains(got.Err.Error(), "denied by the policy") || strings.Contains(got.Err.Error(), "names no file"))
			if tt.denied != (got.Err != nil) || tt.denied && !named {
				t.Errorf("error = %v, want denied = %v", got.Err, tt.denied)
			}
		})
	}
	if after := folderText(t, outside); after != before {
		t.Errorf("the folder outside holds\n%s\nwant\n%s", after, before)
	}
}

// What a database in memory would write is not on the disk: it says so.
func TestDatabaseInMemoryHasNoFiles(t *testing.T) {
	dir := t.TempDir()
	got := exec(t, coretest.Kit{Globals: map[string]any{"FILE": filepath.Join(dir, "copy.db")}}, `
		local c = db.connect("sqlite::memory:", {max_conns = 1})
		c:execute("create table t (n int)")
		for name, call in pairs{
			literal = function() c:execute("vacuum into '" .. FILE .. "'") end,
			parameter = function() c:execute("vacuum into ?", {FILE}) end,
			script = function() c:exec_script("select 1; vacuum into '" .. FILE .. "'") end,
			backup = function() c:backup(FILE) end,
			attach = function() c:execute("attach '" .. FILE .. "' as a") end,
		} do
			local ok, e = pcall(call)
			assert.eq(ok, false, name)
			assert.contains(tostring(e), "in memory", name)
		end
		c:execute("vacuum")
		c:execute("attach ':memory:' as b")
		c:execute("create table b.t (n int)")`)
	if got.Err != nil {
		t.Error(got.Err)
	}
	if text := folderText(t, dir); text != "" {
		t.Errorf("the folder holds %q, want nothing", text)
	}
}

// folderText is what a folder holds, except for what "no policy" makes by opening the database in it.
func folderText(t *testing.T, dir string) string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), "-wal") || strings.HasSuffix(e.Name(), "-shm") {
			continue
		}
		fmt.Fprintln(&b, e.Name())
		if e.Type().IsRegular() {
			text, err := os.ReadFile(filepath.Join(dir, e.Name()))
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&b, "%x\n", sha256.Sum256(text))
		}
	}
	return b.String()
}

// A database that may only be read is attached to read, and a transaction over it changes nothing.
func TestAttachedDatabaseThatMayBeReadIsNotChanged(t *testing.T) {
	dir := t.TempDir()
	if got := exec(t, coretest.Kit{}, fmt.Sprintf("db.connect('sqlite://%s/a.db'):exec_script('create table t (n int); insert into t values (7)')", dir)); got.Err != nil {
		t.Fatal(got.Err)
	}
	before := folderText(t, dir)
	work := t.TempDir()
	policy := core.FullPolicy()
	policy.Changes, policy.ChangeRoots = false, []string{work}
	got := exec(t, coretest.Kit{Policy: policy, Globals: map[string]any{"DIR": dir, "WORK": work}}, `
		local c = db.connect("sqlite://" .. WORK .. "/w.db", {max_conns = 1})
		c:execute("attach '" .. DIR .. "/a.db' as a")
		assert.eq(c:query_one("select n from a.t").n, 7)
		local ok, e = pcall(c.execute, c, "insert into a.t values (8)")
		assert.eq(ok, false)
		assert.contains(tostring(e), "readonly")
		c:execute("create table copy as select n from a.t")
		assert.eq(c:query_one("select n from copy").n, 7)`)
	if got.Err != nil {
		t.Error(got.Err)
	}
	if after := folderText(t, dir); after != before {
		t.Errorf("the folder holds\n%s\nwant\n%s", after, before)
	}
}

// SQLite deletes the file that a journal names as the one that is over several databases, when its name and
// its content look like one.
func TestJournalDoesNotDeleteFilesOutside(t *testing.T) {
	inside, outside := t.TempDir(), t.TempDir()
	database, victim := filepath.Join(inside, "j.db"), filepath.Join(outside, "v-mj0123459AB")
	limited := core.FullPolicy()
	limited.Files, limited.Roots, limited.Changes, limited.ChangeRoots = false, []string{inside}, false, []string{inside}
	for _, tt := range []struct {
		name   string
		policy core.Policy
		left   bool
	}{{"all is permitted", core.FullPolicy(), false}, {"a folder is permitted", limited, true}} {
		t.Run(tt.name, func(t *testing.T) {
			got := exec(t, coretest.Kit{}, "local c = db.connect('sqlite://"+database+"') c:execute('create table if not exists t (n int)') c:query('pragma journal_mode = delete')")
			if err := errors.Join(got.Err, os.WriteFile(victim, []byte(database+"-journal"), 0o600), os.WriteFile(database+"-journal", hotJournal(victim), 0o600)); err != nil {
				t.Fatal(err)
			}
			got = exec(t, coretest.Kit{Policy: tt.policy}, "db.connect('sqlite://"+database+"'):query('select * from t')")
			if _, err := os.Stat(victim); (err == nil) != tt.left {
				t.Errorf("after %v: the file outside: %v, want it left: %v", got.Err, err, tt.left)
			}
		})
	}
}

// hotJournal is a journal without pages that names a super-journal, as SQLite's file format page has it.
func hotJournal(super string) []byte {
	header := make([]byte, 512)
	copy(header, "\xd9\xd5\x05\xf9\x20\xa1\x63\xd7")
	binary.BigEndian.PutUint32(header[8:], 0xffffffff) // as many pages as there are
	binary.BigEndian.PutUint32(header[16:], 2)         // of the database before
	binary.BigEndian.PutUint32(header[20:], 512)
	binary.BigEndian.PutUint32(header[24:], 4096)
	sum := uint32(0)
	for _, c := range []byte(super) {
		sum += uint32(c)
	}
	journal := binary.BigEndian.AppendUint32(header, (1<<30)/4096+1) // where no page is
	journal = append(journal, super...)
	journal = binary.BigEndian.AppendUint32(journal, uint32(len(super)))
	journal = binary.BigEndian.AppendUint32(journal, sum)
	return append(journal, header[:8]...)
}

func TestDatabaseInMemoryIsNotFoundByAnotherVM(t *testing.T) {
	policy := core.FullPolicy()
	policy.Changes = false
	got := exec(t, coretest.Kit{Policy: policy, Globals: map[string]any{"DIR": t.TempDir()}}, `
		local one, other = db.connect("sqlite::memory:"), db.connect("sqlite::memory:")
		one:execute("create table secret (n int)")
		for _, name in ipairs{"/assay-1", DIR .. "/f.db", "file:/assay-1"} do
			assert.contains(tostring(select(2, pcall(other.execute, other, "attach '" .. name .. "' as x"))), "in memory", name)
		end
		assert.eq(select(2, pcall(other.execute, other, "attach 'file:" .. DIR .. "/g.db?vfs=unix' as g")).code, "policy.denied")`)
	if got.Err != nil {
		t.Error(got.Err)
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
