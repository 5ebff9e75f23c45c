package jq

import (
	"context"
	"fmt"
	"runtime"
	"runtime/metrics"
	"time"
)

// sampleEvery is how many small instructions pass between two looks at the heap and the parent.
const sampleEvery = 4096

// watch is the context of one run: gojq asks it before every instruction whether to stop.
type watch struct {
	parent context.Context
	left   int
	base   uint64 // the heap at the first look; 0 before
	sample []metrics.Sample
	breach error // set once, then every instruction stops
	closed chan struct{}
}

func newWatch() *watch {
	w := &watch{closed: make(chan struct{})}
	close(w.closed)
	w.sample = []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	return w
}

// begin makes the watch that of a run under ctx. Most runs end before the first look at the heap, which takes as long
// as they do.
func (w *watch) begin(ctx context.Context) {
	w.parent, w.left, w.breach, w.base = ctx, sampleEvery, nil, 0
}

func (w *watch) heap() uint64 {
	metrics.Read(w.sample)
	return w.sample[0].Value.Uint64()
}

// stop makes the run end with the error. It returns the error for the guard that calls it.
func (w *watch) stop(format string, args ...any) error {
	if w.breach == nil {
		w.breach = &LimitError{fmt.Sprintf(format, args...)}
	}
	return w.breach
}

// Done returns nil while the run may go on, else a closed channel.
func (w *watch) Done() <-chan struct{} {
	if w.breach != nil {
		return w.closed
	}
	if w.left--; w.left > 0 {
		return nil
	}
	w.left = sampleEvery
	if w.parent.Err() != nil {
		w.left = 1
		return w.closed
	}
	if w.over() {
		// Garbage of others may stand in the figure: collect before giving up.
		runtime.GC()
		if w.over() {
			_ = w.stop("memory limit of %d MB exceeded", MaxMemory>>20)
			return w.closed
		}
	}
	return nil
}

// charge brings the next look nearer when an instruction is about to take bytes.
func (w *watch) charge(bytes int) { w.left -= bytes >> 8 }

func (w *watch) over() bool {
	now := w.heap()
	if w.base == 0 {
		w.base = now
	}
	return now > w.base && now-w.base > MaxMemory
}

// Err is what gojq reports once Done has said stop.
func (w *watch) Err() error {
	if w.breach != nil {
		return w.breach
	}
	if w.parent.Err() != nil {
		return context.Canceled
	}
	return nil
}

// Deadline and Value complete context.Context.
func (w *watch) Deadline() (time.Time, bool) { return w.parent.Deadline() }

// Value returns the parent's.
func (w *watch) Value(key any) any { return w.parent.Value(key) }
