package core

import (
	"errors"
	"strings"
	"sync/atomic"
	"time"

	lua "github.com/yuin/gopher-lua"
)

// lookEvery is the number of VM instructions between two looks at the outside world.
const lookEvery = 200

// thread is one Lua thread: the one of a task, or a coroutine's. It runs the instructions of its Lua state, whose
// context it is as well.
type thread struct {
	left int                           // instructions until the next look; first, since every instruction counts it down
	loop func(*lua.LState, *callFrame) // t.run

	vm      *VM
	task    *Task        // the task it runs for; a coroutine's changes with who resumes it
	root    *lua.LState  // what scripts see as the thread of the task
	L       *lua.LState  // what runs: root, or the state of the innermost protected call
	co      *coroutine   // nil for the thread of a task
	depth   int          // how many coroutines are resumed within each other
	charged int64        // bytes charged since the last look at the heap
	copied  int          // bytes of converted arguments that are not in flight yet
	flight  atomic.Int64 // bytes that the bodies which run hold in Go
	pressed time.Time    // since when another task is known to wait for the baton
	long    bool         // it has computed for a quantum without a break

	entered  bool          // root runs something
	below    []*lua.LState // what waits for the innermost protected call to end, outermost first
	spare    []*lua.LState // of protected calls that are over
	carried  *ScriptError  // what a builtin raises that a function raised which it called
	complete bool          // the text that is being raised needs no position added
	closing  closing
	coverage coverage
}

// newThread is the one maker of Lua threads.
func (vm *VM) newThread(task *Task, co *coroutine) *thread {
	t := &thread{vm: vm, task: task, co: co}
	t.loop = t.run
	t.root = t.newState()
	t.L = t.root
	return t
}

// currentThread is the thread that a builtin was called on.
func currentThread(L *lua.LState) *thread {
	if t, ok := L.Context().(*thread); ok {
		return t
	}
	return foreignThread(L)
}

// Done is closed when the thread is stopped.
func (t *thread) Done() <-chan struct{} { return t.context().Done() }

// look looks at the outside world, and is false when the thread has no further instruction to run.
func (t *thread) look() bool {
	if t.stopped() {
		t.left = 0
		return false
	}
	t.left = lookEvery
	if t.vm.host.Lines != nil && t.cover() {
		return true
	}
	t.coverage.left = lookEvery
	t.prepare()
	if t.vm.host.Limits.Memory > 0 && t.vm.due() && t.vm.overMemory(0) {
		t.task.cancel(t.vm.memoryError())
		t.left = 0
		return false
	}
	if openVMs.Load() > 1 {
		t.vm.share()
	}
	if t.vm.baton.waiting.Load() == 0 {
		return true
	}
	now := time.Now()
	switch {
	case t.pressed.IsZero():
		t.pressed = now
	case now.Sub(t.pressed) >= quantum, t.long && now.Sub(t.pressed) >= shortQuantum:
		t.task.yield()
		t.long = true
	}
	return true
}

// prepare makes the state that runs ready for the instructions until the next look: what they raise has a
// traceback of bounded size, and their calls have room.
func (t *thread) prepare() {
	if t.vm.foreign != nil {
		return
	}
	t.L.Panic = panicTraced
	if !makeRoom(t.L) {
		t.L.RaiseError("stack overflow")
	}
}

// Err is why the thread was stopped. gopher-lua raises its text.
func (t *thread) Err() error { return t.cause() }

// Deadline is the task's.
func (t *thread) Deadline() (time.Time, bool) { return t.task.lifetime.parent.Deadline() }

// Value is the task's.
func (t *thread) Value(key any) any { return t.task.lifetime.parent.Value(key) }

// where is the script's position: "verify.lua:3".
func (t *thread) where() string {
	return strings.TrimRight(t.position(), ": ")
}

// scriptError is what PCall gave as a Go error. It needs the baton.
func (t *thread) scriptError(err error) error {
	var raised *lua.ApiError
	if !errors.As(err, &raised) {
		return err
	}
	e := &ScriptError{Traceback: traceback(raised.StackTrace), value: Value{raised.Object}}
	if inner := t.carried; inner != nil && inner.value.Same(e.value) {
		e.Traceback = joinTraces(inner.Traceback, e.Traceback)
	}
	t.carried = nil
	switch object := raised.Object.(type) {
	case *lua.LUserData:
		if builtin, ok := object.Value.(*Error); ok {
			e.Message, e.Hint, e.Builtin = builtin.Error(), builtin.Hint, builtin
			return e
		}
		e.Message = describeRaised(object)
	case *lua.LTable:
		e.Message = t.raisedTable(object)
	default:
		s, ok := text(object)
		if !ok {
			s = describeRaised(object)
		}
		e.Message, e.Hint = s, t.vm.advised.hintFor(s)
	}
	return e
}

// raisedTable is what __tostring says of a table that was raised, or what is in it. A metamethod may itself raise.
func (t *thread) raisedTable(v *lua.LTable) string {
	s := describeRaised(v)
	f := t.L.NewFunction(func(L *lua.LState) int {
		t := currentThread(L)
		if L.GetMetaField(v, "__tostring") != lua.LNil {
			s = t.tostring(v)
		} else {
			s = Call{t: t}.Render(Value{v})
		}
		return 0
	})
	if _, err := t.protect(f, []lua.LValue{v}, nil); err != nil {
		return describeRaised(v)
	}
	return s
}

// joinTraces is the traceback of an error that a builtin has passed on, from where it was raised.
func joinTraces(inner, outer string) string {
	switch {
	case inner == "":
		return outer
	case strings.Count(inner, "\n") >= maxTrace:
		return inner
	}
	return inner + "\n" + outer
}

// traceback keeps the lines of gopher-lua's that help the author of a script.
func traceback(stack string) string {
	var lines []string
	for line := range strings.SplitSeq(stack, "\n") {
		line = strings.TrimSpace(line)
		switch {
		case line == "", strings.HasPrefix(line, "stack traceback"), strings.HasPrefix(line, "[G]:"), strings.HasPrefix(line, "(tailcall)"):
		default:
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}
