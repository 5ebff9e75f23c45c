package core

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"
)

// drains counts what of a VM comes to its own end when the script is told to end.
type drains struct{ begun, ended atomic.Int64 }

// Drains tells the VM that the body does not stop at once when the script is told to end, but comes to an end in good
// order, as a server does. done says that it has.
func (c Call) Drains() (done func()) {
	d := Local[drains](c)
	d.begun.Add(1)
	return func() { d.ended.Add(1) }
}

// Drained tells whether something of the VM drains, and all of it has come to its end in good order.
func (vm *VM) Drained() bool {
	d := LocalOf[drains](vm)
	begun := d.begun.Load()
	return begun > 0 && begun == d.ended.Load()
}

// outlast is what goes on when the script is told to end.
type outlast struct {
	ctx  context.Context //nolint:containedctx // of its tasks
	stop context.CancelCauseFunc
}

// Outlast runs work as a task that goes on when the task of c is told to end: it, and the tasks that it starts, have
// grace from then on. told is called when that begins. os.exit and limits end them at once; so does the return of work
// what it has started. It is for a body that waits. The error is that of work, or *Interrupted.
func (c Call) Outlast(grace time.Duration, told func(), work func(c Call) error) error {
	ctx, cancel := context.WithCancelCause(context.WithoutCancel(c.Context()))
	defer cancel(errEnded)
	release := context.AfterFunc(c.Context(), func() {
		cause := context.Cause(c.Context())
		if errors.As(cause, new(*Exit)) || errors.As(cause, new(*LimitError)) {
			cancel(cause)
			return
		}
		told()
		timer := time.AfterFunc(grace, func() { cancel(fmt.Errorf("given up %s after the script was told to end", grace)) })
		context.AfterFunc(ctx, func() { timer.Stop() })
	})
	defer release()
	return c.Tasks().run(ctx, &outlast{ctx, cancel}, work)
}
