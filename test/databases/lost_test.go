package databases

import (
	"net"
	"net/netip"
	"strconv"
	"strings"
	"testing"

	"assay.rs/core"
	"assay.rs/test/servers"
)

// killers are functions of a script: kill_holder ends the session that has the lock "nightly".
const killers = `
local function kill_holder(admin)
	if DB == "postgres" then
		assert.eq(admin:query_one("select count(pg_terminate_backend(pid)) as n from pg_locks where locktype = 'advisory'").n, 1)
	else
		admin:execute("kill " .. admin:query_one("select is_used_lock('nightly') as id").id)
	end
end
`

func TestLockThatIsLost(t *testing.T) {
	t.Parallel()
	onServers(t, func(t *testing.T, name string, d *servers.Database) {
		run(t, name, d.URL(""), map[string]func(){
			"kill":  func() { d.Kill(t) },
			"start": func() { d.Start(t) },
		}, killers+`
		local conn, admin = db.connect(URL), db.connect(URL)
		local function lost(ok, e)
			assert.eq(ok, false)
			assert.eq(e.code, "db.connect", tostring(e))
			assert.contains(tostring(e), 'db.lock: the lock "nightly" was lost')
		end
		-- fn waits: it is stopped before another has had the lock for long, and no pcall swallows that.
		local start, closed, went_on
		lost(pcall(conn.lock, conn, "nightly", function()
			local mark <close> = setmetatable({}, {__close = function() closed = true end})
			kill_holder(admin)
			start = time.monotonic()
			pcall(sleep, 30)
			went_on = true
		end))
		assert.is_nil(went_on)
		assert.is_true(time.monotonic() - start < 5, "stopped after " .. time.monotonic() - start .. " s")
		-- fn computes.
		start = time.monotonic()
		lost(pcall(conn.lock, conn, "nightly", function()
			kill_holder(admin)
			while time.monotonic() - start < 30 do end
		end))
		assert.is_true(time.monotonic() - start < 10, "stopped after " .. time.monotonic() - start .. " s")
		-- fn is through at once.
		lost(pcall(conn.lock, conn, "nightly", function() kill_holder(admin) return "result" end))
		-- What fn raises itself is not hidden, unless it is stopped first.
		local ok, e = pcall(conn.lock, conn, "nightly", function() kill_holder(admin) error("own", 0) end)
		if e ~= "own" then lost(ok, e) end
		-- In a task that is waited for, and within another lock, once the session that was killed last has let go.
		local function until_held(n)
			local held = DB == "postgres" and "select count(*) as n from pg_locks where locktype = 'advisory'" or "select is_used_lock('nightly') is not null as n"
			retry(function() assert.eq(admin:query_one(held).n, n) end, {attempts = 100, initial = 0.05, strategy = "constant"})
		end
		until_held(0)
		local task = async.spawn(function()
			return conn:lock("outer", function() return pcall(conn.lock, conn, "nightly", function() sleep(30) end) end)
		end)
		until_held(DB == "postgres" and 2 or 1)
		if DB == "postgres" then
			admin:query("select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and objid = (hashtextextended('nightly', 0) & 4294967295)::oid")
		else
			kill_holder(admin)
		end
		local result = task:await()
		lost(result[1], result[2])
		-- The lock is free again, and what fn opened is still open when it has ended.
		local other = conn:lock("nightly", function() return db.connect(URL) end)
		assert.eq(other:query_one("select 1 as n").n, 1)
		-- A task that is cancelled frees its lock.
		task = async.spawn(function() conn:lock("nightly", function() sleep(60) end) end)
		retry(function() assert.eq(select(2, pcall(admin.lock, admin, "nightly", function() end, {wait = 0})).code, "db.timeout") end,
			{attempts = 100, initial = 0.05, strategy = "constant"})
		task:cancel()
		admin:lock("nightly", function() end, {wait = 10})
		-- The whole server goes.
		lost(pcall(conn.lock, conn, "nightly", function() control.kill() sleep(30) end))
		control.start()
		assert.eq(conn:lock("nightly", function() return "again" end), "again")`)
	})
}

func TestLockOfASilentServer(t *testing.T) {
	t.Parallel()
	onServers(t, func(t *testing.T, name string, d *servers.Database) {
		t.Parallel()
		p := newProxy(t, d.Port)
		run(t, name, d.URLAt(p.port(), "sslmode=disable"), map[string]func(){"silence": p.silence}, `
		local conn = db.connect(URL)
		local start = time.monotonic()
		-- An idle session is asked now and then; that it answers is no reason to end anything.
		assert.eq(conn:lock("quiet", function() sleep(6) return "kept" end), "kept")
		local ok, e = pcall(conn.lock, conn, "silent", function() control.silence() sleep(60) end)
		assert.eq(ok, false)
		assert.eq(e.code, "db.connect", tostring(e))
		assert.contains(tostring(e), "was lost")
		assert.is_true(time.monotonic() - start < 40, "known after " .. time.monotonic() - start .. " s")`)
	})
}

func TestListenerThatBreaksAgainAndAgain(t *testing.T) {
	t.Parallel()
	d := servers.Postgres(t)
	run(t, "postgres", d.URL(""), nil, `
	local conn, admin = db.connect(URL), db.connect(URL)
	local up = async.channel(10)
	local heard
	local task = async.spawn(function()
		conn:listen("jobs", function(payload) heard = payload end, {on_listen = function() up.send(true) end})
	end)
	up.recv()
	for i = 1, 7 do
		admin:query("select pg_terminate_backend(pid) from pg_stat_activity where query like 'LISTEN%'")
		local start = time.monotonic()
		up.recv()
		-- The seventh wait would be 10 s if they added up.
		assert.is_true(time.monotonic() - start < 3, "break " .. i .. ": deaf for " .. time.monotonic() - start .. " s")
		admin:query("select pg_notify('jobs', ?)", {"n" .. i})
		retry(function() assert.eq(heard, "n" .. i) end, {attempts = 100, initial = 0.05, strategy = "constant"})
	end
	task:cancel()`)
}

func TestListenerOnASilentNetwork(t *testing.T) {
	t.Parallel()
	d := servers.Postgres(t)
	p := newProxy(t, d.Port)
	k := kit("postgres", d.URLAt(p.port(), "sslmode=disable"))
	k.Globals["DIRECT"] = d.URL("sslmode=disable")
	k.Modules = append(k.Modules, control(map[string]func(){"silence": p.silence}))
	got := k.Exec(t, "silent.lua", `
	local conn, direct = db.connect(URL), db.connect(DIRECT)
	local up, heard = async.channel(10), {}
	local task = async.spawn(function()
		conn:listen("jobs", function(payload) heard[#heard + 1] = payload end, {on_listen = function() up.send(true) end})
	end)
	up.recv()
	sleep(6) -- long enough to be asked
	direct:query("select pg_notify('jobs', 'before')")
	retry(function() assert.eq(heard, {"before"}) end, {attempts = 100, initial = 0.05, strategy = "constant"})
	control.silence()
	up.recv() -- it has found out, and listens again
	direct:query("select pg_notify('jobs', 'after')")
	retry(function() assert.eq(heard, {"before", "after"}) end, {attempts = 100, initial = 0.05, strategy = "constant"})
	task:cancel()`)
	if got.Err != nil {
		t.Errorf("%v\n%s", got.Err, got.Stdout)
	}
}

func TestTransactionThatIsLost(t *testing.T) {
	t.Parallel()
	onServers(t, func(t *testing.T, name string, d *servers.Database) {
		run(t, name, d.URL(""), nil, `
		local conn, admin = db.connect(URL), db.connect(URL)
		conn:exec_script("create table lost (id int primary key, n int); insert into lost values (1, 0), (2, 0)")
		local id = DB == "postgres" and "select pg_backend_pid() as id" or "select connection_id() as id"
		local function kill(pid)
			if DB == "postgres" then admin:query("select pg_terminate_backend(?::int)", {pid}) else admin:execute("kill " .. pid) end
		end
		-- The session dies, fn does not look: the commit fails.
		local ok, e = pcall(conn.tx, conn, function(tx)
			tx:execute("update lost set n = 1 where id = 1")
			kill(tx:query_one(id).id)
			pcall(tx.execute, tx, "update lost set n = 1 where id = 2")
			return "done"
		end)
		assert.eq(ok, false)
		assert.eq(e.code, "db.connect", tostring(e))
		assert.eq(conn:query_one("select sum(n) as n from lost").n + 0, 0)
		-- A deadlock rolls back on MySQL, and fails what follows on PostgreSQL: neither goes on as if nothing were.
		local at, swallowed = 0, {}
		local function cross(first, second)
			return pcall(conn.tx, conn, function(tx)
				tx:execute("update lost set n = n + 1 where id = ?", {first})
				at = at + 1
				while at < 2 do sleep(0.01) end
				if not pcall(tx.execute, tx, "update lost set n = n + 1 where id = ?", {second}) then
					swallowed[#swallowed + 1] = select(2, pcall(tx.execute, tx, "insert into lost values (?, 0)", {first + 10}))
				end
			end)
		end
		local a, b = async.spawn(cross, 1, 2), async.spawn(cross, 2, 1)
		a, b = a:await(), b:await()
		local failed = a[1] and b or a
		assert.eq(failed[1], false)
		assert.contains(tostring(failed[2]), "the transaction was rolled back, since a statement in it had failed")
		assert.len(swallowed, 1)
		assert.eq(conn:query_one("select count(*) as n from lost").n, 2)
		assert.eq(conn:query_one("select count(*) as n from lost where n = 1").n, 2)`)
	})
}

func TestSeveralHosts(t *testing.T) {
	t.Parallel()
	d := servers.Postgres(t)
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := "localhost:" + strconv.Itoa(closed.Addr().(*net.TCPAddr).Port)
	if err := closed.Close(); err != nil {
		t.Fatal(err)
	}
	at := "localhost:" + strconv.Itoa(d.Port)
	hosts := func(list, options string) string { return strings.Replace(d.URL(options), at, list, 1) }
	for _, tt := range []struct{ name, url, want string }{
		{"the second", hosts(nobody+","+at, ""), "connected"},
		{"the first", hosts(at+","+nobody, ""), "connected"},
		{"the third, encrypted and verified", hosts(nobody+","+nobody+","+at, "sslmode=verify-full&sslrootcert="+d.CA), "connected"},
		{"a unix socket", strings.Replace(d.URL("host=/none,"+d.Socket), "@"+at, "@", 1) + "&port=" + strconv.Itoa(d.Port), "connected"},
		{"in any order", hosts(nobody+","+at, "load_balance_hosts=random"), "connected"},
		{"one that can be written", hosts(nobody+","+at, "target_session_attrs=read-write"), "connected"},
		{"a standby, which there is not", hosts(nobody+","+at, "target_session_attrs=standby"), "server is not in hot standby mode"},
		{"a standby rather", hosts(nobody+","+at, "target_session_attrs=prefer-standby"), "connected"},
		{"none", hosts(nobody+","+nobody, ""), "connect to postgres://assay@" + nobody + "," + nobody},
		{"a wrong password", strings.Replace(hosts(nobody+","+at, ""), "%40", "x", 1), "password authentication failed"},
		{"one that says nothing", strings.Replace(hosts("SILENT,"+at, "connect_timeout=1&sslmode=disable"), "SILENT", "localhost:"+strconv.Itoa(deaf(t)), 1), "connected"},
		{"connect_timeout", d.URL("connect_timeout=5"), "connected"},
		{"channel_binding", d.URL("channel_binding=require"), "connected"},
		{"any target", d.URL("target_session_attrs=any"), "connected"},
		{"gssencmode", d.URL("gssencmode=disable"), "connected"},
		{"keepalives", d.URL("keepalives=1"), "connected"},
		{"require_auth", d.URL("require_auth=password"), "auth"},
		{"fallback_application_name", d.URL("fallback_application_name=x"), "connected"},
		{"one of the server", d.URL("search_path=public&statement_timeout=5s"), "connected"},
		{"one that nobody knows", d.URL("no_such_option=1"), "no_such_option"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := kit("postgres", tt.url).Exec(t, "hosts.lua", `
				local ok, e = pcall(function() assert.eq(db.connect(URL):query_one("select 1 as n").n, 1) end)
				print(ok and "connected" or tostring(e))`)
			if got.Err != nil || !strings.Contains(got.Stdout, tt.want) {
				t.Errorf("got %q, %v, want %q", got.Stdout, got.Err, tt.want)
			}
			if strings.Contains(got.Stdout, servers.Password) {
				t.Errorf("the password is in %q", got.Stdout)
			}
		})
	}
}

// deaf is the port of a server that takes connections and says nothing.
func deaf(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l.Addr().(*net.TCPAddr).Port
}

func TestPolicyJudgesEachHost(t *testing.T) {
	t.Parallel()
	d := servers.Postgres(t)
	k := kit("postgres", strings.Replace(d.URL(""), "localhost:", "127.0.0.1:1,localhost:", 1))
	k.Policy = core.FullPolicy()
	k.Policy.Address = func(_ string, to netip.AddrPort) error {
		if int(to.Port()) == d.Port {
			return core.ErrDenied.Errorf("%s: denied by the policy", to)
		}
		return nil
	}
	got := k.Exec(t, "policy.lua", `local ok, e = pcall(db.connect, URL) print(e.code, e)`)
	if got.Err != nil || !strings.HasPrefix(got.Stdout, "policy.denied") {
		t.Errorf("got %q, %v, want that the second host is denied", got.Stdout, got.Err)
	}
}

func TestCodesOfFailures(t *testing.T) {
	t.Parallel()
	onServers(t, func(t *testing.T, name string, d *servers.Database) {
		run(t, name, d.URL(""), nil, `
		local conn = db.connect(URL)
		conn:execute("create table codes (n int primary key)")
		local function code(what, f, ...)
			local ok, e = pcall(f, ...)
			assert.eq(ok, false)
			assert.eq(e.code, what, tostring(e))
		end
		code("db.readonly", conn.tx, conn, function(tx) tx:execute("insert into codes values (1)") end, {read_only = true})
		code("db.connect", db.connect, (URL:gsub("/assay$", "/none")))
		if DB == "postgres" then
			code("db.readonly", function() db.connect(URL .. "?default_transaction_read_only=on"):execute("insert into codes values (1)") end)
			code("db.full", function() conn:execute("do $$ begin raise exception using errcode = '53100', message = 'no space left'; end $$") end)
			code("db.io", function() conn:execute("do $$ begin raise exception using errcode = '58030'; end $$") end)
		else
			code("db.full", conn.execute, conn, "signal sqlstate 'HY000' set mysql_errno = 1021, message_text = 'Disk full'")
			code("db.full", conn.execute, conn, "signal sqlstate 'HY000' set mysql_errno = 1026, message_text = 'Error writing file (errno: 28)'")
			code("db.io", conn.execute, conn, "signal sqlstate 'HY000' set mysql_errno = 1030, message_text = 'Got error 5'")
			code("db.readonly", conn.execute, conn, "signal sqlstate 'HY000' set mysql_errno = 1836, message_text = 'Running in read-only mode'")
		end`)
	})
}
