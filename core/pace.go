package core

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

// pace knows which tasks of a VM can go on by themselves. When none can, the clock leaps if it stands
// still, and else whoever waits waits for ever.
type pace struct {
	mu         sync.Mutex
	busy       int     // tasks that neither wait for another nor sleep on the still clock
	foreground *Task   // the one that the program outside waits for
	waits      *waiter // of the foreground task, while it waits

	still  bool       // the clock stands still
	now    time.Time  // on the still clock
	asleep []*sleeper // by the time until which they sleep
}

// waiter is a task that waits for other tasks of its VM.
type waiter struct {
	pace  *pace
	task  *Task
	woken chan struct{}
	awake bool  // with pace.mu
	err   error // why it was woken in vain; before woken is closed
}

var errDeadlock = WithHint(errors.New("deadlock: every task waits for another one"), "one of them has to send, to close the channel or to end")

func (c Call) newWaiter() waiter {
	return waiter{pace: &c.t.vm.pace, task: c.t.task, woken: make(chan struct{})}
}

func (p *pace) begin() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.busy++
}

func (p *pace) finish() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rest()
}

// lead says whom the program outside waits for.
func (p *pace) lead(task *Task) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.foreground, p.waits = task, nil
}

// rest counts a task out that cannot go on by itself. It needs the lock.
func (p *pace) rest() {
	p.busy--
	if p.busy > 0 {
		return
	}
	if len(p.asleep) > 0 {
		next := p.asleep[0]
		p.asleep = slices.Delete(p.asleep, 0, 1)
		p.now = next.until
		p.wake(&next.waiter, nil)
		return
	}
	if p.waits != nil {
		p.wake(p.waits, errDeadlock)
	}
}

// wake lets w go on, and tells whether it still waited. It needs the lock.
func (p *pace) wake(w *waiter, err error) bool {
	if w.awake {
		return false
	}
	w.awake, w.err = true, err
	p.busy++
	if p.waits == w {
		p.waits = nil
	}
	close(w.woken)
	return true
}

// park waits until w is woken or the task of c ends.
func (c Call) park(w *waiter) error {
	p, ctx := w.pace, c.Context()
	p.mu.Lock()
	if !w.awake && (w.task == p.foreground || w.task == c.t.vm.foreign) {
		p.waits = w
	}
	p.rest()
	p.mu.Unlock()
	return p.wait(ctx, w)
}

func (p *pace) wait(ctx context.Context, w *waiter) error {
	select {
	case <-w.woken:
		return w.err
	case <-ctx.Done():
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.wake(w, context.Cause(ctx)) {
		p.asleep = slices.DeleteFunc(p.asleep, func(s *sleeper) bool { return &s.waiter == w })
	}
	return w.err
}
