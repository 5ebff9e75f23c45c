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
	waiting    map[*waiter]struct{}

	still  bool       // the clock stands still
	now    time.Time  // on the still clock
	asleep []*sleeper // by the time until which they sleep
}

// waiter is a task that waits for other tasks of its VM.
type waiter struct {
	pace  *pace
	task  *Task
	ctx   context.Context //nolint:containedctx // whose end wakes it too
	woken chan struct{}
	awake bool  // with pace.mu
	err   error // why it was woken in vain; before woken is closed
}

var errDeadlock = WithHint(errors.New("deadlock: every task waits for another one"), "one of them has to send, to close the channel or to end")

func (c Call) newWaiter() waiter {
	return waiter{pace: &c.t.vm.pace, task: c.t.task, ctx: c.Context(), woken: make(chan struct{})}
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
	if p.busy > 0 || p.wakeEnded() {
		return
	}
	if len(p.asleep) > 0 {
		next := p.asleep[0]
		p.now = next.until
		p.wake(&next.waiter, nil)
		return
	}
	if p.waits != nil {
		p.wake(p.waits, errDeadlock)
	}
}

// wakeEnded wakes those whose context has ended, which they may not have seen yet, and tells whether there were
// any. It needs the lock.
func (p *pace) wakeEnded() (woke bool) {
	for w := range p.waiting {
		if w.ctx.Err() != nil && p.wake(w, context.Cause(w.ctx)) {
			woke = true
		}
	}
	return woke
}

// wait counts w among those that cannot go on by themselves, unless it is awake already. It needs the lock.
func (p *pace) wait(w *waiter) {
	if !w.awake {
		if p.waiting == nil {
			p.waiting = make(map[*waiter]struct{})
		}
		p.waiting[w] = struct{}{}
	}
	p.rest()
}

// wake lets w go on, and tells whether it still waited. It needs the lock.
func (p *pace) wake(w *waiter, err error) bool {
	if w.awake {
		return false
	}
	w.awake, w.err = true, err
	p.busy++
	delete(p.waiting, w)
	p.asleep = slices.DeleteFunc(p.asleep, func(s *sleeper) bool { return &s.waiter == w })
	if p.waits == w {
		p.waits = nil
	}
	close(w.woken)
	return true
}

// park waits until w is woken or the task of c ends.
func (c Call) park(w *waiter) error {
	p := w.pace
	p.mu.Lock()
	if !w.awake && (w.task == p.foreground || w.task == c.t.vm.foreign) {
		p.waits = w
	}
	p.wait(w)
	p.mu.Unlock()
	return w.await()
}

// await returns when w was woken, or its context has ended.
func (w *waiter) await() error {
	select {
	case <-w.woken:
		return w.err
	case <-w.ctx.Done():
	}
	w.pace.mu.Lock()
	defer w.pace.mu.Unlock()
	w.pace.wake(w, context.Cause(w.ctx))
	return w.err
}
