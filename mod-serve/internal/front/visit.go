package front

import (
	"context"
	"errors"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// visit is the context of a request. It ends with the request, with the server's base context, or when the client
// leaves: at once when the connection is broken, and after the end of what the client sends as [Parting] has it. The client is watched only once somebody waits for the context to end, which few handlers do.
type visit struct {
	conn *conn

	asked   atomic.Int32 // how often Err was
	ended   atomic.Bool
	made    atomic.Pointer[context.Context] // what it is once somebody waits
	mu      sync.Mutex                      // to make it
	cancel  context.CancelFunc
	watched chan struct{} // closed when nobody looks at the connection any more
	parting Parting
}

// patient is how often Err is called before the client is watched: a handler asks now and then while it computes.
const patient = 1000

func (v *visit) Deadline() (time.Time, bool) { return time.Time{}, false }

func (v *visit) Done() <-chan struct{} { return v.watch().Done() }

func (v *visit) Err() error {
	if v.asked.Add(1) == patient {
		return v.watch().Err()
	}
	err := v.current().Err()
	if err == nil && v.ended.Load() {
		return context.Canceled
	}
	return err
}

// Value also tells the package context what it is.
func (v *visit) Value(key any) any {
	if key == (partingKey{}) {
		return &v.parting
	}
	return v.current().Value(key)
}

func (v *visit) current() context.Context {
	if made := v.made.Load(); made != nil {
		return *made
	}
	return v.conn.server.base
}

// watch makes a context of it that ends when the client leaves.
func (v *visit) watch() context.Context {
	v.mu.Lock()
	defer v.mu.Unlock()
	if made := v.made.Load(); made != nil {
		return *made
	}
	made, cancel := context.WithCancel(v.conn.server.base)
	v.cancel = cancel
	v.made.Store(&made)
	if v.ended.Load() {
		cancel()
		return made
	}
	v.watched = make(chan struct{})
	go v.look()
	return made
}

// look reads what may be the next request, or hears that there is none.
func (v *visit) look() {
	defer close(v.watched)
	err := v.conn.fill()
	switch {
	case err == nil, errors.Is(err, os.ErrDeadlineExceeded):
		return
	case errors.Is(err, io.EOF):
		v.parting.Began(v.cancel)
	default:
		v.cancel()
	}
	v.conn.gone = true
}

// end ends it, and gives the connection back.
func (v *visit) end() {
	v.mu.Lock()
	v.ended.Store(true)
	cancel, watched := v.cancel, v.watched
	v.mu.Unlock()
	if cancel != nil {
		cancel()
	}
	if watched != nil {
		_ = v.conn.SetReadDeadline(past())
		<-watched
		v.parting.Stop()
	}
}
