package db

import (
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"

	"assay.rs/core"
	"assay.rs/core/coretest"
)

// mysqlPeer speaks as much of MySQL's text protocol as the tests need, and says what they want. An answer is "ok", "end",
// "error NUMBER STATE TEXT", or a row "NAME=VALUE".
type mysqlPeer struct {
	listener net.Listener
	answer   func(sql string) string
	all      sync.WaitGroup

	mu    sync.Mutex
	conns []net.Conn
}

func newMySQLPeer(t *testing.T, answer func(sql string) string) *mysqlPeer {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &mysqlPeer{listener: l, answer: answer}
	p.all.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			p.mu.Lock()
			p.conns = append(p.conns, conn)
			p.mu.Unlock()
			p.all.Go(func() { p.serve(conn) })
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		p.breakAll()
		p.all.Wait()
	})
	return p
}

func (p *mysqlPeer) breakAll() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, conn := range p.conns {
		_ = conn.Close()
	}
}

// packet writes the payload with its length and number before it.
func packet(w io.Writer, number byte, payload string) {
	head := binary.LittleEndian.AppendUint32(nil, uint32(len(payload)))
	head[3] = number
	_, _ = io.WriteString(w, string(head)+payload) // a connection that is closed ends the next read
}

const (
	mysqlOK        = "\x00\x00\x00\x02\x00\x00\x00"
	mysqlEnd       = "\xfe\x00\x00\x02\x00"
	mysqlHandshake = "\x0a8.0.0\x00\x01\x00\x00\x0012345678\x00\x00\x82\x21\x02\x00\x08\x00\x15" +
		"\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00123456789012\x00mysql_native_password\x00"
)

func (p *mysqlPeer) serve(conn net.Conn) {
	defer conn.Close()
	packet(conn, 0, mysqlHandshake)
	greeted := false
	for {
		head := make([]byte, 4)
		if _, err := io.ReadFull(conn, head); err != nil {
			return
		}
		number := head[3]
		head[3] = 0
		payload := make([]byte, binary.LittleEndian.Uint32(head))
		if _, err := io.ReadFull(conn, payload); err != nil {
			return
		}
		switch {
		case !greeted:
			greeted = true
			packet(conn, number+1, mysqlOK)
		case payload[0] == 0x0e: // ping
			packet(conn, 1, mysqlOK)
		case payload[0] == 0x03:
			if !say(conn, p.reply(string(payload[1:]))) {
				return
			}
		default:
			return
		}
	}
}

func (p *mysqlPeer) reply(sql string) string {
	switch {
	case strings.Contains(sql, "CONNECTION_ID()"):
		return "id=7"
	case strings.HasPrefix(sql, "SET "), strings.HasPrefix(sql, "START"), sql == "ROLLBACK", sql == "DO 0":
		return "ok"
	}
	return p.answer(sql)
}

func say(conn net.Conn, answer string) bool {
	var number int
	var state, text string
	name, value, isRow := strings.Cut(answer, "=")
	n, _ := fmt.Sscanf(answer, "error %d %s", &number, &state)
	switch {
	case answer == "end":
		return false
	case n == 2:
		_, text, _ = strings.Cut(answer, state+" ")
		packet(conn, 1, "\xff"+string([]byte{byte(number), byte(number >> 8)})+"#"+state+text)
	case isRow:
		lenenc := func(s string) string { return string([]byte{byte(len(s))}) + s }
		packet(conn, 1, "\x01")
		packet(conn, 2, lenenc("def")+"\x00\x00\x00"+lenenc(name)+"\x00\x0c\x21\x00\xff\x00\x00\x00\xfd\x00\x00\x00\x00\x00")
		packet(conn, 3, mysqlEnd)
		packet(conn, 4, lenenc(value))
		packet(conn, 5, mysqlEnd)
	default:
		packet(conn, 1, mysqlOK)
	}
	return true
}

func onMySQL(t *testing.T, answer func(sql string) string, source string) {
	t.Helper()
	p := newMySQLPeer(t, answer)
	control := core.Module{Name: "peer", Doc: "The peer.", Funcs: []core.Func{core.Fn0(core.Doc{
		Name: "break_all", Text: "Ends its connections.", Needs: core.Net, Level: core.Script,
	}, core.ReturnsNothing(), func(core.Call) (core.None, error) { p.breakAll(); return core.None{}, nil })}}
	url := "mysql://u@" + p.listener.Addr().String() + "/d?sslmode=disable"
	got := exec(t, coretest.Kit{Modules: []core.Module{control}, Globals: map[string]any{"URL": url}}, source)
	if got.Err != nil {
		t.Errorf("%v\n%s", got.Err, got.Stdout)
	}
}

func TestConnectionToMySQLThatBreaks(t *testing.T) {
	onMySQL(t, func(sql string) string {
		switch sql {
		case "die", "COMMIT":
			return "end"
		case "full":
			return "error 1114 HY000 The table 't' is full"
		case "deadlock":
			return "error 1213 40001 Deadlock found"
		}
		return "v=some text"
	}, `
	local conn = db.connect(URL, {max_conns = 1})
	assert.eq(conn:query_one("select").v, "some text")
	local function fails(code, text, f, ...)
		local ok, e = pcall(f, ...)
		assert.eq(ok, false)
		assert.eq(e.code, code, tostring(e))
		assert.contains(tostring(e), text)
	end
	fails("db.full", "db.query: The table 't' is full (error 1114", conn.query, conn, "full")
	fails("db.connect", "connection lost: the server has ended it", conn.query, conn, "die")
	assert.eq(conn:query_one("select").v, "some text")
	fails("db.connect", "at the commit, whose result is not known", conn.tx, conn, function(tx) tx:query("select") end)
	-- The victim of a deadlock is rolled back whole.
	fails(nil, "the transaction was rolled back", conn.tx, conn, function(tx)
		fails("db.serialization", "Deadlock found", tx.query, tx, "deadlock")
		fails(nil, "the transaction was rolled back", tx.query, tx, "select")
	end)
	local seen
	conn:each("select", nil, function(row) seen = row.v end)
	assert.eq(seen, "some text")
	peer.break_all()
	sleep(0.6) -- so that it is asked whether it is there
	assert.eq(conn:query_one("select").v, "some text")`)
}
