package serve

import (
	"sync"
	"time"

	"assay.rs/core"
)

// alarm ends the task of a handler at its timeout. Handlers take turns with it: a timer that is made, set and
// stopped for each would cost more than the rest of a task, so it stays set when they end, and is moved to the
// timeout of another one when it goes off.
type alarm struct {
	mu    sync.Mutex
	timer *time.Timer
	due   time.Time  // when the timer goes off; zero when it does not
	task  *core.Task // nil when there is none to end
	until time.Time  // when to end it
}

func newAlarm() *alarm {
	a := &alarm{}
	a.timer = time.AfterFunc(time.Hour, a.ring)
	a.timer.Stop()
	return a
}

// set makes the alarm end a task, unless it is taken off before.
func (a *alarm) set(task *core.Task, until time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.task, a.until = task, until
	if a.due.IsZero() || until.Before(a.due) {
		a.move()
	}
}

// off lets the task go on, if the alarm is still that of this task.
func (a *alarm) off(task *core.Task) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.task == task {
		a.task = nil
	}
}

// move makes the timer go off when the task is to end. It needs the lock.
func (a *alarm) move() {
	a.due = a.until
	a.timer.Reset(time.Until(a.due))
}

func (a *alarm) ring() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.due = time.Time{}
	switch {
	case a.task == nil:
	case time.Now().Before(a.until):
		a.move()
	default:
		a.task.Cancel(errHandlerTime)
		a.task = nil
	}
}
