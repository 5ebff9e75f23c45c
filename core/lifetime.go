package core

import (
	"context"
	"sync"
	"sync/atomic"
)

// lifetime is how long a task may run: until it is stopped, or its parent ends. Its context is made when
// somebody asks for it: the handler of a request that waits for nothing needs none, and a context costs more
// than the rest of a task.
type lifetime struct {
	parent  context.Context //nolint:containedctx // a task is the lifetime that the context stands for
	stopped atomic.Bool     // every further instruction raises

	mu     sync.Mutex
	made   context.Context //nolint:containedctx // nil until it is asked for
	cancel context.CancelCauseFunc
	why    error // it was stopped before its parent ended
}

// context ends with the lifetime.
func (l *lifetime) context() context.Context {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.made != nil:
	case l.why != nil: // whatever has become of the parent since
		l.made, l.cancel = context.WithCancelCause(context.WithoutCancel(l.parent))
		l.cancel(l.why)
	default:
		l.made, l.cancel = context.WithCancelCause(l.parent)
	}
	return l.made
}

// stop ends it for a reason; nil is that of context.Canceled. The first reason stays.
func (l *lifetime) stop(why error) {
	if why == nil {
		why = context.Canceled
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.why == nil && l.parent.Err() == nil {
		l.why = why
	}
	if l.made != nil {
		l.cancel(why)
	}
	l.stopped.Store(true)
}

// over tells whether it has ended. It is cheap enough to ask for often.
func (l *lifetime) over() bool {
	if l.stopped.Load() {
		return true
	}
	if l.parent.Err() == nil {
		return false
	}
	l.stopped.Store(true)
	return true
}

// cause is why it has ended, or nil.
func (l *lifetime) cause() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.why != nil {
		return l.why
	}
	return context.Cause(l.parent)
}
