package core

import "io"

// Local is the T that a module keeps in the VM of c: its zero value at first, the same one ever after.
// T is a type of the module's own, which nobody else can ask for. Tasks share it: what it holds must
// be safe for concurrent use, or be touched with the baton alone. When the VM is closed, so is a *T that
// is an io.Closer.
func Local[T any](c Call) *T { return LocalOf[T](c.t.vm) }

// LocalOf is [Local] for the program that opened the VM.
func LocalOf[T any](vm *VM) *T {
	vm.localsMu.Lock()
	defer vm.localsMu.Unlock()
	kept, ok := vm.locals[localKey[T]{}].(*T)
	if !ok {
		kept = new(T)
		if vm.locals == nil {
			vm.locals = make(map[any]any)
		}
		vm.locals[localKey[T]{}] = kept
	}
	return kept
}

// closeLocals closes what modules keep in the VM.
func (vm *VM) closeLocals() {
	vm.localsMu.Lock()
	defer vm.localsMu.Unlock()
	for _, kept := range vm.locals {
		closer, ok := kept.(io.Closer)
		if !ok {
			continue
		}
		if err := closer.Close(); err != nil {
			vm.host.Log.Debug("close", "error", err)
		}
	}
	vm.locals = nil
}

type localKey[T any] struct{}
