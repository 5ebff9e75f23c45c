package core

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"assay.rs/core/compile"
)

// maxProtected bounds how many protected calls may run within each other, as Lua's own limit on C
// calls does: each takes a part of Go's stack.
const maxProtected = 200

// maxSpare is how many states a thread keeps for later protected calls.
const maxSpare = 4

var errProtected = errors.New("stack overflow: too many calls of pcall and of builtins that call back within each other")

// protect calls f with args and gives its results, in room if there is enough, or what it raised. It needs the baton.
//
// Each protected call has a Lua state to itself. gopher-lua, when it raises, cuts every function of the
// state off from the local variables that it shares with others, also of functions below the call that
// are to go on: a counter in a closure would stop counting with the first error that anybody catches.
// In a state of its own all that is cut off is dead anyway.
func (t *thread) protect(f lua.LValue, args, room []lua.LValue) ([]lua.LValue, *lua.ApiError) {
	if t.task == t.vm.foreign {
		return t.runIn(t.L, f, args, room)
	}
	if !t.entered {
		t.entered = true
		results, err := t.runIn(t.L, f, args, room)
		// What a Go panic leaves behind is not fit for use.
		t.entered = err != nil && err.Type == lua.ApiErrorPanic
		return results, err
	}
	if len(t.below) >= maxProtected {
		return nil, raisedText(t.position() + " " + errProtected.Error())
	}
	t.below = append(t.below, t.L)
	t.L = t.state()
	t.vm.L.G.CurrentThread = t.L
	results, err := t.runIn(t.L, f, args, room)
	t.leave(err)
	if err != nil {
		t.place(f, err)
	}
	return results, err
}

// leave goes back to the state below.
func (t *thread) leave(err *lua.ApiError) {
	if len(t.spare) < maxSpare && (err == nil || err.Type != lua.ApiErrorPanic) {
		t.spare = append(t.spare, t.L)
	}
	last := len(t.below) - 1
	t.L, t.below = t.below[last], t.below[:last]
	t.vm.L.G.CurrentThread = t.L
}

// place completes an error of a function of gopher-lua's library that was called directly. It has only a
// space where its position would be, and no name for the function.
func (t *thread) place(f lua.LValue, err *lua.ApiError) {
	complete := t.complete
	t.complete = false
	if function, ok := f.(*lua.LFunction); complete || ok && !function.IsG {
		return
	}
	message, ok := err.Object.(lua.LString)
	if ok && message == " attempt to call a non-function object" {
		err.Object = lua.LString("attempt to call a " + luaTypeName(f) + " value")
		return
	}
	if ok && strings.HasPrefix(string(message), " ") {
		named := strings.Replace(string(message), " to "+outermost+" (", " to '?' (", 1)
		err.Object = lua.LString(t.position() + named)
	}
}

// position is where the script is: "verify.lua:3:", or empty when no function of a script runs.
func (t *thread) position() string {
	if where := positionIn(t.L, 0); where != "" {
		return where
	}
	for _, L := range slices.Backward(t.below) {
		if where := positionIn(L, 0); where != "" {
			return where
		}
	}
	return ""
}

// positionIn is the place of the innermost function of a script in L, from a level on.
func positionIn(L *lua.LState, level int) string {
	for {
		where := L.Where(level)
		if where == "" || !strings.HasPrefix(where, "[G]") {
			return where
		}
		level++
	}
}

// callerIn is the source of the innermost function of a script in L.
func callerIn(L *lua.LState) string {
	for level := 0; ; level++ {
		frame, ok := L.GetStack(level)
		if !ok {
			return ""
		}
		if _, err := L.GetInfo("S", frame, lua.LNil); err == nil && frame.Source != "" {
			return frame.Source
		}
	}
}

// state is a Lua state of t that nothing runs in.
func (t *thread) state() *lua.LState {
	if last := len(t.spare) - 1; last >= 0 {
		L := t.spare[last]
		t.spare = t.spare[:last]
		return L
	}
	return t.newState()
}

// newState is the one maker of Lua states besides the VM's own.
func (t *thread) newState() *lua.LState {
	L := another(t.vm.L)
	L.SetContext(t)
	inside(L).mainLoop = t.loop
	return L
}

// runIn leaves the stack of L as it was, and the thread with as many instructions until the next look as it
// had: each state has looks of its own, the first one at once.
func (t *thread) runIn(L *lua.LState, f lua.LValue, args, room []lua.LValue) ([]lua.LValue, *lua.ApiError) {
	base, left, n := L.GetTop(), t.left, len(args)
	if t.task == t.vm.foreign {
		L.Push(L.NewFunction(withTraceback)) // no look does it
		n++
	}
	L.Push(f)
	compile.Push(L, args)
	t.left = 0
	t.vm.guarded++
	err := L.PCall(n, lua.MultRet, nil)
	t.vm.guarded--
	if !t.stopped() {
		t.left = left
	}
	if err != nil {
		return nil, asAPIError(err)
	}
	results := stackFrom(L, base+1, room)
	L.SetTop(base)
	return results, nil
}

// withTraceback calls its first argument with the others.
func withTraceback(L *lua.LState) int {
	L.Panic = panicTraced
	L.Call(L.GetTop()-1, lua.MultRet)
	return L.GetTop()
}

// panicTraced raises the value on the stack with a traceback of bounded size: gopher-lua's own takes time and
// memory for every frame and every tail call.
func panicTraced(L *lua.LState) {
	raised := L.Get(-1)
	if message, ok := raised.(lua.LString); ok {
		raised = currentThread(L).machineError(L, message)
	}
	panic(&lua.ApiError{Type: lua.ApiErrorRun, Object: raised, StackTrace: boundedTrace(L)})
}

// maxTrace is how many lines a traceback has at most.
const maxTrace = 20

// boundedTrace is the innermost part of the stack: "verify.lua:3: in function 'f'". It is never empty.
func boundedTrace(L *lua.LState) string {
	lines := []string{"stack traceback:"}
	level := 0
	for f := inside(L).currentFrame; f != nil && level < maxTrace*2; f = (*callFrame)(f.Parent) {
		frame, ok := L.GetStack(level)
		if !ok {
			break
		}
		level++
		if !f.Fn.IsG {
			level += f.TailCall // for which gopher-lua has levels, and gives the first function of all
		}
		if _, err := L.GetInfo("nSl", frame, lua.LNil); err != nil || frame.Source == "" {
			continue
		}
		if len(lines) > maxTrace {
			lines = append(lines, "...")
			break
		}
		lines = append(lines, fmt.Sprintf("%s:%d: in %s", frame.Source, frame.CurrentLine, frameName(frame)))
	}
	return strings.Join(lines, "\n")
}

// outermost is what gopher-lua calls the first function of a state.
const outermost = "main chunk"

func frameName(frame *lua.Debug) string {
	switch name := clipText(frame.Name); {
	case frame.LineDefined == 0:
		return "main chunk"
	case name == outermost:
		return fmt.Sprintf("function <%s:%d>", frame.Source, frame.LineDefined)
	case name == "" || name[0] == '(' || name[0] == '<':
		return "function " + name
	default:
		return "function '" + name + "'"
	}
}
