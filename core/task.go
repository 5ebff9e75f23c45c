package core

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	lua "github.com/yuin/gopher-lua"
)

// Baton is the right to touch Lua in one VM: one task has it at a time.
type Baton struct {
	mu      sync.Mutex
	waiting atomic.Int32
	turns   atomic.Uint64 // how often it was taken
}

// quantum is how long a task computes while others wait for the baton.
const quantum = 50 * time.Millisecond

// Task is one goroutine with one Lua thread. A task that waits in a builtin lets others run.
type Task struct {
	vm      *VM
	ctx     context.Context //nolint:containedctx // a task is the lifetime that the context stands for
	cancel  context.CancelCauseFunc
	unwatch func() bool // lets go of the context
	stopped atomic.Bool // the context has ended: every further instruction raises
	main    *thread
	cur     *thread // the thread that runs: main, or a coroutine of it
	held    bool    // the task has the baton; its own goroutines alone look
	done    chan struct{}

	values []Value // what its function returned; after done
	err    error   // how it ended; after done

	mu    sync.Mutex
	owned []io.Closer
}

// newTask makes a task whose context is derived from ctx. It needs the baton, or a VM with no task yet.
func (vm *VM) newTask(ctx context.Context) *Task { return vm.newTaskOn(ctx, nil) }

// newTaskOn is newTask with a thread that no other task has, or nil.
func (vm *VM) newTaskOn(ctx context.Context, main *thread) *Task {
	task := &Task{vm: vm, done: make(chan struct{}), main: main}
	task.ctx, task.cancel = context.WithCancelCause(ctx)
	task.unwatch = context.AfterFunc(task.ctx, func() { task.stopped.Store(true) })
	if main == nil {
		task.main = vm.newThread(task, nil)
	}
	task.main.task = task
	task.cur = task.main
	vm.tasksMu.Lock()
	defer vm.tasksMu.Unlock()
	vm.tasks[task] = struct{}{}
	return task
}

// take waits for the baton.
func (task *Task) take() {
	if task == task.vm.foreign {
		task.held = true
		return
	}
	task.vm.baton.lock()
	task.hold()
}

// hold makes the task the one that runs. It needs the baton.
func (task *Task) hold() {
	task.held = true
	task.cur.pressed = time.Time{}
	// gopher-lua keeps the running thread in a field that all threads share.
	task.vm.L.G.CurrentThread = task.cur.L
}

func (task *Task) give() {
	task.held = false
	if task == task.vm.foreign {
		return
	}
	task.vm.baton.mu.Unlock()
}

func (task *Task) own(closer io.Closer) {
	task.mu.Lock()
	defer task.mu.Unlock()
	task.owned = append(task.owned, closer)
}

func (task *Task) disown(closer io.Closer) {
	task.mu.Lock()
	defer task.mu.Unlock()
	task.owned = slices.DeleteFunc(task.owned, func(c io.Closer) bool { return c == closer })
}

// run calls f with the given arguments as the whole life of the task.
func (task *Task) run(f *lua.LFunction, args []Value) {
	defer task.end()
	task.take()
	defer task.give()
	defer func() {
		if value := recover(); value != nil {
			task.err = &Crash{Value: value, Stack: debug.Stack()}
		}
	}()
	task.values, task.err = Callback{f}.Call(Call{task.main, nil}, args...)
	if cause := context.Cause(task.ctx); cause != nil {
		task.err = interrupted(cause, task.err)
	}
}

// end closes what the task owns and lets go of it.
func (task *Task) end() {
	task.unwatch()
	task.cancel(nil)
	task.mu.Lock()
	owned := task.owned
	task.owned = nil
	task.mu.Unlock()
	for _, closer := range slices.Backward(owned) {
		if err := closer.Close(); err != nil {
			task.vm.host.Log.Debug("close", "error", err)
		}
	}
	task.vm.tasksMu.Lock()
	delete(task.vm.tasks, task)
	task.vm.tasksMu.Unlock()
	close(task.done)
}

// interrupted is how a task ends whose context has ended.
func interrupted(cause, err error) error {
	if exit, ok := errors.AsType[*Exit](cause); ok {
		return exit
	}
	stopped := &Interrupted{Cause: cause}
	if script, ok := errors.AsType[*ScriptError](err); ok {
		stopped.Traceback = script.Traceback
	}
	return stopped
}

// Crash is a task that ended by a panic of the VM or of a builtin.
type Crash struct {
	Value any
	Stack []byte // for a defect report, not for the script's user
}

func (e *Crash) Error() string { return fmt.Sprintf("the script crashed the VM: %v", e.Value) }

// Go starts a task that calls f with args. It ends with the VM at the latest.
func (c Call) Go(f Callback, args ...Value) *Task {
	held := c.t.task.held
	if !held {
		c.t.task.take()
		defer c.t.task.give()
	}
	task := c.t.vm.newTask(c.t.vm.ctx)
	c.t.vm.running.Go(func() { task.run(f.f, args) })
	return task
}

// Await waits for the task, or for the end of the caller's own, and gives what its function returned.
// The caller must be a body that waits.
func (task *Task) Await(c Call) ([]Value, error) {
	select {
	case <-task.done:
		return task.values, task.err
	case <-c.Context().Done():
		return nil, context.Cause(c.Context())
	}
}

// Cancel ends the task with the cause.
func (task *Task) Cancel(cause error) { task.cancel(cause) }

// stop ends the task with the cause, before its next instruction.
func (task *Task) stop(cause error) {
	task.cancel(cause)
	task.stopped.Store(true)
}

// Done is closed when the task has ended.
func (task *Task) Done() <-chan struct{} { return task.done }
