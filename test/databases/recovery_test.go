package databases

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"assay.rs/core"
	"assay.rs/core/prelude"
	"assay.rs/test/servers"
)

// onServers runs a test on each database that has a server.
func onServers(t *testing.T, test func(t *testing.T, name string, d *servers.Database)) {
	t.Run("postgres", func(t *testing.T) { test(t, "postgres", servers.Postgres(t)) })
	t.Run("mariadb", func(t *testing.T) { test(t, "mariadb", servers.MariaDB(t)) })
}

// control is a module of functions that a script calls to do something to its server.
func control(functions map[string]func()) core.Module {
	module := core.Module{Name: "control", Doc: "Controls the server of a test."}
	for name, f := range functions {
		module.Funcs = append(module.Funcs, core.Fn0(core.Doc{
			Name: name, Text: "Does it.", Needs: core.Net, Level: core.Script,
		}, core.ReturnsNothing(), func(core.Call) (core.None, error) {
			f()
			return core.None{}, nil
		}))
	}
	return module
}

func run(t *testing.T, name, url string, functions map[string]func(), script string) {
	t.Helper()
	k := kit(name, url)
	k.Modules = append(k.Modules, control(functions))
	got := k.Exec(t, "test.lua", script)
	if got.Err != nil {
		t.Errorf("%v\n%s", got.Err, got.Stdout)
	}
}

func TestServerThatIsRestartedUnderLoad(t *testing.T) {
	t.Parallel()
	onServers(t, func(t *testing.T, name string, d *servers.Database) {
		run(t, name, d.URL(""), map[string]func(){
			"kill":  func() { d.Kill(t) },
			"start": func() { d.Start(t) },
		}, `
		local conn = db.connect(URL, {max_conns = 8, timeout = 10})
		conn:execute("create table load_ (task int, n int)")
		local going, back = 0, nil
		local function load(task)
			local n, failed = 0, 0
			while true do
				n = n + 1
				local ok, e = pcall(conn.execute, conn, "insert into load_ values (?, ?)", {task, n})
				if ok and n == 20 then going = going + 1 end
				if ok and failed > 0 then return failed, time.monotonic() - (back or time.monotonic()) end
				if not ok then
					assert.eq(e.code, "db.connect", tostring(e))
					failed = failed + 1
					sleep(0.02)
				end
			end
		end
		local tasks = {}
		for i = 1, 8 do tasks[i] = async.spawn(load, i) end
		while going < 8 do sleep(0.01) end
		control.kill()
		sleep(0.2)
		control.start()
		back = time.monotonic()
		for i, task in ipairs(tasks) do
			local result = task:await()
			assert.is_true(result[2] < 5, "back after " .. result[2] .. " s")
		end
		assert.eq(conn:query_one("select count(distinct task) as n from load_").n, 8)`)
	})
}

func TestEndOfAQueryReachesTheServer(t *testing.T) {
	t.Parallel()
	onServers(t, func(t *testing.T, name string, d *servers.Database) {
		run(t, name, d.URL(""), nil, `
		local sleep_, running, id = "select sleep(60)", "select count(*) as n from information_schema.processlist where info = 'select sleep(60)'",
			"select connection_id() as id"
		if DB == "postgres" then
			sleep_, id = "select pg_sleep(60)", "select pg_backend_pid() as id"
			running = "select count(*) as n from pg_stat_activity where query = 'select pg_sleep(60)' and state = 'active'"
		end
		local conn = db.connect(URL, {timeout = 0.3, max_conns = 1})
		local watch = db.connect(URL)
		local before = conn:query_one(id).id
		local start = time.monotonic()
		local ok, e = pcall(conn.query, conn, sleep_)
		assert.eq(e.code, "db.timeout")
		assert.contains(tostring(e), "no answer within 300ms")
		assert.is_true(time.monotonic() - start < 3)
		assert.eq(watch:query_one(running).n, 0)
		assert.eq(conn:query_one(id).id, before, "the connection is kept")
		-- A task that is cancelled.
		local slow = db.connect(URL)
		local task = async.spawn(function() slow:query(sleep_) end)
		retry(function() assert.eq(watch:query_one(running).n, 1) end, {attempts = 100, initial = 0.05, strategy = "constant"})
		task:cancel()
		retry(function() assert.eq(watch:query_one(running).n, 0) end, {attempts = 100, initial = 0.05, strategy = "constant"})
		-- In a transaction.
		ok, e = pcall(conn.tx, conn, function(tx) tx:query(sleep_) end)
		assert.eq(e.code, "db.timeout")
		assert.eq(conn:query_one("select 1 as n").n, 1)`)
	})
}

func TestPoolThatIsUsedUp(t *testing.T) {
	t.Parallel()
	onServers(t, func(t *testing.T, name string, d *servers.Database) {
		run(t, name, d.URL(""), nil, `
		local conn = db.connect(URL, {max_conns = 2, timeout = 0.3})
		local count = DB == "postgres" and "select count(*) as n from pg_stat_activity where application_name = 'assay'"
			or "select count(*) as n from information_schema.processlist where user = 'assay'"
		for round = 1, 5 do
			conn:tx(function(a)
				conn:tx(function(b)
					local ok, e = pcall(conn.query, conn, "select 1")
					assert.eq(e.code, "db.busy")
					assert.contains(tostring(e), "all 2 connections have been in use")
				end)
			end)
			assert.eq(conn:query_one(count).n, 2)
		end
		local tasks = {}
		for i = 1, 50 do tasks[i] = async.spawn(function() return conn:query_one("select ? + 0 as n", {i}).n end) end
		for i, task in ipairs(tasks) do assert.eq(task:await()[1], i) end
		assert.eq(conn:query_one(count).n, 2)
		conn:close()
		local other = db.connect(URL)
		retry(function() assert.eq(other:query_one(count).n, 1) end, {attempts = 100, initial = 0.05, strategy = "constant"})`)
	})
}

func TestTransactionsThatGetInEachOthersWay(t *testing.T) {
	t.Parallel()
	everywhere(t, func(t *testing.T, name, url string) {
		run(t, name, url, nil, `
		local conn = db.connect(URL, {max_conns = 4})
		conn:exec_script("create table counter (n int); insert into counter values (0)")
		local tasks = {}
		for i = 1, 4 do
			tasks[i] = async.spawn(function()
				for _ = 1, 10 do
					conn:tx(function(tx)
						local n = tx:query_one("select n from counter").n
						tx:execute("update counter set n = ?", {n + 1})
					end, {isolation = "serializable", retry = {attempts = 200, initial = 0.001, max = 0.02}})
				end
			end)
		end
		async.all(tasks)
		assert.eq(conn:query_one("select n from counter").n, 40)
		if DB == "sqlite" then return end
		-- Without retry the error has its code.
		conn:exec_script("create table two (id int primary key, n int); insert into two values (1, 0), (2, 0)")
		local locked = 0
		local function cross(first, second)
			return pcall(conn.tx, conn, function(tx)
				tx:execute("update two set n = n + 1 where id = ?", {first})
				locked = locked + 1
				while locked < 2 do sleep(0.01) end
				tx:execute("update two set n = n + 1 where id = ?", {second})
			end)
		end
		local a, b = async.spawn(cross, 1, 2), async.spawn(cross, 2, 1)
		a, b = a:await(), b:await()
		local failed = a[1] and b or a
		assert.eq(failed[1], false)
		assert.eq(failed[2].code, "db.serialization")
		assert.eq(conn:query_one("select n from two where id = 1").n, 1)`)
	})
}

func TestMillionRowsInConstantMemory(t *testing.T) {
	everywhere(t, func(t *testing.T, name, url string) {
		rt, err := core.New(core.Config{Modules: modules(name, url), Policy: core.FullPolicy()})
		if err != nil {
			t.Fatal(err)
		}
		vm := rt.Open(core.Host{Limits: core.Limits{Memory: 24 << 20}})
		defer vm.Close()
		for global, value := range kit(name, url).Globals {
			if err := vm.SetGlobal(global, value); err != nil {
				t.Fatal(err)
			}
		}
		chunk, err := core.Compile("million.lua", []byte(`
			local conn = db.connect(URL)
			local rows = "with recursive c(n) as (select 1 union all select n + 1 from c where n < 1000000) select n, 'some text' as s from c"
			if DB == "postgres" then rows = "select n, 'some text' as s from generate_series(1, 1000000) n" end
			if DB == "mariadb" then rows = "set statement max_recursive_iterations = 1000000 for " .. rows end
			local sum, count = 0, 0
			conn:each(rows, nil, function(row) sum = sum + row.n count = count + 1 end)
			if count ~= 1000000 or sum ~= 500000500000 then error(count .. " rows, sum " .. sum) end
			conn:query(rows)
			error("a million rows at once fit")`))
		if err != nil {
			t.Fatal(err)
		}
		if err := vm.Run(t.Context(), chunk); err == nil || !strings.Contains(err.Error(), "memory limit of 24 MB exceeded") {
			t.Errorf("error = %v, want the memory limit for all rows at once", err)
		}
	})
}

// killed is the variable by which this program, started again, knows the database to insert into.
const killed = "ASSAY_TEST_INSERTS"

func TestMain(m *testing.M) {
	if path := os.Getenv(killed); path != "" {
		insertUntilKilled(path)
	}
	os.Exit(m.Run())
}

// insertUntilKilled prints each number that was stored.
func insertUntilKilled(path string) {
	rt, err := core.New(core.Config{Modules: modules("sqlite", ""), Policy: core.FullPolicy()})
	if err == nil {
		vm := rt.Open(core.Host{Stdout: os.Stdout})
		var chunk *core.Chunk
		chunk, err = core.Compile("insert.lua", []byte(`
			local conn = db.connect("sqlite://" .. PATH)
			conn:execute("create table if not exists t (n integer primary key, s text)")
			local n = conn:query_one("select coalesce(max(n), 0) as n from t").n
			while true do
				n = n + 1
				conn:execute("insert into t values (?, ?)", {n, ("x"):rep(200)})
				print(n)
			end`))
		if err == nil {
			err = errors.Join(vm.SetGlobal("PATH", path), vm.Run(context.Background(), chunk))
		}
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func TestSQLiteLosesNothingWhenKilled(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "killed.db")
	last := 0
	for round := range 200 {
		cmd := exec.CommandContext(t.Context(), os.Args[0])
		cmd.Env = append(os.Environ(), killed+"="+path)
		stdout, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		cmd.Stderr = os.Stderr
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(stdout)
		for after := 1 + rand.IntN(20); after > 0 && lines.Scan(); after-- {
			last = number(t, lines.Text())
		}
		_ = cmd.Process.Kill() // it cannot have ended
		for lines.Scan() {     // what it had acknowledged by then
			if line := lines.Text(); line != "" {
				last = max(last, number(t, line))
			}
		}
		_ = cmd.Wait() // killed
		if round%20 != 19 {
			continue
		}
		run(t, "sqlite", path, map[string]func(){}, fmt.Sprintf(`
			local conn = db.connect("sqlite://" .. URL)
			assert.eq(conn:query_one("pragma integrity_check").integrity_check, "ok")
			local t = conn:query_one("select count(*) as n, max(n) as last from t")
			assert.eq(t.n, t.last)
			assert.is_true(t.last >= %d, "acknowledged and lost")`, last))
	}
	if last < 200 {
		t.Errorf("only %d rows were inserted in 200 rounds", last)
	}
}

func number(t *testing.T, line string) int {
	t.Helper()
	n, err := strconv.Atoi(line)
	if err != nil {
		t.Fatalf("the program printed %q", line)
	}
	return n
}

func modules(name, url string) []core.Module {
	return append(kit(name, url).Modules, prelude.Modules()...)
}
