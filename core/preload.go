package core

import (
	"errors"
	"fmt"
	"slices"

	lua "github.com/yuin/gopher-lua"
)

// registryKey is where a foreign Lua state keeps its VM.
const registryKey = "assay.rs/core"

// Preload adds modules to a Lua state that the caller owns and runs. Tables and functions become
// globals at once. The state's own context bounds what waits; nothing guards the VM itself: limits,
// tasks and coroutines are the caller's, and an int64 value compares with others alone. A module that adds to a table which the state has, such as
// string, leaves the rest of it as it is. A state can be preloaded once. Close the VM, before the state,
// to free what the modules opened. An error of a builtin that no pcall of a script catches reaches Go as text; in Lua it
// is a value with code, message and hint.
func Preload(L *lua.LState, policy Policy, host Host, modules ...Module) (*VM, error) {
	if L.G.Registry.RawGetString(registryKey) != lua.LNil {
		return nil, errors.New("preload: this Lua state has modules already")
	}
	rt, err := New(Config{Modules: modules, Policy: policy})
	if err != nil {
		return nil, fmt.Errorf("preload: %w", err)
	}
	vm := rt.newVM(host, L)
	vm.foreign = &Task{vm: vm, lifetime: lifetime{parent: vm.ctx}, held: true}
	vm.catch = []lua.LValue{L.G.Global.RawGetString("pcall"), L.G.Global.RawGetString("xpcall")}
	L.G.Registry.RawSetString(registryKey, &lua.LUserData{Value: vm, Metatable: lua.LNil})
	for _, m := range made(modules) {
		if vm.keeps(m.Name) {
			continue
		}
		vm.addTo(m.Name)
		for _, f := range m.Funcs {
			if m.Name == "" && !vm.keeps(f.doc.Name) {
				vm.bindName(f.doc.Name)
			}
		}
	}
	return vm, nil
}

// keeps tells whether the state goes on with what it has of this name. Its own require knows its package.path and
// package.preload, and its own print knows where to write when the host does not say.
func (vm *VM) keeps(name string) bool {
	switch name {
	case "require", "package":
	case "print":
		if vm.host.Stdout != nil {
			return false
		}
	default:
		return false
	}
	return vm.L.G.Global.RawGetString(name) != lua.LNil
}

// uncaught tells that no function of a script catches what is raised in L, a foreign state. The error then reaches Go
// as text: gopher-lua shows any other value of a builtin by its address.
func (vm *VM) uncaught(L *lua.LState) bool {
	if vm.guarded > 0 || L != vm.L {
		return false
	}
	for level := 0; ; level++ {
		frame, ok := L.GetStack(level)
		if !ok {
			return true
		}
		if f, err := L.GetInfo("f", frame, lua.LNil); err != nil || slices.Contains(vm.catch, f) {
			return false
		}
	}
}

// addTo makes the table exist, or puts what the modules declare into the one that the state has.
func (vm *VM) addTo(name string) {
	own, had := vm.L.G.Global.RawGetString(name).(*lua.LTable)
	vm.bindName(name)
	t := vm.rt.tableNamed(name)
	if !had || t == nil {
		return
	}
	opened, ok := vm.L.G.Global.RawGetString(name).(*lua.LTable)
	if !ok || opened == own {
		return
	}
	for _, b := range t.funcs {
		own.RawSetString(b.key, opened.RawGetString(b.key))
	}
	for _, c := range t.consts {
		own.RawSetString(c.doc.Name, opened.RawGetString(c.doc.Name))
	}
	if t.call != nil {
		own.Metatable = opened.Metatable
	}
	vm.L.G.Global.RawSetString(name, own)
}

// foreignThread is the one implicit task of a state that the caller runs.
func foreignThread(L *lua.LState) *thread {
	ud, ok := L.G.Registry.RawGetString(registryKey).(*lua.LUserData)
	if !ok {
		L.RaiseError("%s", "this builtin was bound without core.Preload")
	}
	vm := ud.Value.(*VM)
	t := &thread{vm: vm, task: vm.foreign, L: L}
	t.task.cur = t
	return t
}
