package serve

import (
	"context"
	"net"
	"sync"
	"time"
)

// pollEvery is how often a draining server looks whether its requests are done: WebSockets have no
// connection that net/http knows of.
const pollEvery = 5 * time.Millisecond

// wait waits until no request is in flight.
func (s *server) wait(within context.Context) error {
	ticker := time.NewTicker(pollEvery)
	defer ticker.Stop()
	for s.figures.inFlight.Load() > 0 {
		select {
		case <-within.Done():
			return within.Err()
		case <-ticker.C:
		}
	}
	return nil
}

// limited is a listener that has at most so many connections open.
type limited struct {
	net.Listener
	places chan struct{}
	count  func(int64) // hears of each that is opened, 1, and closed, -1
	failed func(error) // hears why one could not be accepted
	once   sync.Once
	closed chan struct{}
}

func limit(l net.Listener, n int, count func(int64), failed func(error)) *limited {
	return &limited{Listener: l, places: make(chan struct{}, n), count: count, failed: failed, closed: make(chan struct{})}
}

// Accept waits for a place, then for a connection.
func (l *limited) Accept() (net.Conn, error) {
	select {
	case l.places <- struct{}{}:
	case <-l.closed:
		return nil, net.ErrClosed
	}
	conn, err := l.Listener.Accept()
	if err != nil {
		<-l.places
		l.failed(err)
		return nil, err
	}
	l.count(1)
	return &connection{conn, sync.OnceFunc(l.leave)}, nil
}

func (l *limited) leave() {
	l.count(-1)
	<-l.places
}

// Close may be called again: net/http closes what is closed already.
func (l *limited) Close() (err error) {
	l.once.Do(func() {
		close(l.closed)
		err = l.Listener.Close()
	})
	return err
}

// connection is one of those of a limited listener.
type connection struct {
	net.Conn
	leave func() // gives its place to another one
}

// CloseWrite ends what is sent.
func (c *connection) CloseWrite() error { return closeWrite(c.Conn) }

// Close may be called again.
func (c *connection) Close() error {
	defer c.leave()
	return c.Conn.Close()
}
