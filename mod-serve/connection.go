package serve

import (
	"errors"
	"net"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// connection is one of a server's.
type connection struct {
	net.Conn

	read, write deadline
	quick       *atomic.Bool // answers are quick: see [server.finish]
	free        func()       // gives its place to another one
}

func newConnection(c net.Conn, quick *atomic.Bool, free func()) *connection {
	opened := time.Now()
	return &connection{
		Conn: c, quick: quick, free: sync.OnceFunc(free),
		read: deadline{move: c.SetReadDeadline, opened: opened}, write: deadline{move: c.SetWriteDeadline, opened: opened},
	}
}

// Close may be called again.
func (c *connection) Close() error {
	defer c.free()
	return c.Conn.Close()
}

func (c *connection) Read(p []byte) (int, error) {
	if c.quick.Load() {
		// Meanwhile the next request comes in: to look at once is mostly for nothing.
		runtime.Gosched()
	}
	if c.read.over() {
		return 0, os.ErrDeadlineExceeded
	}
	for {
		n, err := c.Conn.Read(p)
		if !c.read.early(err) {
			return n, err
		}
	}
}

func (c *connection) Write(p []byte) (n int, err error) {
	if c.write.over() {
		return 0, os.ErrDeadlineExceeded
	}
	for {
		wrote, err := c.Conn.Write(p[n:])
		n += wrote
		if !c.write.early(err) {
			return n, err
		}
	}
}

// SetDeadline is both of the others.
func (c *connection) SetDeadline(t time.Time) error {
	return errors.Join(c.read.set(t), c.write.set(t))
}

// SetReadDeadline is that of [net.Conn].
func (c *connection) SetReadDeadline(t time.Time) error { return c.read.set(t) }

// SetWriteDeadline is that of [net.Conn].
func (c *connection) SetWriteDeadline(t time.Time) error { return c.write.set(t) }

// deadline is until when one direction of a connection waits. net/http sets it six times for each request,
// mostly to later than it was, or when nobody waits, and to move a timer of the runtime each time is a
// twentieth of a request. So the timer stays where it is, unless that is too late for a call that waits; when
// it goes off too early it is moved to where it should be by then.
type deadline struct {
	move   func(time.Time) error // the timer
	opened time.Time             // before anything that is not over

	mu      sync.Mutex
	waiting int       // calls that the timer ends
	wanted  time.Time // zero is none
	timer   time.Time // zero is none; not later than wanted while a call waits
}

func (d *deadline) set(t time.Time) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.wanted = t
	if d.waiting == 0 {
		return nil
	}
	return d.hasten()
}

// hasten makes the timer go off no later than is wanted. It needs the lock.
func (d *deadline) hasten() error {
	if d.wanted.IsZero() || !d.timer.IsZero() && !d.wanted.Before(d.timer) {
		return nil
	}
	d.timer = d.wanted
	return d.move(d.timer)
}

// over tells whether a call is too late to begin. One that is not has begun.
func (d *deadline) over() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.wanted.IsZero() && d.wanted.Before(d.opened) { // net/http's way of ending a call, mostly before it begins
		return true
	}
	d.waiting++
	_ = d.hasten() // where it fails the call does
	return false
}

// early tells whether a call has failed because the timer went off too early, and is to be made again. One that
// is not has ended.
func (d *deadline) early(err error) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err != nil && errors.Is(err, os.ErrDeadlineExceeded) && (d.wanted.IsZero() || time.Now().Before(d.wanted)) {
		d.timer = d.wanted
		if d.move(d.timer) == nil {
			return true
		}
	}
	d.waiting--
	return false
}
