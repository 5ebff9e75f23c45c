package core

import lua "github.com/yuin/gopher-lua"

// libFunc is a function of the standard library, without a Lua state.
type libFunc struct {
	name     string
	function lua.LGFunction
	upvalues []lua.LGFunction
}

// addLibrary adds Lua's standard library. No function of it is gopher-lua's: those take what memory and
// time they like.
func (rt *Runtime) addLibrary() {
	for name, f := range valueLibrary() {
		rt.globals[name] = &builtin{name: name, key: name, call: f}
	}
	for name, f := range iterators() {
		rt.globals[name] = &builtin{name: name, key: name, lib: f}
	}
	for name, f := range baseLibrary() {
		rt.globals[name] = &builtin{name: name, key: name, call: f}
	}
	for table, functions := range map[string]map[string]lua.LGFunction{
		"coroutine": coroutineLibrary(), "math": mathLibrary(), "os": osLibrary(), "string": stringLibrary(), "table": tableLibrary(), "utf8": utf8Library(),
	} {
		t := rt.table(table)
		for name, f := range functions {
			t.lib = append(t.lib, libFunc{name: name, function: f})
		}
	}
	math, utf8 := rt.table("math"), rt.table("utf8")
	math.consts = append(math.consts, mathConsts()...)
	utf8.consts = append(utf8.consts, NewConst("charpattern", String(), charPattern, ""))
	utf8.lib = append(utf8.lib, libFunc{name: "codes", function: utf8Codes, upvalues: []lua.LGFunction{nextCode}})
}

// Library is the table of Lua's own library, such as string, or nil where it does not exist. It needs the baton.
func (c Call) Library(name string) Value {
	switch name {
	case "coroutine", "io", "math", "os", "string", "table", "utf8":
		if t, ok := c.t.vm.global(lua.LString(name)).(*lua.LTable); ok {
			return Value{t}
		}
	}
	return Nil()
}

func (f *libFunc) instance(L *lua.LState) *lua.LFunction {
	upvalues := make([]lua.LValue, len(f.upvalues))
	for i, up := range f.upvalues {
		upvalues[i] = L.NewFunction(up)
	}
	return L.NewClosure(f.function, upvalues...)
}

// bind makes the globals among names exist. It needs the baton, or a VM with no task yet.
func (vm *VM) bind(names map[string]struct{}) {
	for name := range names {
		switch name {
		case "_G":
			vm.bindGlobals()
		default:
			vm.bindName(name)
		}
	}
}

// bindGlobals makes _G exist. A script finds every global in it; in a check or a sandbox it lists those
// that were asked for.
func (vm *VM) bindGlobals() {
	if vm.rt.policy.Level == Script {
		vm.bindAll()
		return
	}
	vm.set("_G", vm.L.G.Global)
	if vm.lazy != nil {
		return
	}
	vm.lazy = vm.L.CreateTable(0, 1)
	vm.lazy.RawSetString("__index", vm.L.NewFunction(func(L *lua.LState) int {
		L.Push(vm.global(L.Get(2)))
		return 1
	}))
	vm.L.G.Global.Metatable = vm.lazy
}

// global is the value of a global, which is made to exist if there is such a builtin.
func (vm *VM) global(name lua.LValue) lua.LValue {
	if name, ok := name.(lua.LString); ok {
		vm.bindName(string(name))
	}
	return vm.L.G.Global.RawGet(name)
}

func (vm *VM) bindAll() {
	for _, name := range vm.rt.tableNames() {
		vm.bindName(name)
	}
	for name := range vm.rt.globals {
		vm.bindName(name)
	}
	vm.bindName("_VERSION")
	vm.bindName("arg")
	vm.set("_G", vm.L.G.Global)
}

// set makes a global exist once: what the script has made of it since stays.
func (vm *VM) set(name string, v lua.LValue) {
	if !vm.bound[name] {
		vm.bound[name] = true
		vm.L.G.Global.RawSetString(name, v)
	}
}

func (vm *VM) bindName(name string) {
	if vm.bound[name] {
		return
	}
	if t := vm.rt.tableNamed(name); t != nil {
		vm.set(name, vm.open(t))
		return
	}
	if b := vm.rt.globals[name]; b != nil {
		vm.set(name, vm.function(b))
		return
	}
	switch {
	case name == "_VERSION":
		vm.set(name, lua.LString("Lua 5.1"))
	case name == "arg" && vm.hasArgs:
		vm.set(name, vm.argTable())
	}
}

func (vm *VM) function(b *builtin) *lua.LFunction {
	if b.lib != nil {
		return b.lib.instance(vm.L)
	}
	return vm.L.NewFunction(b.call)
}

// open makes a table of builtins in this VM.
func (vm *VM) open(t *table) *lua.LTable {
	opened := vm.L.CreateTable(0, len(t.funcs)+len(t.consts)+len(t.lib))
	for i := range t.lib {
		opened.RawSetString(t.lib[i].name, t.lib[i].instance(vm.L))
	}
	for _, b := range t.funcs {
		opened.RawSetString(b.key, vm.L.NewFunction(b.call))
	}
	for _, c := range t.consts {
		opened.RawSetString(c.doc.Name, c.make(&thread{vm: vm, L: vm.L}))
	}
	if call := t.call; call != nil {
		mt := vm.L.CreateTable(0, 1)
		mt.RawSetString("__call", vm.L.NewFunction(func(L *lua.LState) int {
			L.Remove(1) // the table itself
			return call.call(L)
		}))
		opened.Metatable = mt
	}
	return opened
}

// bindStrings makes s:upper() work; the table string is opened when a method is first asked for.
func (vm *VM) bindStrings() {
	mt := vm.L.CreateTable(0, 1+len(arithmeticEvents()))
	vm.rt.texts.Give(mt)
	arith := vm.L.NewFunction(textArith)
	for _, event := range arithmeticEvents() {
		mt.RawSetString(event, arith)
	}
	mt.RawSetString("__index", vm.L.NewFunction(func(L *lua.LState) int {
		vm.bindName("string")
		methods, ok := vm.L.G.Global.RawGetString("string").(*lua.LTable)
		if !ok {
			return 0
		}
		mt.RawSetString("__index", methods)
		L.Push(methods.RawGet(L.Get(2)))
		return 1
	}))
	vm.L.SetMetatable(lua.LString(""), mt)
}
