package ws

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"assay.rs/core"
)

// Conn is a connection. A goroutine of its own reads it, so that pings are answered and a close is seen
// while nobody waits for a message. It is safe for concurrent use.
type Conn struct {
	wire     *wire
	class    *core.Object[*Conn]
	room     func(n int64) bool // takes room for the bytes of messages, or gives it back; nil is any
	incoming chan message
	wanted   chan struct{} // has one item when somebody waits for a message, or has waited for one
	stop     context.CancelFunc
	over     chan struct{}                           // closed when nothing more comes
	out      func(n int64) (release func(), ok bool) // takes room for a message that is sent; nil is any
	patience time.Duration                           // that the other end has to take a message; 0 is for ever
	gone     func(by *core.Task)                     // is called once the script has not heard of that for hearWithin, or does not heed it; nil is nothing
	heard    atomic.Bool                             // the script has
	since    time.Time                               // when; after over
	insisted atomic.Int32                            // how often it was used long after that

	mu   sync.Mutex
	err  error // why nothing more comes; after over
	left closed
}

type message struct {
	data   []byte
	binary bool
	held   int64 // bytes that have room
}

// normal is the code of a connection that has served its purpose.
const normal = 1000

// hearWithin is how long the script has to notice by itself, in recv or send, that a connection is closed.
const hearWithin = time.Second

// insistMost is how often a task may use a connection that has been closed for longer than that.
const insistMost = 3

func newConn(w *wire, class *core.Object[*Conn], room func(n int64) bool, gone func(by *core.Task)) *Conn {
	ctx, stop := context.WithCancel(context.Background())
	c := &Conn{
		wire: w, class: class, room: room, gone: gone, stop: stop,
		incoming: make(chan message), wanted: make(chan struct{}, 1), over: make(chan struct{}),
	}
	go c.read(ctx)
	return c
}

// read is the life of the reader. It ends with the connection.
func (c *Conn) read(ctx context.Context) {
	defer c.end()
	for {
		from, binary, err := c.wire.next(ctx)
		if err != nil {
			c.ended(err)
			return
		}
		m := message{binary: binary}
		if err := c.fill(ctx, &m, from); err != nil {
			c.giveBack(m)
			c.ended(err)
			return
		}
		select {
		case c.incoming <- m:
		case <-ctx.Done():
			c.giveBack(m)
			c.ended(ctx.Err())
			return
		}
	}
}

// end tells that nothing more comes.
func (c *Conn) end() {
	c.since = time.Now()
	close(c.over)
	if c.gone != nil && !c.heard.Load() {
		time.AfterFunc(hearWithin, func() {
			if !c.heard.Load() {
				c.gone(nil)
			}
		})
	}
}

// heed passes on the error of a use. A task that goes on to use a closed connection, whatever that says, would for ever.
func (c *Conn) heed(by *core.Task, err error) error {
	if err == nil || c.gone == nil {
		return err
	}
	select {
	case <-c.over:
		if time.Since(c.since) > hearWithin && c.insisted.Add(1) > insistMost {
			c.gone(by)
		}
	default:
	}
	return err
}

// readAhead is how much of a message is read before somebody wants it: pings behind a small one are answered.
const readAhead = 4 << 10

// errNoRoom is why a message is not read to its end.
var errNoRoom = errors.New("the messages of all connections are too large together")

// fill reads a message. What is more than a little of it waits in the network until it is wanted, and takes room as it
// arrives.
func (c *Conn) fill(ctx context.Context, m *message, from io.Reader) error {
	m.data = make([]byte, 0, 512)
	for asked := false; ; {
		if len(m.data) == cap(m.data) {
			if len(m.data) >= readAhead && !asked {
				select {
				case <-c.wanted:
					asked = true
				case <-ctx.Done():
					return ctx.Err()
				}
			}
			m.data = slices.Grow(m.data, len(m.data))
			if more := int64(cap(m.data)) - m.held; c.room != nil && cap(m.data) > readAhead {
				if !c.room(more) {
					c.wire.frames.end(tryAgainLater)
					return errNoRoom
				}
				m.held += more
			}
		}
		n, err := from.Read(m.data[len(m.data):cap(m.data)])
		m.data = m.data[:len(m.data)+n]
		switch {
		case errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF):
			return nil
		case err != nil:
			return err
		}
	}
}

// tryAgainLater is the code for a connection that there is no room for.
const tryAgainLater = 1013

// giveBack gives back the room of a message.
func (c *Conn) giveBack(m message) {
	if m.held > 0 {
		c.room(-m.held)
	}
}

// ended notes why nothing more comes.
func (c *Conn) ended(err error) {
	left, ok := closeOf(err)
	if !ok {
		c.wire.frames.drop() // nothing can follow
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	wrong, violated := errors.AsType[*violation](err)
	switch {
	case violated && wrong.code == tooBig:
		c.err = errTooBig.With(wrong, "raise max_message")
	case violated:
		c.err = errClosed.Errorf("connection closed: the other end broke the protocol: %s", wrong)
	case errors.Is(err, errNoRoom):
		c.err = errClosed.Errorf("connection closed: %s", err)
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
	case c.wanted <- struct{}{}:
	default:
	}
	select {
	case m := <-c.incoming:
		c.giveBack(m)
		return m.data, m.binary, nil
	case <-c.over:
		c.heard.Store(true)
		c.mu.Lock()
		defer c.mu.Unlock()
		return nil, false, c.err
	case <-late:
		return nil, false, errTimeout.Errorf("no message within %s", limit)
	case <-ctx.Done():
		return nil, false, context.Cause(ctx)
	}
}

// Send sends a message. When ctx ends meanwhile, or the other end does not take it, so does the connection.
func (c *Conn) Send(ctx context.Context, data []byte, binary bool) error {
	select {
	case <-c.over:
		return c.closedError()
	default:
	}
	if c.out != nil {
		release, ok := c.out(int64(len(data)))
		if !ok {
			c.wire.frames.leave(tryAgainLater)
			return errClosed.Errorf("connection closed: %s", errNoRoom)
		}
		defer release()
	}
	within := ctx
	if c.patience > 0 {
		var cancel context.CancelFunc
		within, cancel = context.WithTimeout(ctx, c.patience)
		defer cancel()
	}
	err := c.wire.write(within, data, binary)
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case within.Err() != nil:
		c.wire.frames.drop()
		return errClosed.Errorf("connection closed: the other end has taken nothing for %s", c.patience)
	default:
		return c.closedError()
	}
}

func (c *Conn) closedError() error {
	c.heard.Store(true)
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
	late := time.AfterFunc(closeLimit, c.wire.frames.drop) // the library's limits do not hold while it skips a message
	defer late.Stop()
	_ = c.wire.close(code, reason) // when the other end does not answer, it is closed all the same
	c.stop()
	<-c.over
	return nil
}

// closeLimit is how long the other end may take to agree to the end.
const closeLimit = 5 * time.Second

// Drop ends the connection at once.
func (c *Conn) Drop() {
	c.wire.frames.drop()  // which ends what waits to be sent
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
