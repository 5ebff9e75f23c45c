package core

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	lua "github.com/yuin/gopher-lua"

	"assay.rs/core/compile"
)

// Host is what one VM sees of the program around it.
type Host struct {
	Log       *slog.Logger                // nil discards
	Stdin     io.Reader                   // what a script reads as standard input; nil is empty
	Stdout    io.Writer                   // where print writes; nil is the log
	Stderr    io.Writer                   // where a script writes past the log; nil discards
	LookupEnv func(string) (string, bool) // nil is the process's environment
	EnvNames  func() []string             // nil is the process's, when LookupEnv is nil too
	Limits    Limits
	Raised    func(*Error)                 // sees each error of a builtin, caught or not; nil is nobody
	Failed    func(error)                  // sees the failure of each task that nobody has awaited, once nobody can; nil is nobody
	Modules   ModuleFiles                  // that require finds
	Lines     func(chunk string, line int) // sees each line of a script that runs, with the baton, which takes time; nil is nobody
	Used      func(Use)                    // sees what the script touches, from several goroutines; nil is nobody
}

// VM is one Lua state. It is opened by [Runtime.Open] and belongs to one goroutine; the tasks inside
// share it among themselves.
type VM struct {
	rt    *Runtime
	host  Host
	L     *lua.LState     // the root: never runs, threads are made from it
	ctx   context.Context //nolint:containedctx // the lifetime of the tasks inside
	stop  context.CancelCauseFunc
	env   *environment
	baton Baton
	pace  pace

	// With the baton.
	bound     map[string]bool
	helpers   map[compile.Helper]lua.LValue
	turnEnds  time.Duration // when other VMs have theirs, on the clock of the runtime
	read      time.Duration // when the heap was last read, on the clock of the runtime
	reliedOn  time.Duration // for how long that is good
	tolerated int64         // what the process may hold until the memory is looked at again
	lastUsed  int64         // what it held when that was last compared
	growing   bool          // what scripts can reach has grown since the look before the last one
	shapes    map[lua.LString]*lua.LTable
	classes   map[*class]*lua.LTable
	int64s    map[int64]*lua.LUserData
	int64mt   *lua.LTable
	source    *rand.Rand // of math.random
	advised   advised
	matching  matching
	encoder   *jsonEncoder // that no text is made with
	script    string       // the path in the global arg, and
	args      []string
	hasArgs   bool
	lazy      *lua.LTable // the metatable of _G that opens tables when they are asked for
	errorMT   *lua.LTable
	threads   []*thread // of tasks that are over
	null      *lua.LUserData

	output   atomic.Int64 // bytes printed and logged
	flight   atomic.Int64 // bytes that the bodies of builtins hold in Go
	held     atomic.Int64 // what it held when that was last estimated
	localsMu sync.Mutex
	locals   map[any]any

	running    sync.WaitGroup // of tasks
	closeBy    atomic.Pointer[time.Time]
	tasksMu    sync.Mutex
	tasks      map[*Task]struct{}
	failed     map[*failure]struct{} // that nobody has heard of yet
	unfinished int                   // tasks
	coroutines map[*life]struct{}
	foreign    *Task // set when another program runs the Lua state

	// Of a foreign state.
	catch   []lua.LValue // its pcall and xpcall
	guarded int          // calls of functions in it that core catches errors of
}

// Open makes a VM. It must be closed.
func (rt *Runtime) Open(host Host) *VM {
	L := newState(rootOptions())
	L.G.MainThread = L
	vm := rt.newVM(host, L)
	vm.bindStrings()
	return vm
}

func (rt *Runtime) newVM(host Host, L *lua.LState) *VM {
	if host.Log == nil {
		host.Log = slog.New(slog.DiscardHandler)
	}
	vm := &VM{rt: rt, host: host, L: L, env: newEnvironment(host), bound: make(map[string]bool), tasks: make(map[*Task]struct{}), coroutines: make(map[*life]struct{})}
	vm.ctx, vm.stop = context.WithCancelCause(context.Background())
	vm.turnEnds = time.Since(rt.made) + turn
	openVMs.Add(1)
	if host.Limits.Memory > 0 {
		theHeap().open(vm)
	}
	return vm
}

// errEnded is why tasks that outlive the main chunk are stopped.
var errEnded = errors.New("the script has ended")

// Run runs the chunk as the VM's main task, with args as the chunk's ..., and ends every task that is
// left when it is over. The error is a *ScriptError, *Interrupted, *Exit or *Crash.
func (vm *VM) Run(ctx context.Context, chunk *Chunk, args ...string) error {
	vm.ctx, vm.stop = context.WithCancelCause(ctx) // so that tasks know its deadline
	values := make([]Value, len(args))
	for i, arg := range args {
		values[i] = TextValue(arg)
	}
	err := vm.Do(ctx, func(c Call) error {
		var main Callback
		c.Hold(func() { main = c.Load(chunk) })
		_, err := main.Call(c, values...)
		return err
	})
	vm.end(errEnded)
	var script *ScriptError
	if errors.As(err, &script) && script.Hint == "" && strings.Contains(script.Message, "attempt to ") && !strings.Contains(script.Message, didYouMeanText) {
		script.Hint = vm.missing(chunk)
	}
	return err
}

// Do runs body as a task of its own, as the body of a builtin that waits. Tasks that it starts go on when it
// is over, until [VM.Close]; one Do runs at a time. The error is that of body, or an *Interrupted, *Exit or
// *Crash.
func (vm *VM) Do(ctx context.Context, body func(Call) error) error {
	task := vm.newTask(ctx)
	release := context.AfterFunc(vm.ctx, func() { task.cancel(context.Cause(vm.ctx)) })
	defer release()
	vm.pace.lead(task)
	defer vm.pace.lead(nil)
	task.heard = true
	task.run(func(c Call) ([]Value, error) { return nil, body(c) })
	return task.err
}

// Ending is why the VM is told to end, or nil while it runs: that the script called os.exit or came to its end, or the
// cause of the end of the context. It may be asked once [VM.Run] has begun.
func (vm *VM) Ending() error { return context.Cause(vm.ctx) }

// BindAll makes every builtin a global now, whether or not a script names it.
func (c Call) BindAll() { c.t.vm.bindAll() }

// end cancels what still runs and waits for it: for the tasks first, since one of them may be resuming a
// coroutine, and then for the coroutines, which nobody resumes any more. What these close may start others.
func (vm *VM) end(cause error) {
	closeBy := time.Now().Add(closeGrace)
	vm.closeBy.CompareAndSwap(nil, &closeBy)
	vm.stop(cause)
	for {
		for _, task := range vm.allTasks() {
			task.cancel(cause)
		}
		vm.running.Wait()
		lives := vm.allCoroutines()
		if len(lives) == 0 {
			break
		}
		for _, l := range lives {
			l.end()
		}
		for _, l := range lives {
			l.gone.Wait()
		}
	}
	vm.reportAll()
}

func (vm *VM) allTasks() []*Task {
	vm.tasksMu.Lock()
	defer vm.tasksMu.Unlock()
	return slices.Collect(maps.Keys(vm.tasks))
}

func (vm *VM) allCoroutines() []*life {
	vm.tasksMu.Lock()
	defer vm.tasksMu.Unlock()
	return slices.Collect(maps.Keys(vm.coroutines))
}

// Close ends every task and frees the VM.
func (vm *VM) Close() {
	vm.end(errEnded)
	vm.closeLocals()
	openVMs.Add(-1)
	if vm.host.Limits.Memory > 0 {
		theHeap().close(vm)
	}
	if vm.foreign != nil {
		vm.foreign.end()
		return
	}
	vm.L.Close()
}

// SetGlobal sets a global variable, such as arg, before Run.
func (vm *VM) SetGlobal(name string, data any) error {
	v, err := vm.fromGo(data, 0)
	if err != nil {
		return err
	}
	vm.bound[name] = true
	vm.L.G.Global.RawSetString(name, v)
	return nil
}

// SetArgs sets the global arg: the script's path at 0, its arguments from 1.
func (vm *VM) SetArgs(script string, args []string) {
	vm.script, vm.args, vm.hasArgs = script, args, true
}

func (vm *VM) argTable() *lua.LTable {
	t := vm.L.CreateTable(len(vm.args), 0)
	t.RawSetInt(0, lua.LString(vm.script))
	for i, arg := range vm.args {
		t.RawSetInt(i+1, lua.LString(arg))
	}
	return t
}

// missing hints at a builtin that the chunk names and the policy keeps away.
func (vm *VM) missing(chunk *Chunk) string {
	for name := range chunk.names {
		if vm.L.G.Global.RawGetString(name) != lua.LNil {
			continue
		}
		if hint := vm.keptAway(name); hint != "" {
			return hint
		}
	}
	return ""
}

// errorValue is an error of a builtin as Lua sees it.
func (vm *VM) errorValue(e *Error) *lua.LUserData {
	if vm.errorMT == nil {
		mt := vm.L.CreateTable(0, 4)
		mt.RawSetString("__index", vm.L.NewFunction(indexError))
		mt.RawSetString("__tostring", vm.L.NewFunction(func(L *lua.LState) int {
			s, _ := text(L.Get(1))
			L.Push(lua.LString(s))
			return 1
		}))
		mt.RawSetString("__concat", vm.L.NewFunction(concatTexts))
		mt.RawSetString("__metatable", lua.LString("error"))
		vm.errorMT = mt
	}
	return &lua.LUserData{Value: e, Metatable: vm.errorMT}
}

// indexError gives code, message and hint, and the string methods, since scripts written for plain
// texts call e:find("timeout").
func indexError(L *lua.LState) int {
	ud, ok := L.Get(1).(*lua.LUserData)
	if !ok {
		return 0
	}
	e, ok := ud.Value.(*Error)
	if !ok {
		return 0
	}
	switch name := L.CheckString(2); name {
	case "code":
		if e.Code == nil {
			return 0
		}
		L.Push(lua.LString(e.Code.name))
	case "message":
		L.Push(lua.LString(e.Message))
	case "hint":
		if e.Hint == "" {
			return 0
		}
		L.Push(lua.LString(e.Hint))
	default:
		method, ok := L.GetField(lua.LString(""), name).(*lua.LFunction)
		if !ok {
			return 0
		}
		L.Push(L.NewFunction(func(L *lua.LState) int {
			if s, ok := text(L.Get(1)); ok {
				L.Replace(1, lua.LString(s))
			}
			return method.GFunction(L)
		}))
	}
	return 1
}
