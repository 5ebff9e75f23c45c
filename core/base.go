package core

import (
	"errors"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"assay.rs/core/compile"
	"assay.rs/core/syntax"
)

// baseLibrary are the global functions of Lua that differ from gopher-lua's.
func baseLibrary() map[string]lua.LGFunction {
	return map[string]lua.LGFunction{
		"collectgarbage": collectGarbage,
		"error":          raiseValue,
		"load":           load,
		"loadstring":     load,
		"pcall":          pcall,
		"rawlen":         rawLen,
		"setmetatable":   setMetatable,
		"xpcall":         xpcall,
	}
}

// checkStopped raises once more in a task that was stopped, so that no pcall swallows it.
func (t *thread) checkStopped() {
	if t.stopped() {
		t.L.RaiseError("%s", t.Err().Error())
	}
}

func pcall(L *lua.LState) int {
	L.CheckAny(1)
	return protected(L, nil)
}

func xpcall(L *lua.LState) int {
	L.CheckAny(1)
	handler := L.CheckFunction(2)
	L.Remove(2)
	return protected(L, handler)
}

// protected calls argument 1 with the others. The handler is called after what raised is over, so it
// cannot look at the functions that were running.
func protected(L *lua.LState, handler *lua.LFunction) int {
	t := currentThread(L)
	results, err := t.protect(L.Get(1), stackFrom(L, 2, nil), nil)
	t.carried = nil // nobody passes it on any more
	t.checkStopped()
	if err != nil {
		L.Push(lua.LFalse)
		L.Push(t.handled(handler, err.Object))
		return 2
	}
	L.Push(lua.LTrue)
	return compile.Push(L, results) + 1
}

// handled is what the handler makes of a raised value, or what it raised itself.
func (t *thread) handled(handler *lua.LFunction, raised lua.LValue) lua.LValue {
	if handler == nil {
		return raised
	}
	results, err := t.protect(handler, []lua.LValue{raised}, nil)
	t.checkStopped()
	switch {
	case err != nil:
		return err.Object
	case len(results) == 0:
		return lua.LNil
	}
	return results[0]
}

// raiseValue is error(v, level): text gets the position of the function at that level, 1 being the one
// that called error.
func raiseValue(L *lua.LState) int {
	t, v, level := currentThread(L), L.Get(1), L.OptInt(2, 1)
	if message, ok := v.(lua.LString); ok && level > 0 {
		where := positionIn(L, level)
		if where == "" && level == 1 {
			where = t.position()
		}
		if where != "" {
			v = lua.LString(where+" ") + message
		}
	}
	t.complete = true
	L.Error(v, 0)
	return 0
}

func setMetatable(L *lua.LState) int {
	t := L.CheckTable(1)
	mt := L.Get(2)
	if mt.Type() != lua.LTNil && mt.Type() != lua.LTTable {
		L.ArgError(2, "nil or table expected")
	}
	if old, ok := t.Metatable.(*lua.LTable); ok && old.RawGetString("__metatable") != lua.LNil {
		L.RaiseError("cannot change a protected metatable")
	}
	if vm := currentThread(L).vm; t == vm.L.G.Global {
		vm.bindAll() // a metatable of the script's own sees the globals that there are
	}
	t.Metatable = mt
	L.Push(t)
	return 1
}

func rawLen(L *lua.LState) int {
	switch v := L.Get(1).(type) {
	case *lua.LTable:
		L.Push(lua.LNumber(v.Len()))
	case lua.LString:
		L.Push(lua.LNumber(len(v)))
	default:
		L.ArgError(1, "table or string expected")
	}
	return 1
}

func collectGarbage(L *lua.LState) int {
	switch option := L.OptString(1, "collect"); option {
	case "count":
		L.Push(lua.LNumber(float64(max(theHeap().used(), 0)) / 1024))
	case "collect", "stop", "restart", "step", "setpause", "setstepmul", "incremental", "generational", "isrunning":
		L.Push(lua.LNumber(0))
	default:
		L.ArgError(1, "invalid option '"+option+"'")
	}
	return 1
}

// load is load(text or function, name, mode, env); it gives nil and a message for what is not Lua.
func load(L *lua.LState) int {
	source, err := loadText(L)
	if err != nil {
		L.Push(lua.LNil)
		L.Push(lua.LString(err.Error()))
		return 2
	}
	name := L.OptString(2, source)
	chunk, err := Compile(chunkName(name), []byte(source))
	if err != nil {
		L.Push(lua.LNil)
		L.Push(lua.LString(err.Error()))
		return 2
	}
	vm := currentThread(L).vm
	f := vm.load(chunk)
	if env, ok := L.Get(4).(*lua.LTable); ok {
		f.Env = env
	}
	L.Push(f)
	return 1
}

func loadText(L *lua.LState) (string, error) {
	reader, ok := L.Get(1).(*lua.LFunction)
	if !ok {
		return L.CheckString(1), nil
	}
	var source []byte
	for {
		L.Push(reader)
		L.Call(0, 1)
		piece := L.Get(-1)
		L.Pop(1)
		s, ok := piece.(lua.LString)
		switch {
		case piece == lua.LNil || s == "" && ok:
			return string(source), nil
		case !ok:
			return "", errors.New("reader function must return a string")
		case len(source)+len(s) > syntax.MaxSource:
			return "", errors.New("source is too large")
		}
		source = append(source, s...)
	}
}

// maxChunkName is how long the name of a loaded text is in positions, at most. Lua has the same bound.
const maxChunkName = 59

// chunkName is the name of loaded text in positions, as Lua shortens it.
func chunkName(name string) string {
	if strings.HasPrefix(name, "@") {
		name = name[1:]
		if cut := len(name) - maxChunkName; cut > 0 {
			name = "..." + name[cut+len("..."):]
		}
		return strings.Clone(name)
	}
	if strings.HasPrefix(name, "=") {
		return strings.Clone(name[1:min(len(name), 1+maxChunkName)])
	}
	line := name
	for i := range len(line) {
		if line[i] == '\n' || i >= 40 {
			line = line[:i] + "..."
			break
		}
	}
	return `[string "` + line + `"]`
}
