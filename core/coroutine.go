package core

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"weak"

	lua "github.com/yuin/gopher-lua"

	"assay.rs/core/compile"
)

// coroutine is a goroutine that has the baton only while it is resumed. So it can yield from anywhere:
// across pcall, metamethods, iterators and the comparison function of table.sort.
//
// What a script holds is its face, a bare Lua state that is never run. When the face is garbage, the
// goroutine is ended; it must therefore never reach its own face.
type coroutine struct {
	t      *thread
	f      *lua.LFunction // until the first resume
	face   weak.Pointer[lua.LState]
	status costatus
	in     chan entry
	out    chan transfer
	life   *life
	failed *lua.ApiError // what it has ended by, until it is closed
}

type costatus string

const (
	suspended costatus = "suspended"
	running   costatus = "running"
	normal    costatus = "normal"
	dead      costatus = "dead"
)

// entry is what a coroutine is resumed with.
type entry struct {
	values    []lua.LValue
	task      *Task
	depth     int
	sheltered bool
	closing   bool // it is resumed in order to be closed
}

// transfer is what a coroutine gives when it yields or ends.
type transfer struct {
	values []lua.LValue
	err    *lua.ApiError
	ended  bool
}

// life ends a suspended coroutine, once.
type life struct {
	once sync.Once
	over chan struct{}
	gone sync.WaitGroup // its goroutine
}

func (l *life) end() { l.once.Do(func() { close(l.over) }) }

// maxCoroutines bounds how many coroutines may be resumed within each other.
const maxCoroutines = 200

// handle is the context of a face: it leads to the coroutine.
type handle struct {
	context.Context
	co *coroutine
}

func (vm *VM) newCoroutine(f *lua.LFunction) *lua.LState {
	face := &lua.LState{G: vm.L.G, Env: vm.L.Env, Options: vm.L.Options}
	co := &coroutine{
		f: f, status: suspended, face: weak.Make(face),
		in: make(chan entry), out: make(chan transfer), life: &life{over: make(chan struct{})},
	}
	face.SetContext(handle{context.Background(), co})
	runtime.AddCleanup(face, (*life).end, co.life)
	return face
}

// resume runs the coroutine for t until it yields or ends. The baton passes to it and back.
func (co *coroutine) resume(t *thread, args []lua.LValue) transfer {
	return co.pass(t, entry{values: args})
}

func (co *coroutine) pass(t *thread, e entry) transfer {
	if co.status != suspended {
		return notResumed(co.status)
	}
	if t.depth >= maxCoroutines {
		return transfer{err: raisedText(fmt.Sprintf("more than %d coroutines resumed within each other", maxCoroutines))}
	}
	e.task, e.depth, e.sheltered = t.task, t.depth+1, t.inCloser()
	co.status = running
	t.setStatus(normal)
	defer t.setStatus(running)
	if co.t == nil {
		co.t = t.vm.newThread(t.task, co)
		co.start(e)
	} else {
		select {
		case co.in <- e:
		case <-co.life.over: // at the end of the VM
			co.status = dead
			return notResumed(dead)
		}
	}
	result := <-co.out
	co.status = suspended
	if result.ended {
		co.status, co.failed = dead, result.err
		co.t = nil
	}
	t.vm.run(t)
	return result
}

func (t *thread) setStatus(s costatus) {
	if t.co != nil {
		t.co.status = s
	}
}

// close closes the coroutine for t: what its blocks have left to close is closed. The error is the last that
// this has raised.
func (co *coroutine) close(t *thread) *lua.ApiError {
	closed := co.t
	if closed == nil || co.status == dead { // it has not begun, or is over
		failed := co.failed
		co.status, co.f, co.failed = dead, nil, nil
		return failed
	}
	result := co.pass(t, entry{closing: true})
	co.failed = nil
	if !result.ended {
		return result.err
	}
	return closed.closing.failed
}

func notResumed(s costatus) transfer {
	return transfer{err: raisedText(fmt.Sprintf("cannot resume %s coroutine", nonSuspended(s)))}
}

// enter makes the coroutine the one that runs.
func (t *thread) enter(e entry) {
	t.task, t.depth, t.closing.sheltered = e.task, e.depth, e.sheltered
	t.vm.run(t)
	if e.closing {
		t.closing.close()
	}
}

func nonSuspended(s costatus) string {
	if s == dead {
		return "dead"
	}
	return "non-suspended"
}

// run makes t the running thread of its task.
func (vm *VM) run(t *thread) {
	t.task.cur = t
	vm.L.G.CurrentThread = t.L
}

func (co *coroutine) start(e entry) {
	vm, t, f := co.t.vm, co.t, co.f
	co.f = nil
	vm.track(co.life)
	go func() {
		defer vm.untrack(co.life)
		t.enter(e)
		result := t.whole(f, e.values)
		if t.closing.orphaned {
			t.leaveOrphan()
			return
		}
		co.out <- result
	}()
}

// whole runs f as the whole life of a coroutine.
func (t *thread) whole(f *lua.LFunction, args []lua.LValue) (result transfer) {
	defer func() {
		if value := recover(); value != nil {
			t.vm.host.Log.Debug("a coroutine crashed", "panic", fmt.Sprint(value), "stack", string(debug.Stack()))
			result = transfer{err: raisedText(fmt.Sprint(value)), ended: true}
		}
	}()
	values, err := t.protect(f, args, nil)
	return transfer{values: values, err: err, ended: true}
}

func stackFrom(L *lua.LState, first int, room []lua.LValue) []lua.LValue {
	values := slices.Grow(room[:0], max(0, L.GetTop()-first+1))
	for i := first; i <= L.GetTop(); i++ {
		values = append(values, L.Get(i))
	}
	return values
}

func raisedText(message string) *lua.ApiError {
	return &lua.ApiError{Type: lua.ApiErrorRun, Object: lua.LString(message)}
}

func asAPIError(err error) *lua.ApiError {
	if raised, ok := err.(*lua.ApiError); ok { //nolint:errorlint // PCall gives it bare
		return raised
	}
	return raisedText(err.Error())
}

// yield hands values to the resumer and waits for the next resume, or for the end of the coroutine: then the
// thread is stopped.
func (co *coroutine) yield(t *thread, values []lua.LValue) []lua.LValue {
	co.out <- transfer{values: values}
	select {
	case e := <-co.in:
		t.enter(e)
		return e.values
	case <-co.life.over:
		t.enterOrphan()
		return nil
	}
}

// enterOrphan gives a coroutine that nobody will resume a task of its own, with the baton, in order to close it.
// That task has been stopped, so that what is to be closed has a grace.
func (t *thread) enterOrphan() {
	orphan := &Task{vm: t.vm, lifetime: lifetime{parent: t.vm.ctx}, main: t, heard: true}
	orphan.cancel(errCoroutineClosed)
	t.task, t.closing.sheltered, t.closing.orphaned = orphan, false, true
	t.closing.close()
	t.vm.admit(orphan)
	orphan.take()
}

func (t *thread) leaveOrphan() {
	if t.task.held {
		t.task.give()
	}
	t.task.end()
}

func (vm *VM) track(l *life) {
	l.gone.Add(1)
	vm.tasksMu.Lock()
	defer vm.tasksMu.Unlock()
	vm.coroutines[l] = struct{}{}
}

func (vm *VM) untrack(l *life) {
	vm.tasksMu.Lock()
	delete(vm.coroutines, l)
	vm.tasksMu.Unlock()
	l.gone.Done()
}

// coroutineLibrary is the table coroutine.
func coroutineLibrary() map[string]lua.LGFunction {
	return map[string]lua.LGFunction{
		"create":      coCreate,
		"resume":      coResume,
		"yield":       coYield,
		"status":      coStatus,
		"wrap":        coWrap,
		"running":     coRunning,
		"isyieldable": coIsYieldable,
		"close":       coClose,
	}
}

func coCreate(L *lua.LState) int {
	f := L.CheckFunction(1)
	L.Push(currentThread(L).vm.newCoroutine(f))
	return 1
}

// checkCoroutine is argument 1 as a coroutine; nil stands for the thread of a task, which is no coroutine.
func checkCoroutine(L *lua.LState) *coroutine {
	face := L.CheckThread(1)
	if h, ok := face.Context().(handle); ok {
		return h.co
	}
	return nil
}

func coResume(L *lua.LState) int {
	t, co := currentThread(L), checkCoroutine(L)
	if co == nil {
		L.Push(lua.LFalse)
		L.Push(lua.LString("cannot resume non-suspended coroutine"))
		return 2
	}
	result := co.resume(t, stackFrom(L, 2, nil))
	t.checkStopped()
	if result.err != nil {
		L.Push(lua.LFalse)
		L.Push(result.err.Object)
		return 2
	}
	L.Push(lua.LTrue)
	return compile.Push(L, result.values) + 1
}

func coWrap(L *lua.LState) int {
	f := L.CheckFunction(1)
	// An upvalue, so that what the coroutine holds is reached through the function.
	L.Push(L.NewClosure(resumeWrapped, currentThread(L).vm.newCoroutine(f)))
	return 1
}

func resumeWrapped(L *lua.LState) int {
	t, face := currentThread(L), L.Get(lua.UpvalueIndex(1)).(*lua.LState)
	result := face.Context().(handle).co.resume(t, stackFrom(L, 1, nil))
	t.checkStopped()
	if result.err != nil {
		L.Error(result.err.Object, 0)
	}
	return compile.Push(L, result.values)
}

func coYield(L *lua.LState) int {
	t := currentThread(L)
	if t.co == nil {
		L.RaiseError("attempt to yield from outside a coroutine")
	}
	if t.closing.begun {
		L.RaiseError("attempt to yield from a coroutine that is being closed")
	}
	args := t.co.yield(t, stackFrom(L, 1, nil))
	t.checkStopped()
	return compile.Push(L, args)
}

func coStatus(L *lua.LState) int {
	t := currentThread(L)
	status := normal
	if co := checkCoroutine(L); co != nil {
		status = co.status
	} else if t.co == nil && L.Get(1) == lua.LValue(t.root) {
		status = running
	}
	L.Push(lua.LString(status))
	return 1
}

func coRunning(L *lua.LState) int {
	t := currentThread(L)
	if t.co == nil {
		L.Push(t.task.main.root)
		L.Push(lua.LTrue)
		return 2
	}
	if face := t.co.face.Value(); face != nil {
		L.Push(face)
	} else {
		L.Push(lua.LNil)
	}
	L.Push(lua.LFalse)
	return 2
}

func coIsYieldable(L *lua.LState) int {
	L.Push(lua.LBool(currentThread(L).co != nil))
	return 1
}

func coClose(L *lua.LState) int {
	t, co := currentThread(L), checkCoroutine(L)
	if co == nil || co.status != suspended && co.status != dead {
		L.RaiseError("cannot close a running coroutine")
	}
	failed := co.close(t)
	t.checkStopped()
	if failed != nil {
		L.Push(lua.LFalse)
		L.Push(failed.Object)
		return 2
	}
	L.Push(lua.LTrue)
	return 1
}
