package core

import (
	"context"
	"errors"

	lua "github.com/yuin/gopher-lua"

	"assay.rs/core/compile"
)

// closing is what a thread knows of its closers.
type closing struct {
	depth     int32         // how many closers run within each other
	cut       int32         // those of them that were given up: the coroutine was closed while they ran
	sheltered bool          // the coroutine was resumed by a closer, or for one
	begun     bool          // the coroutine is being closed: its blocks are left, and nothing else runs
	orphaned  bool          // nobody closes it: it is garbage, or the VM ends
	failed    *lua.ApiError // the last error of a closer meanwhile
}

var errCoroutineClosed = errors.New("the coroutine was closed")

// inCloser tells whether the thread runs a closer, or for one.
func (t *thread) inCloser() bool { return t.closing.sheltered || t.closing.depth > t.closing.cut }

// stopped tells whether the thread has no further instruction to run.
func (t *thread) stopped() bool {
	over := t.task.lifetime.over()
	if !over && !t.closing.begun {
		return false
	}
	return !t.inCloser() || over && t.task.graceOver() != nil
}

// cause is why the thread is stopped.
func (t *thread) cause() error {
	if !t.task.lifetime.over() {
		return errCoroutineClosed
	}
	if t.inCloser() {
		if over := t.task.graceOver(); over != nil {
			return over
		}
	}
	if why := t.task.lifetime.cause(); why != nil {
		return why
	}
	return context.Canceled
}

// context is that of what the thread calls.
func (t *thread) context() context.Context {
	switch {
	case t.inCloser():
		return t.task.graceContext()
	case t.closing.begun:
		return ended(errCoroutineClosed)
	}
	return t.task.lifetime.context()
}

func ended(why error) context.Context {
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(why)
	return ctx
}

// close begins to close a coroutine that has yielded: from here on it leaves its blocks.
func (c *closing) close() { c.begun, c.cut = true, c.depth }

// closeVariable calls closer, the __close of a value whose block was left, by err if that is not nil, and gives
// the error that goes on. In a thread that was stopped the closer runs all the same, for as long as the grace
// lasts, and an error in it is logged: the thread goes on ending for the reason that it has.
func closeVariable(L *lua.LState, closer, value lua.LValue, err error) error {
	t := currentThread(L)
	c := &t.closing
	stopped := t.stopped()
	if stopped && t.task.lifetime.over() && t.task.graceOver() != nil {
		return err
	}
	before := c.depth
	c.cut = min(c.cut, before)
	c.depth++
	defer func() { c.depth = before }()
	if !stopped {
		return compile.Close(L, closer, value, err)
	}
	raised := lua.LValue(lua.LNil)
	if c.begun {
		if c.failed != nil {
			raised = c.failed.Object
		}
	} else if api, ok := err.(*lua.ApiError); ok { //nolint:errorlint // PCall gives it bare
		raised = api.Object
	}
	if _, failed := t.protect(closer, []lua.LValue{value, raised}, nil); failed != nil {
		t.failedToClose(failed)
	}
	t.left = 0 // for the next instruction to find the thread stopped
	return err
}

// failedToClose keeps the error of a closer for who closes the coroutine. Where nobody does, it is logged.
func (t *thread) failedToClose(err *lua.ApiError) {
	if t.closing.begun && !t.closing.orphaned {
		t.closing.failed = err
		return
	}
	fields := []any{"error", err.Error()}
	if script, ok := errors.AsType[*ScriptError](t.scriptError(err)); ok {
		fields = []any{"error", script.Message, "traceback", script.Traceback}
	}
	t.vm.host.Log.Error("a __close function failed while its task was being stopped", fields...)
}
