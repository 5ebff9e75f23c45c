package core

import (
	"errors"
	"fmt"

	lua "github.com/yuin/gopher-lua"
)

// registryKey is where a foreign Lua state keeps its VM.
const registryKey = "assay.rs/core"

// Preload adds modules to a Lua state that the caller owns and runs. Tables and functions become
// globals at once. The state's own context bounds what waits; nothing guards the VM itself: limits,
// tasks and coroutines are the caller's, and an int64 value compares with others alone. A module that adds to a table which the state has, such as
// string, leaves the rest of it as it is. A state can be preloaded once. Close the VM, before the state,
// to free what the modules opened.
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
	L.G.Registry.RawSetString(registryKey, &lua.LUserData{Value: vm, Metatable: lua.LNil})
	for _, m := range made(modules) {
		vm.addTo(m.Name)
		for _, f := range m.Funcs {
			// The state's own require knows its package.path and package.preload.
			if m.Name == "" && (f.doc.Name != "require" || L.G.Global.RawGetString("require") == lua.LNil) {
				vm.bindName(f.doc.Name)
			}
		}
	}
	return vm, nil
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
