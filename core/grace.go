package core

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// closeGrace is how long what a stopped task has left to close may take in all, and so how much longer than
// its main chunk a VM may take to end.
const closeGrace = time.Second

var errGraceOver = fmt.Errorf("given up %s after the end of the task", closeGrace)

// grace is the time in which the closers of a task, the __close functions of its variables, go on although the
// task has been stopped. It begins when one of them finds the task stopped, and is one for all of them.
type grace struct {
	mu      sync.Mutex
	until   time.Time       // zero until it begins
	over    error           // why it is over before that
	ctx     context.Context //nolint:containedctx // of what closers call; nil until one asks for it
	cancel  context.CancelCauseFunc
	release func() bool
}

func (task *Task) itsGrace() *grace {
	task.mu.Lock()
	defer task.mu.Unlock()
	if task.grace == nil {
		task.grace = &grace{}
	}
	return task.grace
}

// graceOver is why no closer of the task, which has been stopped, may go on; or nil.
func (task *Task) graceOver() error {
	g := task.itsGrace()
	g.mu.Lock()
	defer g.mu.Unlock()
	if limit, ok := task.lifetime.cause().(*LimitError); ok && g.over == nil { //nolint:errorlint // the limit itself
		g.over = limit
	}
	if g.over == nil && g.left(task.vm) <= 0 {
		g.over = errGraceOver
	}
	return g.over
}

// left is how long the grace lasts from now on. If it has not begun yet, it does: for [closeGrace], or until the
// time that the VM has for its own end. It needs the lock.
func (g *grace) left(vm *VM) time.Duration {
	if g.until.IsZero() {
		g.until = time.Now().Add(closeGrace)
		if last := vm.closeBy.Load(); last != nil && last.Before(g.until) {
			g.until = *last
		}
	}
	return time.Until(g.until)
}

// refuseGrace ends the grace of the task: who has reached a limit does not go on.
func (task *Task) refuseGrace(limit *LimitError) {
	g := task.itsGrace()
	g.mu.Lock()
	defer g.mu.Unlock()
	g.over = limit
	if g.cancel != nil {
		g.cancel(limit)
	}
}

// graceContext is the context of what closers call: it ends with the grace.
func (task *Task) graceContext() context.Context {
	g := task.itsGrace()
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.ctx != nil {
		return g.ctx
	}
	ctx, cancel := context.WithCancelCause(context.WithoutCancel(task.lifetime.parent))
	g.ctx, g.cancel = ctx, cancel
	if g.over != nil {
		cancel(g.over)
	}
	g.release = context.AfterFunc(task.lifetime.context(), func() {
		g.mu.Lock()
		left := g.left(task.vm)
		g.mu.Unlock()
		timer := time.AfterFunc(left, func() { cancel(errGraceOver) })
		context.AfterFunc(ctx, func() { timer.Stop() })
	})
	return ctx
}

// endGrace frees what the grace holds, once the task is over.
func (task *Task) endGrace() {
	task.mu.Lock()
	g := task.grace
	task.mu.Unlock()
	if g == nil {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.cancel != nil {
		g.release()
		g.cancel(errGraceOver)
	}
}
