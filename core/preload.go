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
// tasks and coroutines are the caller's. A state can be
// preloaded once. Close the VM, before the state, to free what the modules opened.
func Preload(L *lua.LState, policy Policy, host Host, modules ...Module) (*VM, error) {
	if L.G.Registry.RawGetString(registryKey) != lua.LNil {
		return nil, errors.New("preload: this Lua state has modules already")
	}
	rt, err := New(Config{Modules: modules, Policy: policy})
	if err != nil {
		return nil, fmt.Errorf("preload: %w", err)
	}
	vm := rt.newVM(host, L)
	vm.foreign = &Task{vm: vm, ctx: vm.ctx, cancel: func(error) {}, held: true, done: make(chan struct{})}
	L.G.Registry.RawSetString(registryKey, &lua.LUserData{Value: vm, Metatable: lua.LNil})
	for _, m := range modules {
		vm.bindName(m.Name)
		for _, f := range m.Funcs {
			if m.Name == "" {
				vm.bindName(f.doc.Name)
			}
		}
	}
	return vm, nil
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
