package db

import (
	"strings"
	"sync/atomic"
	"testing"

	"assay.rs/core"
	"assay.rs/core/coretest"

	"github.com/jackc/pgx/v5/pgproto3"
)

// onPeer runs a script with the URL of a peer; break_all() ends its connections.
func onPeer(t *testing.T, p *peer, options, source string) {
	t.Helper()
	control := core.Module{Name: "peer", Doc: "The peer.", Funcs: []core.Func{core.Fn0(core.Doc{
		Name: "break_all", Text: "Ends its connections.", Needs: core.Net, Level: core.Script,
	}, core.ReturnsNothing(), func(core.Call) (core.None, error) { p.breakAll(); return core.None{}, nil })}}
	got := exec(t, coretest.Kit{Modules: []core.Module{control}, Globals: map[string]any{"URL": p.url(options)}}, source)
	if got.Err != nil {
		t.Errorf("%v\n%s", got.Err, got.Stdout)
	}
}

func TestLockIsLostWithItsSession(t *testing.T) {
	onPeer(t, newPeer(t, locks), "", `
	local conn = db.connect(URL)
	assert.eq(conn:lock("a", function() return 7 end), 7)
	local start, went_on = time.monotonic()
	local ok, e = pcall(conn.lock, conn, "a", function() peer.break_all() pcall(sleep, 60) went_on = true end)
	assert.eq(ok, false)
	assert.eq(e.code, "db.connect")
	assert.contains(tostring(e), 'db.lock: the lock "a" was lost')
	assert.is_nil(went_on)
	assert.is_true(time.monotonic() - start < 30)
	assert.eq(conn:lock("a", function() return 8 end), 8)
	assert.eq(select(2, pcall(conn.lock, conn, "a", function() error("own", 0) end)), "own")`)
}

func TestLockThatIsNotHeldAtTheEndWasLost(t *testing.T) {
	p := newPeer(t, func(c *peerConn, sql string, values [][]byte) bool {
		if strings.Contains(sql, "pg_advisory_unlock") { // as behind a proxy that has given us another session
			return c.row("f", "ok", 16)
		}
		return locks(c, sql, values)
	})
	onPeer(t, p, "", `
	local ok, e = pcall(function() return db.connect(URL):lock("a", function() return "result" end) end)
	assert.eq(ok, false)
	assert.eq(e.code, "db.connect")
	assert.contains(tostring(e), "did not hold it at the end")`)
}

func TestCommitWhoseResultIsNotKnown(t *testing.T) {
	p := newPeer(t, func(c *peerConn, sql string, values [][]byte) bool {
		return sql != "COMMIT" && locks(c, sql, values)
	})
	onPeer(t, p, "", `
	local times = 0
	local ok, e = pcall(function()
		db.connect(URL):tx(function(tx) times = times + 1 tx:execute("insert") end, {retry = {attempts = 3, initial = 0.001}})
	end)
	assert.eq(ok, false)
	assert.eq(e.code, "db.connect")
	assert.contains(tostring(e), "at the commit, whose result is not known")
	assert.eq(times, 1)`)
}

func TestListenerComesBack(t *testing.T) {
	var listens atomic.Int32
	p := newPeer(t, func(c *peerConn, sql string, values [][]byte) bool {
		if !strings.HasPrefix(sql, "LISTEN") {
			return locks(c, sql, values)
		}
		n := listens.Add(1)
		if n == 6 {
			c.notify("jobs", "last")
			return c.done("LISTEN")
		}
		c.done("LISTEN")
		c.ready()
		c.notify("jobs", "one")
		if err := c.Flush(); err != nil {
			return false
		}
		return false
	})
	onPeer(t, p, "", `
	local conn, heard, times, start = db.connect(URL), {}, 0, time.monotonic()
	conn:listen("jobs", function(payload, channel)
		assert.eq(channel, "jobs")
		heard[#heard + 1] = payload
		return payload ~= "last"
	end, {on_listen = function() times = times + 1 end})
	assert.eq(times, 6)
	assert.eq(heard[#heard], "last")
	-- Waits that added up would be 0.2 + 0.4 + 0.8 + 1.6 + 3.2 s.
	assert.is_true(time.monotonic() - start < 5, time.monotonic() - start)`)
}

func TestCopy(t *testing.T) {
	var stored strings.Builder
	p := newPeer(t, func(c *peerConn, sql string, values [][]byte) bool {
		switch {
		case strings.HasPrefix(sql, "copy out"):
			c.Send(&pgproto3.CopyOutResponse{})
			c.Send(&pgproto3.CopyData{Data: []byte("a\n")})
			c.Send(&pgproto3.CopyData{Data: []byte("b\n")})
			c.Send(&pgproto3.CopyDone{})
			return c.done("COPY 2")
		case strings.HasPrefix(sql, "copy in"):
			c.Send(&pgproto3.CopyInResponse{})
			if c.Flush() != nil {
				return false
			}
			for {
				message, err := c.Receive()
				if err != nil {
					return false
				}
				switch m := message.(type) {
				case *pgproto3.CopyData:
					stored.Write(m.Data)
				case *pgproto3.CopyDone:
					return c.done("COPY 3")
				case *pgproto3.CopyFail:
					return c.fail("57014", "COPY from stdin failed: "+m.Message)
				}
			}
		}
		return locks(c, sql, values)
	})
	onPeer(t, p, "", `
	local conn = db.connect(URL, {max_conns = 1})
	assert.eq(conn:copy_out("copy out"), "a\nb\n")
	local pieces = {}
	conn:copy_out("copy out", function(data) pieces[#pieces + 1] = data end)
	assert.eq(pieces, {"a\n", "b\n"})
	assert.eq(select(2, pcall(conn.copy_out, conn, "copy out", function() error("enough", 0) end)), "enough")
	assert.eq(conn:copy_in("copy in", "x\n"), 3)
	local n = 0
	assert.eq(conn:copy_in("copy in", function() n = n + 1 if n < 4 then return n .. "\n" end end), 3)
	assert.eq(select(2, pcall(conn.copy_in, conn, "copy in", function() error("no more", 0) end)), "no more")
	assert.contains(select(2, pcall(conn.copy_in, conn, "copy in", function() return {} end)), "gave a table")`)
	if got := stored.String(); !strings.HasPrefix(got, "x\n1\n2\n3\n") {
		t.Errorf("stored %q, want the pieces in order", got)
	}
}

func TestValuesOfPostgres(t *testing.T) {
	p := newPeer(t, func(c *peerConn, sql string, values [][]byte) bool {
		if strings.HasPrefix(sql, "echo") {
			return c.row(string(values[0]), "v", 25)
		}
		if sql == "types" {
			return c.row("t", "bool", 16, "9007199254740993", "int8", 20, "1.5", "float8", 701, `\x00ff`, "bytea", 17,
				"2024-01-02 03:04:05+02", "at", 1184, `{1,NULL,3}`, "list", 1007, `{{"a b",c},{NULL,"q\"\\"}}`, "nested", 1009, "1.10", "numeric", 1700)
		}
		return locks(c, sql, values)
	})
	onPeer(t, p, "", `
	local conn = db.connect(URL)
	local r = conn:query_one("types")
	assert.eq(r.bool, true)
	assert.eq(r.int8, int64("9007199254740993"))
	assert.eq(r.float8, 1.5)
	assert.eq(r.bytea, "\0\255")
	assert.eq(r.at, "2024-01-02T03:04:05+02:00")
	assert.eq({r.list[1], r.list[3]}, {1, 3})
	assert.eq({r.nested[1][1], r.nested[2][2]}, {"a b", 'q"\\'})
	assert.eq(r.numeric, "1.10")
	local function echo(value, oid) return conn:query_one("echo ? /*" .. (oid or 25) .. "*/", {value}).v end
	assert.eq(echo("text"), "text")
	assert.eq(echo(true), "true")
	assert.eq(echo(12), "12")
	assert.eq(echo(1 / 0), "Infinity")
	assert.eq(echo(-1 / 0), "-Infinity")
	assert.eq(echo(0.1), "0.1")
	assert.eq(echo("\0\255", 17), "\0\255")
	assert.eq(echo(db.blob("AB"), 17), "AB")
	assert.eq(echo({a = 1}), '{"a":1}')
	assert.eq(echo({1, 2}, 3802), "[1,2]")
	assert.eq(echo({"a b", 'q"'}, 1009), '{"a b","q\\""}')
	assert.contains(select(2, pcall(echo, db.blob("AB"))), "a blob is given where the statement takes no bytea")
	assert.contains(select(2, pcall(echo, "\0")), "can only be stored in bytea")`)
}

func TestSessionThatOnlyReadsIsLeftAfterAFailover(t *testing.T) {
	p := newPeer(t, func(c *peerConn, sql string, values [][]byte) bool {
		switch {
		case strings.HasPrefix(sql, "show transaction_read_only"):
			return c.row("off", "transaction_read_only", 25)
		case sql == "write" && c.number == 1:
			return c.fail("25006", "cannot execute INSERT in a read-only transaction")
		case sql == "write":
			return c.done("INSERT 0 1")
		}
		return locks(c, sql, values)
	})
	onPeer(t, p, "&target_session_attrs=read-write", `
	local conn = db.connect(URL, {max_conns = 1})
	local ok, e = pcall(conn.execute, conn, "write")
	assert.eq(e.code, "db.readonly")
	assert.eq(conn:execute("write").rows_affected, 1)`)
}
