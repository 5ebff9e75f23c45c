package command

import (
	"context"
	"errors"
	"io"
	"os"
	"sync/atomic"
	"time"
)

// stallLimit is how long a write may take once the program is to end.
const stallLimit = 500 * time.Millisecond

// errStalled is a write that nobody takes.
var errStalled = errors.New("nobody reads what is written")

// Unstalled gives w for a program that ends with ctx: a write waits as long as it must, but only half a second more
// after that, and is an error then. A pipe that nobody reads, or a terminal that is stopped, cannot hold up the end.
func Unstalled(ctx context.Context, w io.Writer) io.Writer {
	o := &unstalled{w: w, over: ctx.Done(), turn: make(chan struct{}, 1)}
	if file, ok := w.(*os.File); ok {
		if info, err := file.Stat(); err == nil && info.Mode().IsRegular() {
			return w // which takes what it is given
		}
	}
	if file, ok := w.(descriptor); ok {
		return &unstalledFile{file, o}
	}
	return o
}

// descriptor is what those who write for people look at, to know whether they write to a terminal.
type descriptor interface {
	io.Reader
	Fd() uintptr
}

// unstalledFile is one that shows the file that it writes to: who writes for people looks for a terminal.
type unstalledFile struct {
	descriptor
	*unstalled
}

// unstalled writes on a goroutine of its own, since a write to a file cannot be interrupted.
type unstalled struct {
	w     io.Writer
	over  <-chan struct{}
	turn  chan struct{} // has one item while something is written
	stuck atomic.Bool   // what is written was given up
	text  []byte        // what is written; it belongs to whose turn it is
}

type written struct {
	n   int
	err error
}

func (o *unstalled) Write(p []byte) (int, error) {
	if !o.take() {
		return 0, errStalled
	}
	o.text = append(o.text[:0], p...)
	done := make(chan written, 1)
	go func() {
		n, err := o.w.Write(o.text)
		o.stuck.Store(false)
		<-o.turn
		done <- written{n, err}
	}()
	select {
	case w := <-done:
		return w.n, w.err
	case <-o.over:
	}
	select {
	case w := <-done:
		return w.n, w.err
	case <-time.After(stallLimit):
		o.stuck.Store(true)
		return 0, errStalled
	}
}

// take waits for the turn to write, or tells that it does not come.
func (o *unstalled) take() bool {
	select {
	case o.turn <- struct{}{}:
		return true
	default:
	}
	select {
	case o.turn <- struct{}{}:
		return true
	case <-o.over:
	}
	if o.stuck.Load() {
		return false
	}
	select {
	case o.turn <- struct{}{}:
		return true
	case <-time.After(stallLimit):
		return false
	}
}
