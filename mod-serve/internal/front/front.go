// Package front serves HTTP/1.1 ahead of net/http: a [Server] answers plain requests by itself, at less cost, and gives
// a connection that brings anything else to net/http, with the bytes that were read.
//
// [readRequest] decides what is plain: a request of HTTP/1.1 in the usual form that is whole with the first bytes. It is
// strict, so that it need not be complete: everything that is long, slow, malformed or rare, such as chunked bodies,
// upgrades and HTTP/1.0, is net/http's. A conn reads, a reply writes, a visit is the context of a request.
package front

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// Server serves connections. The [http.Server] inside gives handler, timeouts, base context and error log.
// Its ConnState and ConnContext hear only of what net/http is given.
type Server struct {
	*http.Server

	// Handed wraps each connection that net/http is given, if set.
	Handed func(net.Conn) net.Conn

	rest handover
	base context.Context //nolint:containedctx // the parent of the requests' contexts

	spare sync.Pool // of buffers
	clock clock
	quick atomic.Bool // answers are quick

	ending atomic.Bool // no connection gets another request
	mu     sync.Mutex
	conns  map[*conn]struct{}
	ended  chan struct{} // closed when it is ending and there are no connections
	web    chan struct{} // closed when net/http takes no more; nil before Serve
}

// New makes a server of one that does not serve yet.
func New(web *http.Server) *Server {
	return &Server{
		Server: web, conns: make(map[*conn]struct{}), ended: make(chan struct{}),
		spare: sync.Pool{New: func() any { return newBuffers() }},
		rest:  handover{conns: make(chan net.Conn), closed: make(chan struct{})},
	}
}

// Serve accepts connections until the listener is closed, and gives the listener's error. It is called once. With a
// TLSConfig all connections are net/http's.
func (s *Server) Serve(l net.Listener) error {
	if s.TLSConfig != nil {
		return s.ServeTLS(handed{l, s.hand}, "", "")
	}
	s.rest.addr = l.Addr()
	s.base = context.Background()
	if s.BaseContext != nil {
		s.base = s.BaseContext(l)
	}
	web := make(chan struct{})
	s.mu.Lock()
	s.web = web
	s.mu.Unlock()
	go func() {
		defer close(web)
		_ = s.Server.Serve(&s.rest) // it says that it was shut down
	}()
	for delay := time.Duration(0); ; {
		nc, err := l.Accept()
		if err == nil {
			delay = 0
			s.take(nc)
			continue
		}
		var passing interface{ Temporary() bool }
		if !errors.As(err, &passing) || !passing.Temporary() {
			return err
		}
		delay = min(max(minDelay, 2*delay), maxDelay)
		time.Sleep(delay)
	}
}

// How long Serve waits where there are no descriptors, say.
const (
	minDelay = 5 * time.Millisecond
	maxDelay = time.Second
)

func (s *Server) take(nc net.Conn) {
	c := newConn(s, nc)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ending.Load() {
		_ = nc.Close()
		return
	}
	s.conns[c] = struct{}{}
	go c.serve()
}

func (s *Server) forget(c *conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, c)
	if s.ending.Load() && len(s.conns) == 0 {
		close(s.ended)
	}
}

// Shutdown closes idle connections and waits for the others until they are idle, or ctx ends. The listener should be
// closed before.
func (s *Server) Shutdown(ctx context.Context) error {
	s.end((*conn).endIdle)
	select {
	case <-s.ended:
	case <-ctx.Done():
		_ = s.Server.Shutdown(ctx) // it ends at once
		return ctx.Err()
	}
	err := s.Server.Shutdown(ctx)
	if err == nil {
		s.wait()
	}
	return err
}

// Close closes all connections.
func (s *Server) Close() error {
	s.end((*conn).close)
	err := s.Server.Close()
	s.wait()
	return err
}

func (s *Server) end(each func(*conn)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.ending.Swap(true) && len(s.conns) == 0 {
		close(s.ended)
	}
	for c := range s.conns {
		each(c)
	}
}

// wait waits until net/http takes no more.
func (s *Server) wait() {
	s.rest.end()
	s.mu.Lock()
	web := s.web
	s.mu.Unlock()
	if web != nil {
		<-web
	}
}

// hand is a connection as net/http is given it.
func (s *Server) hand(c net.Conn) net.Conn {
	if s.Handed == nil {
		return c
	}
	return s.Handed(c)
}

// handed is a listener whose connections are net/http's.
type handed struct {
	net.Listener
	hand func(net.Conn) net.Conn
}

func (h handed) Accept() (net.Conn, error) {
	c, err := h.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return h.hand(c), nil
}

// handover is the listener from which net/http gets its connections.
type handover struct {
	addr   net.Addr
	conns  chan net.Conn
	once   sync.Once
	closed chan struct{}
}

func (h *handover) give(c net.Conn) {
	select {
	case h.conns <- c:
	case <-h.closed:
		_ = c.Close()
	}
}

func (h *handover) Accept() (net.Conn, error) {
	select {
	case c := <-h.conns:
		return c, nil
	case <-h.closed:
		return nil, net.ErrClosed
	}
}

func (h *handover) Addr() net.Addr { return h.addr }

func (h *handover) end() { h.once.Do(func() { close(h.closed) }) }

func (h *handover) Close() error {
	h.end()
	return nil
}

// clock is the Date of answers, which is made once a second.
type clock struct{ last atomic.Pointer[second] }

type second struct {
	unix int64
	text string
}

func (c *clock) date(now time.Time) string {
	last := c.last.Load()
	if last == nil || last.unix != now.Unix() {
		last = &second{now.Unix(), now.UTC().Format(http.TimeFormat)}
		c.last.Store(last)
	}
	return last.text
}
