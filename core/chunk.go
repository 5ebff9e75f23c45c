package core

import (
	lua "github.com/yuin/gopher-lua"

	"assay.rs/core/compile"
)

// Chunk is a compiled script. VMs share it.
type Chunk struct {
	compiled *compile.Chunk
	names    map[string]struct{} // of the globals in it
}

// SyntaxError is a place in a source text that is not Lua.
type SyntaxError = compile.Error

// Compile compiles source; name is what errors call it. A first line that starts with # is skipped. What is
// wrong with the text is a compile.Errors: several *SyntaxError at once.
func Compile(name string, source []byte) (*Chunk, error) {
	compiled, err := compile.Source(name, source, compile.Options{GuardConcat: true})
	if err != nil {
		return nil, err
	}
	c := &Chunk{compiled: compiled, names: make(map[string]struct{}, len(compiled.Globals))}
	for _, g := range compiled.Globals {
		c.names[g.Name] = struct{}{}
	}
	return c, nil
}

// Name is the name that positions in errors begin with.
func (c *Chunk) Name() string { return c.compiled.Name }

// load makes the chunk a function of the VM, with the globals that it names.
func (vm *VM) load(c *Chunk) *lua.LFunction {
	vm.bind(c.names)
	return c.compiled.Function(vm.L, vm.helper)
}

// helper is what compiled code calls where the machine has no instruction.
func (vm *VM) helper(h compile.Helper) lua.LValue {
	if v := vm.helpers[h]; v != nil {
		return v
	}
	v := compile.Standard(vm.L)(h)
	if h == compile.HelperConcat {
		v = vm.L.NewFunction(concat)
	} else if h == compile.HelperConcatList {
		v = vm.L.NewFunction(func(L *lua.LState) int { return compile.JoinList(L, chargeOn) })
	} else if h == compile.HelperScope {
		v = vm.L.NewFunction(compile.Scope(protectScope, closeVariable))
	} else if exact := vm.integerHelper(h); exact != nil {
		v = vm.L.NewFunction(exact)
	}
	if vm.helpers == nil {
		vm.helpers = make(map[compile.Helper]lua.LValue)
	}
	vm.helpers[h] = v
	return v
}

// protectScope runs the rest of a block that has a <close> variable.
func protectScope(L *lua.LState, fn lua.LValue, args []lua.LValue) ([]lua.LValue, error) {
	results, err := currentThread(L).protect(fn, args, nil)
	if err != nil {
		return nil, err
	}
	return results, nil
}

// concat is .. of two or more operands: their size is charged before it is taken.
func concat(L *lua.LState) int {
	n := L.GetTop()
	size := 0
	for i := 1; i <= n; i++ {
		switch v := L.Get(i).(type) {
		case lua.LString:
			size += len(v)
		case lua.LNumber:
			size += numberSize
		default:
			return compile.JoinArguments(L, chargeOn)
		}
	}
	currentThread(L).charge(size)
	joined := make([]byte, 0, size)
	for i := 1; i <= n; i++ {
		switch v := L.Get(i).(type) {
		case lua.LString:
			joined = append(joined, v...)
		case lua.LNumber:
			joined = compile.AppendNumber(joined, float64(v))
		}
	}
	L.Push(lua.LString(joined))
	return 1
}

// chargeOn is [thread.charge] for the thread that runs.
func chargeOn(L *lua.LState, bytes int) { currentThread(L).charge(bytes) }
