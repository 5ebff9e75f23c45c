package front

import (
	"bytes"
	"fmt"
	"log"
	"net"
	"net/http"
	"runtime"
	"runtime/debug"
	"sync/atomic"
	"time"
)

// bufferSize is how long a request may be, head and body. It is what a connection costs while it is idle.
const bufferSize = 4 << 10

// conn is a connection that has brought nothing for net/http so far.
type conn struct {
	net.Conn
	server *Server
	remote string
	idle   atomic.Bool // no request is being answered

	buffer []byte // what was read and belongs to no request yet, of a capacity of bufferSize
	gone   bool   // the client sends no more
	posted bool   // the last request was a POST
}

func newConn(s *Server, nc net.Conn) *conn {
	return &conn{Conn: nc, server: s, remote: nc.RemoteAddr().String(), buffer: make([]byte, 0, bufferSize)}
}

// serve answers requests until there are no more, or one is for net/http.
func (c *conn) serve() {
	defer c.server.forget(c)
	for patience := c.server.ReadHeaderTimeout; c.read(patience); patience = c.server.IdleTimeout {
		for {
			c.skipBlank()
			if len(c.buffer) == 0 {
				break
			}
			var r http.Request
			length := readRequest(&r, c.buffer)
			if length == 0 {
				c.server.rest.give(c.server.hand(&begun{c.Conn, bytes.Clone(c.buffer)}))
				return
			}
			c.buffer = c.buffer[:copy(c.buffer, c.buffer[length:])]
			c.posted = r.Method == http.MethodPost
			if !c.answer(&r) {
				c.close()
				return
			}
		}
	}
	c.close()
}

// maxBlank is how many characters of line breaks may stand in front of a request behind a POST.
const maxBlank = 4

// skipBlank drops line breaks that old clients send behind the body of a POST (RFC 9112, 2.2).
func (c *conn) skipBlank() {
	n := 0
	for c.posted && n < min(maxBlank, len(c.buffer)) && (c.buffer[n] == '\r' || c.buffer[n] == '\n') {
		n++
	}
	c.buffer = c.buffer[:copy(c.buffer, c.buffer[n:])]
}

func (c *conn) close() { _ = c.Conn.Close() }

// past is a deadline that is over.
func past() time.Time { return time.Unix(1, 0) }

// endIdle closes the connection if it is idle.
func (c *conn) endIdle() {
	if c.idle.Load() {
		_ = c.SetReadDeadline(past())
	}
}

// read waits for the next request, and tells whether anything of it has come.
func (c *conn) read(patience time.Duration) bool {
	c.idle.Store(true)
	defer c.idle.Store(false)
	until := time.Time{}
	if patience > 0 {
		until = time.Now().Add(patience)
	}
	_ = c.SetReadDeadline(until)
	if c.server.ending.Load() { // else endIdle comes after the deadline above
		return false
	}
	if c.server.quick.Load() {
		// Meanwhile the next request comes in: to look at once is mostly for nothing.
		runtime.Gosched()
	}
	return c.fill() == nil
}

// quickAnswer is how long an answer takes at most where no handler computes: goroutines that let others run have their
// turn again at once.
const quickAnswer = time.Millisecond

// fill reads what there is room for.
func (c *conn) fill() error {
	n, err := c.Read(c.buffer[len(c.buffer):cap(c.buffer)])
	c.buffer = c.buffer[:len(c.buffer)+n]
	if n > 0 {
		return nil
	}
	return err
}

// answer tells whether the connection can go on.
func (c *conn) answer(r *http.Request) (on bool) {
	began := time.Now()
	b := c.server.spare.Get().(*buffers)
	out := &reply{wire: c.Conn, buffers: b, date: c.server.clock.date(began), isHead: r.Method == http.MethodHead, length: -1}
	c.handle(out, r)
	if quick := time.Since(began) < quickAnswer; c.server.quick.Load() != quick {
		c.server.quick.Store(quick)
	}
	on = out.finish() && !c.gone
	out.buffers = nil
	if b.clear() {
		c.server.spare.Put(b)
	}
	return on
}

func (c *conn) handle(out *reply, r *http.Request) {
	v := &visit{conn: c}
	defer v.end()
	defer func() {
		value := recover()
		if value == nil {
			return
		}
		out.broken = true
		if value != http.ErrAbortHandler { //nolint:errorlint // it is this very value
			c.logf("http: panic serving %s: %v\n%s", c.remote, value, debug.Stack())
		}
	}()
	r.RemoteAddr = c.remote
	c.server.Handler.ServeHTTP(out, r.WithContext(v))
}

func (c *conn) logf(format string, args ...any) {
	if c.server.ErrorLog != nil {
		_ = c.server.ErrorLog.Output(2, fmt.Sprintf(format, args...))
		return
	}
	log.Printf(format, args...)
}

// begun is a connection that has been read from.
type begun struct {
	net.Conn
	read []byte
}

// CloseWrite ends what is sent, if that can be told by itself.
func (b *begun) CloseWrite() error {
	if half, ok := b.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return nil
}

func (b *begun) Read(p []byte) (int, error) {
	if len(b.read) == 0 {
		return b.Conn.Read(p)
	}
	n := copy(p, b.read)
	b.read = b.read[n:]
	return n, nil
}
