package serve

import (
	"context"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"assay.rs/core"
)

// servers are those of a VM.
type servers struct{ started, drained atomic.Int64 }

// Drained tells whether the scripts of vm have served, and all servers have ended with every request
// answered.
func Drained(vm *core.VM) bool {
	all := core.LocalOf[servers](vm)
	started := all.started.Load()
	return started > 0 && started == all.drained.Load()
}

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
	quick  *atomic.Bool // of its connections
	count  func(int64)  // hears of each that is opened, 1, and closed, -1
	once   sync.Once
	closed chan struct{}
}

func limit(l net.Listener, n int, quick *atomic.Bool, count func(int64)) *limited {
	return &limited{Listener: l, places: make(chan struct{}, n), quick: quick, count: count, closed: make(chan struct{})}
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
		return nil, err
	}
	l.count(1)
	return newConnection(conn, l.quick, func() {
		l.count(-1)
		<-l.places
	}), nil
}

// Close may be called again: net/http closes what is closed already.
func (l *limited) Close() (err error) {
	l.once.Do(func() {
		close(l.closed)
		err = l.Listener.Close()
	})
	return err
}
