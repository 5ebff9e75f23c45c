package core

import (
	"slices"
	"sync"
)

// Cond is where tasks of one VM wait for what another one does: sync.Cond for bodies that wait. Its zero
// value is ready for use.
type Cond struct{ waiting []*waiter }

// Wait unlocks mu, waits for Signal or Broadcast, and locks mu. The error is why the task of c ends, or that
// no other task can go on.
func (k *Cond) Wait(c Call, mu sync.Locker) error {
	w := c.newWaiter()
	k.waiting = append(k.waiting, &w)
	mu.Unlock()
	err := c.park(&w)
	mu.Lock()
	if err != nil {
		k.waiting = slices.DeleteFunc(k.waiting, func(other *waiter) bool { return other == &w })
	}
	return err
}

// Signal wakes one task that waits, the first that came. The lock that Wait was given must be held.
func (k *Cond) Signal() {
	for len(k.waiting) > 0 {
		w := k.waiting[0]
		k.waiting = k.waiting[1:]
		w.pace.mu.Lock()
		woke := w.pace.wake(w, nil)
		w.pace.mu.Unlock()
		if woke {
			return
		}
	}
	k.waiting = nil
}

// Broadcast wakes all tasks that wait. The lock that Wait was given must be held.
func (k *Cond) Broadcast() {
	for len(k.waiting) > 0 {
		k.Signal()
	}
}
