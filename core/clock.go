package core

import (
	"cmp"
	"context"
	"slices"
	"time"

	"assay.rs/core/retry"
)

// clock is the time that the scripts of a VM live in: the real one, unless [Call.FreezeClock] has stopped it.
type clock struct{ pace *pace }

// Clock is the time that the script lives in. Bodies use it for what scripts see of time: waits between
// attempts, timers. A deadline that guards against the outside world is real time.
func (c Call) Clock() retry.Clock { return clock{&c.t.vm.pace} }

// FreezeClock makes the VM's clock stand still at a time. It leaps forward when every task waits: to the end
// of the sleep that is over first. So tests of what takes hours take no time.
func (c Call) FreezeClock(at time.Time) {
	p := &c.t.vm.pace
	p.mu.Lock()
	defer p.mu.Unlock()
	p.still, p.now = true, at
}

func (vm *VM) now() time.Time { return clock{&vm.pace}.Now() }

// clockContext is the context of c as the script's clock sees it: one that stands still knows nothing of
// deadlines in real time, which still end the context.
func (c Call) clockContext() context.Context {
	p := &c.t.vm.pace
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.still {
		return withoutDeadline{c.Context()}
	}
	return c.Context()
}

type withoutDeadline struct{ context.Context } //nolint:containedctx // it is one

// Deadline is none.
func (withoutDeadline) Deadline() (time.Time, bool) { return time.Time{}, false }

// Now is the time.
func (k clock) Now() time.Time {
	k.pace.mu.Lock()
	defer k.pace.mu.Unlock()
	if k.pace.still {
		return k.pace.now
	}
	return time.Now()
}

// sleeper waits for a time of the still clock.
type sleeper struct {
	waiter

	until time.Time
}

// Sleep returns nil after d, or why ctx ended as soon as that is. It is for bodies that wait.
func (k clock) Sleep(ctx context.Context, d time.Duration) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	p := k.pace
	p.mu.Lock()
	if !p.still {
		p.mu.Unlock()
		return sleep(ctx, d)
	}
	s := &sleeper{waiter: waiter{pace: p, woken: make(chan struct{})}, until: p.now.Add(d)}
	at, _ := slices.BinarySearchFunc(p.asleep, s, func(other, s *sleeper) int {
		return cmp.Or(other.until.Compare(s.until), -1) // behind those that came before
	})
	p.asleep = slices.Insert(p.asleep, at, s)
	p.rest()
	p.mu.Unlock()
	return p.wait(ctx, &s.waiter)
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
