package serve

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"assay.rs/mod-serve/internal/front"
)

// meter is a connection that net/http reads. It counts what comes before there is a request, since no handler, and no
// limit of a handler, is there yet: large headers take room as they arrive, and bytes that lead to no request, such as
// empty frames of HTTP/2, end the connection.
type meter struct {
	net.Conn

	server *server
	secure bool        // what is read is encrypted
	free   atomic.Bool // the connection is not HTTP any more
	ended  atomic.Bool // the client sends no more

	mu     sync.Mutex
	open   int       // requests that are being answered
	cost   int64     // of the header that is on its way, as an estimate
	held   int64     // what of it has room
	credit int64     // bytes that may come without a request
	asOf   time.Time // of the credit
}

const (
	perField     = 200      // what a field of a header costs in memory, beside its bytes
	fieldLength  = 20       // of a field that cannot be counted, since it is encrypted
	freeCost     = 16 << 10 // of a header that takes no room from others
	perRequest   = 16 << 10 // what a request takes in net/http: stacks and buffers
	firstCredit  = 4 << 20  // when a connection begins
	reqCredit    = 64 << 10 // for each request
	credPerSec   = 4 << 10  // for pings, say
	acknowledged = 16       // of so many bytes that are sent, one may come back to acknowledge them
	lingerTime   = 500 * time.Millisecond
)

// metered makes a connection a meter.
func (s *server) metered(c net.Conn) net.Conn {
	return &meter{Conn: c, server: s, secure: s.options.tls != nil, credit: firstCredit, asOf: time.Now()}
}

type meterKey struct{}

// withMeter lets the requests of a connection know its meter.
func withMeter(ctx context.Context, c net.Conn) context.Context {
	if m, ok := meterUnder(c); ok {
		return context.WithValue(ctx, meterKey{}, m)
	}
	return ctx
}

// meterUnder is the meter that a connection of net/http reads from.
func meterUnder(c net.Conn) (*meter, bool) {
	if secure, ok := c.(*tls.Conn); ok {
		c = secure.NetConn()
	}
	m, ok := c.(*meter)
	return m, ok
}

// meterOf is the meter of a request, or nil for one that front has read.
func meterOf(r *http.Request) *meter {
	m, _ := r.Context().Value(meterKey{}).(*meter)
	return m
}

func (m *meter) Read(p []byte) (int, error) {
	n, err := m.Conn.Read(p)
	if errors.Is(err, io.EOF) {
		m.ended.Store(true)
	}
	if n == 0 || m.free.Load() || m.came(p[:n]) {
		return n, err
	}
	m.refuse()
	return 0, io.EOF
}

func (m *meter) Write(p []byte) (int, error) {
	n, err := m.Conn.Write(p)
	m.allow(int64(n / acknowledged))
	return n, err
}

// came counts what was read, and tells whether it may go on.
func (m *meter) came(b []byte) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := time.Now()
	m.credit = min(m.credit+int64(now.Sub(m.asOf).Seconds()*credPerSec), firstCredit)
	m.asOf = now
	n := int64(len(b))
	if m.secure {
		m.credit -= n
		if m.credit < 0 {
			return false
		}
	}
	if m.open > 0 {
		return true
	}
	fields := n / fieldLength
	if !m.secure {
		fields = int64(bytes.Count(b, []byte("\n")))
	}
	m.cost += n + fields*perField
	more := min(m.cost, 2*maxHeader*perField/fieldLength) - freeCost - m.held
	if more <= 0 {
		return true
	}
	if !m.server.headers.take(more) {
		return false
	}
	m.held += more
	return true
}

// allow lets n more bytes come without a request.
func (m *meter) allow(n int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.credit += n
}

// refuse answers that there is no room, where it can be read.
func (m *meter) refuse() {
	m.forget()
	if m.secure {
		_ = m.Conn.Close() // the client hears nothing else
		return
	}
	_ = m.SetDeadline(time.Now().Add(lingerTime))
	_, _ = io.WriteString(m.Conn, "HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/plain; charset=utf-8\r\n"+
		"Retry-After: 1\r\nConnection: close\r\nContent-Length: 22\r\n\r\ntoo many large headers") // a client that is gone reads nothing
	_ = m.CloseWrite()
	_, _ = io.CopyN(io.Discard, m.Conn, maxHeader) // else the answer may be lost with the connection
}

// forget gives back what the header on its way has.
func (m *meter) forget() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.server.headers.giveBack(m.held)
	m.held, m.cost = 0, 0
}

// Close may be called again.
func (m *meter) Close() error {
	m.forget()
	return m.Conn.Close()
}

// CloseWrite ends what is sent.
func (m *meter) CloseWrite() error { return closeWrite(m.Conn) }

// begin takes room for the header of a request: its own, no longer that of the connection. Without room it gives the
// answer that says so.
func (m *meter) begin(r *http.Request) (end func(), refused *answer) {
	cost := headerCost(r)
	m.mu.Lock()
	m.open++
	m.credit += reqCredit
	m.server.headers.giveBack(m.held)
	m.held, m.cost = 0, 0
	m.mu.Unlock()
	beside := perRequest + min(cost, freeCost)
	m.server.reserved.Add(beside)
	large := max(cost-freeCost, 0)
	if !m.server.headers.take(large) {
		large = 0
		refused = refusal(http.StatusServiceUnavailable, "too many large headers")
		refused.header.Set("Retry-After", "1")
	}
	return func() {
		m.server.headers.giveBack(large)
		m.server.reserved.Add(-beside)
		m.mu.Lock()
		defer m.mu.Unlock()
		m.open--
	}, refused
}

// headerCost is about what the header of a request takes.
func headerCost(r *http.Request) int64 {
	cost := 2 * len(r.RequestURI)
	for name, values := range r.Header {
		cost += len(name) + perField
		for _, value := range values {
			cost += len(value) + perField/4
		}
	}
	return int64(cost)
}

// context is that of a request: it ends with the server's base, and when the client leaves, or sends no more, as
// [front.Parting] has it.
func (m *meter) context(r *http.Request, base context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(base)
	var parting front.Parting
	stop := context.AfterFunc(r.Context(), func() {
		if !m.ended.Load() {
			cancel()
			return
		}
		parting.Began(cancel)
	})
	return parting.With(ctx), func() {
		stop()
		parting.Stop()
		cancel()
	}
}

// closeWrite ends what is sent over a connection, if that can be told by itself.
func closeWrite(c net.Conn) error {
	if half, ok := c.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}
