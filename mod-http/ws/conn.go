package ws

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"assay.rs/core"
)

// Conn is a connection. A goroutine of its own reads it, so that pings are answered and a close is seen
// while nobody waits for a message. It is safe for concurrent use.
type Conn struct {
	wire     *wire
	class    *core.Object[*Conn]
	incoming chan message
	stop     context.CancelFunc
	over     chan struct{} // closed when nothing more comes

	mu   sync.Mutex
	err  error // why nothing more comes; after over
	left closed
}

type message struct {
	data   []byte
	binary bool
}

// normal is the code of a connection that has served its purpose.
const normal = 1000

func newConn(w *wire, class *core.Object[*Conn]) *Conn {
	ctx, stop := context.WithCancel(context.Background())
	c := &Conn{wire: w, class: class, incoming: make(chan message), stop: stop, over: make(chan struct{})}
	go c.read(ctx)
	return c
}

// read is the life of the reader. It ends with the connection.
func (c *Conn) read(ctx context.Context) {
	defer close(c.over)
	for {
		data, binary, err := c.wire.read(ctx)
		if err != nil {
			c.ended(err)
			return
		}
		select {
		case c.incoming <- message{data, binary}:
		case <-ctx.Done():
			c.ended(ctx.Err())
			return
		}
	}
}

// ended notes why nothing more comes.
func (c *Conn) ended(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch left, ok := closeOf(err); {
	case strings.Contains(err.Error(), "read limited at"):
		c.err = errTooBig.With(fmt.Errorf("a message is larger than %d bytes", c.wire.limit), "raise max_message")
		_ = c.wire.CloseNow() // the library has told the other end
	case ok:
		c.left = left
		c.err = errClosed.Errorf("connection closed%s", left)
	default:
		c.err = errClosed.Errorf("connection closed")
	}
}

func (l closed) String() string {
	if l.code == 0 || l.code == normal {
		return ""
	}
	return strings.TrimRight(fmt.Sprintf(" by the other end: %d %s", l.code, l.reason), " ")
}

// Recv waits for a message, at most for limit if that is not 0.
func (c *Conn) Recv(ctx context.Context, limit time.Duration) (data []byte, binary bool, err error) {
	var late <-chan time.Time
	if limit > 0 {
		timer := time.NewTimer(limit)
		defer timer.Stop()
		late = timer.C
	}
	select {
	case m := <-c.incoming:
		return m.data, m.binary, nil
	case <-c.over:
		c.mu.Lock()
		defer c.mu.Unlock()
		return nil, false, c.err
	case <-late:
		return nil, false, errTimeout.Errorf("no message within %s", limit)
	case <-ctx.Done():
		return nil, false, context.Cause(ctx)
	}
}

// Send sends a message. When ctx ends meanwhile, so does the connection.
func (c *Conn) Send(ctx context.Context, data []byte, binary bool) error {
	select {
	case <-c.over:
		return c.closedError()
	default:
	}
	err := c.wire.write(ctx, data, binary)
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return context.Cause(ctx)
	default:
		return c.closedError()
	}
}

func (c *Conn) closedError() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return errClosed.Errorf("connection closed%s", c.left)
}

// Ping waits until the other end has answered a ping.
func (c *Conn) Ping(ctx context.Context, limit time.Duration) error {
	within, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	err := c.wire.Ping(within)
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.Is(within.Err(), context.DeadlineExceeded):
		return errTimeout.Errorf("no answer to a ping within %s", limit)
	default:
		return c.closedError()
	}
}

// Close closes the connection in good order: it waits a few seconds for the other end. One that is
// closed stays as it is.
func (c *Conn) Close(code int, reason string) error {
	_ = c.wire.close(code, reason) // when the other end does not answer, it is closed all the same
	c.stop()
	<-c.over
	return nil
}

// Drop ends the connection at once.
func (c *Conn) Drop() {
	_ = c.wire.CloseNow() // it may be closed already
	c.stop()
	<-c.over
}

// Value is the connection in Lua. It needs the baton.
func (c *Conn) Value(call core.Call) core.Value { return core.ValueOf(call, c.class.Type(), c) }

// dropper ends a connection with the task that has made it.
type dropper struct{ *Conn }

func (d dropper) Close() error {
	d.Drop()
	return nil
}
