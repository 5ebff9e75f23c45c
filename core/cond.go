package core

import (
	"container/list"
	"sync"
)

// Cond is where tasks of one VM wait for what another one does: sync.Cond for bodies that wait. Its zero
// value is ready for use.
type Cond struct{ waiting list.List } // of *waiter

// Wait unlocks mu, waits for Signal or Broadcast, and locks mu. The error is why the task of c ends, or that
// no other task can go on.
func (k *Cond) Wait(c Call, mu sync.Locker) error {
	w := c.newWaiter()
	place := k.waiting.PushBack(&w)
	mu.Unlock()
	err := c.park(&w)
	mu.Lock()
	if err != nil {
		k.waiting.Remove(place)
	}
	return err
}

// Signal wakes one task that waits, the first that came. The lock that Wait was given must be held.
func (k *Cond) Signal() {
	for first := k.waiting.Front(); first != nil; first = k.waiting.Front() {
		w := k.waiting.Remove(first).(*waiter)
		w.pace.mu.Lock()
		woke := w.pace.wake(w, nil)
		w.pace.mu.Unlock()
		if woke {
			return
		}
	}
}

// Broadcast wakes all tasks that wait. The lock that Wait was given must be held.
func (k *Cond) Broadcast() {
	for k.waiting.Len() > 0 {
		k.Signal()
	}
}
