package db

import (
	"fmt"
	"net"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgproto3"
)

// peer speaks the protocol of PostgreSQL: it knows no SQL, but says what a test wants it to. With it the tests make
// happen what a server does only when it fails.
type peer struct {
	t        *testing.T
	listener net.Listener
	answer   func(c *peerConn, sql string, values [][]byte) bool // false ends the connection
	all      sync.WaitGroup

	mu    sync.Mutex
	conns map[net.Conn]bool
}

// peerConn is a connection to a peer.
type peerConn struct {
	*pgproto3.Backend
	conn   net.Conn
	number int // from 1
	tx     byte
}

func newPeer(t *testing.T, answer func(c *peerConn, sql string, values [][]byte) bool) *peer {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &peer{t: t, listener: l, answer: answer, conns: make(map[net.Conn]bool)}
	p.all.Go(func() {
		for number := 1; ; number++ {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			p.mu.Lock()
			p.conns[conn] = true
			p.mu.Unlock()
			p.all.Go(func() { p.serve(conn, number) })
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		p.breakAll()
		p.all.Wait()
	})
	return p
}

// url connects to the peer.
func (p *peer) url(options string) string {
	return "postgres://u:p@" + p.listener.Addr().String() + "/d?sslmode=disable" + options
}

// breakAll ends all connections without a word.
func (p *peer) breakAll() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for conn := range p.conns {
		_ = conn.Close()
	}
}

func (p *peer) serve(conn net.Conn, number int) {
	defer conn.Close()
	c := &peerConn{Backend: pgproto3.NewBackend(conn, conn), conn: conn, number: number, tx: 'I'}
	startup, err := c.ReceiveStartupMessage()
	if _, ok := startup.(*pgproto3.StartupMessage); err != nil || !ok {
		return // a request to cancel, too
	}
	c.Send(&pgproto3.AuthenticationOk{})
	c.Send(&pgproto3.BackendKeyData{ProcessID: uint32(number), SecretKey: []byte{0, 0, 0, 1}})
	c.ready()
	var parsed *pgproto3.Parse
	var values [][]byte
	for c.Flush() == nil {
		message, err := c.Receive()
		if err != nil {
			return
		}
		switch m := message.(type) {
		case *pgproto3.Query:
			if !p.answer(c, m.String, nil) {
				return
			}
			c.ready()
		case *pgproto3.Parse:
			copied := *m
			parsed = &copied
			c.Send(&pgproto3.ParseComplete{})
		case *pgproto3.Bind:
			values = nil
			for _, v := range m.Parameters {
				values = append(values, append([]byte(nil), v...))
			}
			c.Send(&pgproto3.BindComplete{})
		case *pgproto3.Describe:
			if m.ObjectType == 'S' {
				c.Send(&pgproto3.ParameterDescription{ParameterOIDs: declaredTypes(parsed.Query)})
				c.Send(&pgproto3.NoData{})
			}
		case *pgproto3.Execute:
			if !p.answer(c, parsed.Query, values) {
				return
			}
		case *pgproto3.Sync:
			c.ready()
		case *pgproto3.Terminate:
			return
		}
	}
}

// declaredTypes are the types of the placeholders of a statement, as `$1:17` says them.
func declaredTypes(sql string) []uint32 {
	var types []uint32
	for part := range strings.SplitSeq(sql, "$") {
		_, after, ok := strings.Cut(part, "/*")
		if oid, err := strconv.ParseUint(strings.TrimSuffix(strings.TrimSpace(after), "*/"), 10, 32); ok && err == nil {
			types = append(types, uint32(oid))
		}
	}
	return types
}

func (c *peerConn) ready() { c.Send(&pgproto3.ReadyForQuery{TxStatus: c.tx}) }

// done ends a statement that gives no rows.
func (c *peerConn) done(tag string) bool {
	c.Send(&pgproto3.CommandComplete{CommandTag: []byte(tag)})
	return true
}

// fail is an error with an SQLSTATE.
func (c *peerConn) fail(state, message string) bool {
	c.Send(&pgproto3.ErrorResponse{Severity: "ERROR", SeverityUnlocalized: "ERROR", Code: state, Message: message})
	return true
}

// row answers with one row of values, given as text, name and type: "t", "ok", 16.
func (c *peerConn) row(columns ...any) bool {
	var fields []pgproto3.FieldDescription
	var values [][]byte
	for i := 0; i < len(columns); i += 3 {
		fields = append(fields, pgproto3.FieldDescription{Name: []byte(columns[i+1].(string)), DataTypeOID: uint32(columns[i+2].(int)), DataTypeSize: -1, TypeModifier: -1})
		values = append(values, []byte(columns[i].(string)))
	}
	c.Send(&pgproto3.RowDescription{Fields: fields})
	c.Send(&pgproto3.DataRow{Values: values})
	return c.done("SELECT 1")
}

// locks answers what db.lock asks, and any other statement with the row n = 1.
func locks(c *peerConn, sql string, _ [][]byte) bool {
	switch {
	case strings.Contains(sql, "pg_try_advisory_lock"), strings.Contains(sql, "pg_advisory_unlock"):
		return c.row("t", "ok", 16)
	case strings.HasPrefix(sql, "-- ping"):
		c.Send(&pgproto3.EmptyQueryResponse{})
		return true
	case strings.HasPrefix(sql, "BEGIN"):
		c.tx = 'T'
		return c.done("BEGIN")
	case sql == "COMMIT" || sql == "ROLLBACK":
		c.tx = 'I'
		return c.done(sql)
	}
	return c.row("1", "n", 23)
}

func (c *peerConn) notify(channel, payload string) {
	c.Send(&pgproto3.NotificationResponse{PID: 1, Channel: channel, Payload: payload})
}

func (c *peerConn) String() string { return fmt.Sprintf("connection %d", c.number) }
