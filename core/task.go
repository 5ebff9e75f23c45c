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

// quantum is how long a task computes while others wait for the baton, and shortQuantum how long it does so
// from then on: who has computed that long is in no hurry.
const (
	quantum      = 50 * time.Millisecond
	shortQuantum = 10 * time.Millisecond
)

// Task is one goroutine with one Lua thread. A task that waits in a builtin lets others run.
type Task struct {
	vm       *VM
	lifetime lifetime
	main     *thread
	cur      *thread // the thread that runs: main, or a coroutine of it
	held     bool    // the task has the baton; its own goroutines alone look

	given  []lua.LValue // what it is to call, and with what; until it does, with the baton
	values []Value      // what its function returned; once it has ended
	err    error        // how it ended; once it has
	judged bool
	cause  error // why its lifetime ended, if that was before its function

	mu        sync.Mutex
	owned     []io.Closer
	ended     bool
	done      chan struct{} // nil until somebody asks for it
	watches   []*watch
	grace     *grace   // nil until something is to be closed
	heard     bool     // somebody has asked how it ends
	forgotten bool     // nobody will
	failure   *failure // that nobody has heard of yet

	background bool     // it may run until the VM ends
	outlives   *outlast // what it belongs to, and the tasks that it starts; nil is the VM
}

// newTask makes a task that ends with ctx.
func (vm *VM) newTask(ctx context.Context) *Task { return vm.newTaskOn(ctx, nil) }

// newTaskOn is newTask with a thread that no other task has, or nil.
func (vm *VM) newTaskOn(ctx context.Context, main *thread) *Task {
	task := &Task{vm: vm, lifetime: lifetime{parent: ctx}, main: main}
	if main == nil {
		task.main = vm.newThread(task, nil)
	}
	task.main.task = task
	vm.admit(task)
	return task
}

// admit makes the task one of the VM's.
func (vm *VM) admit(task *Task) {
	task.cur = task.main
	vm.pace.begin()
	vm.tasksMu.Lock()
	defer vm.tasksMu.Unlock()
	vm.tasks[task] = struct{}{}
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
	task.cur.pressed, task.cur.long = time.Time{}, false
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

// run is the whole life of the task: body, which begins without the baton.
func (task *Task) run(body func(Call) ([]Value, error)) {
	defer task.end()
	defer func() {
		if task.cause != nil {
			task.err = interrupted(task.cause, task.err)
		}
		if value := recover(); value != nil {
			task.err = &Crash{Value: value, Stack: debug.Stack()}
		}
		if task.held {
			task.vm.L.G.CurrentThread = task.vm.L // or it would keep the task from becoming garbage
			task.give()
		}
	}()
	task.values, task.err = body(Call{task.main, nil})
	task.judge()
}

// judge says how the task has ended, as things stand when it is first called.
func (task *Task) judge() {
	if task.judged {
		return
	}
	task.judged, task.cause = true, task.lifetime.cause()
}

// end closes what the task owns, lets go of it and wakes who waits for it.
func (task *Task) end() {
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
	task.endGrace()
	task.settle()
	task.vm.pace.finish()
}

// interrupted is how a task ends whose lifetime ended before.
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

// Go starts a task that calls f with args. It ends with the VM at the latest. Any goroutine may call it
// while the body of c has not returned. A failure that nobody awaits is logged.
func (c Call) Go(f Callback, args ...Value) *Task {
	given := make([]lua.LValue, 0, 1+len(args))
	given = append(given, f.f)
	for _, arg := range args {
		given = append(given, arg.lua())
	}
	return c.start(given, func(c Call) ([]Value, error) {
		c.t.task.take()
		c.t.task.given = nil
		values, err := f.run(c.t, args)
		c.t.task.judge() // now: once it gives the baton away, the script may end and cancel it
		return values, err
	})
}

var errForeign = errors.New("this Lua state has no tasks: they need a VM that assay has opened")

// Start is [Call.Go] with a Go function. It runs as the body of a builtin that waits: [Callback.Call] and
// [Call.Hold] take the baton.
func (c Call) Start(body func(Call) ([]Value, error)) *Task { return c.start(nil, body) }

func (c Call) start(given []lua.LValue, body func(Call) ([]Value, error)) *Task {
	vm := c.t.vm
	if vm.foreign != nil {
		return &Task{vm: vm, lifetime: lifetime{parent: vm.ctx}, ended: true, err: errForeign}
	}
	parent := vm.ctx
	outlives := c.t.task.outlives
	if outlives != nil {
		parent = outlives.ctx
	}
	task := vm.newTask(parent)
	task.outlives = outlives
	vm.tasksMu.Lock()
	task.given = given
	vm.tasksMu.Unlock()
	vm.running.Go(func() { task.run(body) })
	return task
}

// Hold runs f with the baton, so that a body that waits may make values and look into them. It must be
// called on the goroutine that runs the body.
func (c Call) Hold(f func()) {
	if !c.t.task.held {
		c.t.task.take()
		defer func() { c.t.task.give() }() // by then it may be another: see enterOrphan
	}
	f()
}

// Load makes the chunk a function of the VM. It needs the baton.
func (c Call) Load(chunk *Chunk) Callback { return Callback{c.t.vm.load(chunk)} }

// Globals is the table of global variables. Builtins that no script has named are not in it. It needs the
// baton.
func (c Call) Globals() Table { return Table{c.t.vm.L.G.Global} }

// Cancel ends the task with the cause, before its next instruction. One that has ended stays as it is.
func (task *Task) Cancel(cause error) {
	task.mu.Lock()
	ended := task.ended
	task.mu.Unlock()
	if !ended {
		task.cancel(cause)
	}
}

// cancel is [Task.Cancel] for a task that may be ending.
func (task *Task) cancel(cause error) {
	if limit, ok := cause.(*LimitError); ok { //nolint:errorlint // the limit itself, not a cause that it is part of
		task.refuseGrace(limit)
	}
	task.lifetime.stop(cause)
}

// Done is closed when the task has ended.
func (task *Task) Done() <-chan struct{} {
	task.mu.Lock()
	defer task.mu.Unlock()
	if task.done == nil {
		task.done = make(chan struct{})
		if task.ended {
			close(task.done)
		}
	}
	return task.done
}
