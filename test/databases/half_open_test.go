package databases

import (
	"io"
	"net"
	"strconv"
	"sync"
	"testing"

	"assay.rs/test/servers"
)

func TestNetworkThatFallsSilent(t *testing.T) {
	t.Parallel()
	onServers(t, func(t *testing.T, name string, d *servers.Database) {
		p := servers.Before(t, d.Port)
		k := kit(name, d.URLAt(p.Port, "sslmode=disable"))
		k.Globals["DIRECT"] = d.URL("sslmode=disable")
		k.Modules = append(k.Modules, control(map[string]func(){
			"silence": func() { p.Silence(t) },
			"heal":    func() { p.Heal(t) },
		}))
		if got := k.Exec(t, "silent.lua", silentScript); got.Err != nil {
			t.Errorf("%v\n%s", got.Err, got.Stdout)
		}
	})
}

const silentScript = `
local pooled = 4
local conn = db.connect(URL, {timeout = 1, max_conns = pooled})
local direct = db.connect(DIRECT, {max_conns = 1})

local function connections()
	if DB == "postgres" then
		return direct:query_one("select count(*) as n from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()").n
	end
	return direct:query_one("select count(*) as n from information_schema.processlist where user <> 'system user' and id <> connection_id()").n
end
local function settles(want)
	retry(function() assert.eq(connections(), want) end, {attempts = 100, initial = 0.05, strategy = "constant"})
end
local function all(f)
	local tasks = {}
	for i = 1, pooled do tasks[i] = async.spawn(f) end
	async.all(tasks)
end
local function fill()
	all(function() conn:query(DB == "postgres" and "select pg_sleep(0.2)" or "select sleep(0.2)") end)
	settles(pooled)
end
local function fails(what)
	local start = time.monotonic()
	local ok, e = pcall(conn.query, conn, "select 1")
	local took = time.monotonic() - start
	assert.eq(ok, false, what)
	assert.eq(e.code, "db.timeout", what .. ": " .. tostring(e))
	assert.contains(tostring(e), "no answer within 1s")
	-- The server has 2 s to hear that the statement is given up.
	assert.is_true(took >= 1 and took < 4, what .. ": fails after " .. took .. " s")
end
local function works_again()
	local start = time.monotonic()
	assert.eq(conn:query_one("select 2 as n").n, 2)
	assert.is_true(time.monotonic() - start < 5, "works again after " .. time.monotonic() - start .. " s")
end

fill()
control.silence()
local over, others, slowest = false, 0, 0
local other = async.spawn(function()
	while not over do
		local start = time.monotonic()
		direct:query("select 1")
		others, slowest = others + 1, math.max(slowest, time.monotonic() - start)
		sleep(0.01)
	end
end)
all(function() fails("a connection of the pool") end)
fails("a new connection")
over = true
other:await()
assert.is_true(others >= 20 and slowest < 1, others .. " queries of another connection, the slowest " .. slowest .. " s")
control.heal()
works_again()
fill()

-- Nobody asked while it was silent: what it left of the pool is found before it is used.
control.silence()
sleep(0.6)
control.heal()
works_again()
fill()

-- Of connections that were idle.
sleep(0.6)
control.silence()
all(function() fails("an idle connection") end)
control.heal()
works_again()
fill()

conn:close()
settles(0)`

func TestConnectionsThatStaySilent(t *testing.T) {
	t.Parallel()
	onServers(t, func(t *testing.T, name string, d *servers.Database) {
		p := newProxy(t, d.Port)
		run(t, name, d.URLAt(p.port(), "sslmode=disable"), map[string]func(){"silence": p.silence}, `
		local conn = db.connect(URL, {timeout = 0.5, max_conns = 2})
		assert.eq(conn:query_one("select 1 as n").n, 1)
		control.silence() -- of the connections that there are; nobody is told
		local start = time.monotonic()
		local ok, e = pcall(conn.query, conn, "select 1")
		assert.eq(e.code, "db.timeout")
		local got
		retry(function() got = conn:query_one("select 2 as n").n end, {attempts = 20, initial = 0.1})
		assert.eq(got, 2)
		assert.is_true(time.monotonic() - start < 5, "works again after " .. time.monotonic() - start)
		-- One that was idle is asked before it is used.
		control.silence()
		sleep(0.6)
		start = time.monotonic()
		retry(function() got = conn:query_one("select 3 as n").n end, {attempts = 20, initial = 0.1})
		assert.eq(got, 3)
		assert.is_true(time.monotonic() - start < 5, "works again after " .. time.monotonic() - start)`)
	})
}

// proxy passes bytes on until it is silenced. Those of new connections pass then, and nobody ever tells the old ones,
// as when a firewall has forgotten them; Toxiproxy silences new ones too, and closes all that it had silenced.
type proxy struct {
	listener net.Listener
	to       string
	mu       sync.Mutex
	silent   []chan struct{} // one for each connection
	open     []io.Closer
	all      sync.WaitGroup
}

func newProxy(t *testing.T, port int) *proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{listener: l, to: net.JoinHostPort("127.0.0.1", strconv.Itoa(port))}
	p.all.Go(p.accept)
	t.Cleanup(func() {
		p.silence()
		p.mu.Lock()
		for _, c := range append(p.open, l) {
			_ = c.Close() // it may be closed already
		}
		p.mu.Unlock()
		p.all.Wait()
	})
	return p
}

func (p *proxy) port() int { return p.listener.Addr().(*net.TCPAddr).Port }

// silence stops passing bytes on for the connections that there are, without closing them.
func (p *proxy) silence() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range p.silent {
		close(c)
	}
	p.silent = nil
}

func (p *proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		server, err := net.Dial("tcp", p.to)
		if err != nil {
			_ = client.Close() // as a server that is down refuses
			continue
		}
		silent := make(chan struct{})
		p.mu.Lock()
		p.silent, p.open = append(p.silent, silent), append(p.open, client, server)
		p.mu.Unlock()
		p.all.Go(func() { pass(server, client, silent) })
		p.all.Go(func() { pass(client, server, silent) })
	}
}

func pass(to io.WriteCloser, from io.Reader, silent <-chan struct{}) {
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		select {
		case <-silent:
			return // both ends stay open
		default:
		}
		if err != nil {
			_ = to.Close() // it may be closed already
			return
		}
		if _, err := to.Write(buffer[:n]); err != nil {
			return
		}
	}
}
