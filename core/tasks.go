package core

import (
	"context"
	"runtime"
	"runtime/debug"
	"sync/atomic"
)

// Tasks starts tasks on goroutines that run no body, such as those that a server has for its requests.
// The body that it comes from must not return before they have ended. It is safe for concurrent use.
type Tasks struct {
	vm *VM
	b  *builtin
}

// Tasks is how the body starts tasks from goroutines of its own.
func (c Call) Tasks() Tasks { return Tasks{c.t.vm, c.b} }

// Run runs work as the whole life of a task, on the calling goroutine, which has the baton meanwhile. The
// task is stopped when ctx ends. The error is that of work; *Interrupted when the task was stopped, *Exit
// when it called os.exit, *Crash when it panicked.
func (ts Tasks) Run(ctx context.Context, work func(c Call) error) (err error) {
	return ts.run(ctx, nil, work)
}

// run is Run for a task that belongs to what outlives the script, or to nil.
func (ts Tasks) run(ctx context.Context, outlives *outlast, work func(c Call) error) (err error) {
	vm := ts.vm
	vm.baton.lock()
	task := vm.newTaskOn(ctx, vm.spareThread())
	task.outlives = outlives
	task.heard = true // by the caller
	defer task.end()
	task.hold()
	defer func() {
		if value := recover(); value != nil {
			err = &Crash{Value: value, Stack: debug.Stack()}
		} else {
			vm.keepThread(task.main)
		}
		if cause := task.lifetime.cause(); cause != nil {
			err = interrupted(cause, err)
		}
		task.give()
	}()
	return work(Call{task.main, ts.b})
}

// Away gives the baton away while f runs. It is for a body, or the work of [Tasks.Run], that has the baton.
func (c Call) Away(f func()) {
	task := c.t.task
	if !task.held {
		f()
		return
	}
	task.give()
	defer func() { c.t.task.take() }()
	f()
}

// maxThreads is how many threads a VM keeps for further tasks.
const maxThreads = 256

// spareThread is a thread that no task has. It needs the baton.
func (vm *VM) spareThread() *thread {
	last := len(vm.threads) - 1
	if last < 0 {
		return nil
	}
	t := vm.threads[last]
	vm.threads[last] = nil
	vm.threads = vm.threads[:last]
	return t
}

// keepThread keeps a thread whose task is over. It needs the baton.
func (vm *VM) keepThread(t *thread) {
	if len(vm.threads) < maxThreads && !t.entered && len(t.below) == 0 && t.L == t.root {
		t.task = nil
		t.root.Env = vm.L.Env
		vm.threads = append(vm.threads, t)
	}
}

// lock waits for the baton.
func (b *Baton) lock() {
	if !b.mu.TryLock() {
		b.waiting.Add(1)
		b.mu.Lock()
		b.waiting.Add(-1)
	}
	b.turns.Add(1)
}

// maxSpins bounds how long a task waits for another one to take the baton that it gave up.
const maxSpins = 1000

// yield lets one of those who wait for the baton have it. A mutex alone would mostly give it back to the
// task that runs.
func (task *Task) yield() {
	b := &task.vm.baton
	turn := b.turns.Load()
	task.give()
	for n := 0; n < maxSpins && b.turns.Load() == turn && b.waiting.Load() > 0; n++ {
		runtime.Gosched()
	}
	task.take()
}

// Usage is what a VM uses.
type Usage struct {
	Memory int64 // bytes of the process's heap and stacks, without what was reserved
	Tasks  int
}

// Usage tells what the VM of c uses, now.
func (c Call) Usage() Usage {
	vm := c.t.vm
	vm.tasksMu.Lock()
	defer vm.tasksMu.Unlock()
	return Usage{Memory: theHeap().used(), Tasks: len(vm.tasks)}
}

// Reservation is memory that a body holds and that is not the script's, such as the buffers of connections:
// it does not count against the script's limit. Who reserves bounds it by other means. It is safe for
// concurrent use.
type Reservation struct{ bytes atomic.Int64 }

// Add makes the reservation larger by n bytes, or smaller if n is negative.
func (r *Reservation) Add(n int64) {
	r.bytes.Add(n)
	theHeap().reserve(n)
}

// Close gives all of it back.
func (r *Reservation) Close() error {
	theHeap().reserve(-r.bytes.Swap(0))
	return nil
}
