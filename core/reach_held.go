package core

import (
	"errors"
	"unsafe"

	lua "github.com/yuin/gopher-lua"
)

// Holder is what is behind an object of a module and holds more than a few words: what it says counts for the
// script that can reach the object.
type Holder interface {
	// Holds tells h what the value holds. It is called with the baton, while bodies that wait may use the value.
	Holds(h Held)
}

// Held is told what a [Holder] holds.
type Held struct{ w *walk }

// Bytes are held in Go.
func (h Held) Bytes(n int) { h.w.bytes += int64(n) }

// Text is held, which counts once, however often it is told.
func (h Held) Text(texts ...string) {
	for _, s := range texts {
		h.w.text(s)
	}
}

// Values are held, and all that they lead to.
func (h Held) Values(values ...Value) {
	for _, v := range values {
		h.w.bytes += costValue
		h.w.value(v.lua())
	}
}

// Task is held: what it returned, once it has ended.
func (h Held) Task(task *Task) {
	task.mu.Lock()
	ended := task.ended
	task.mu.Unlock()
	if !ended || !h.w.seen.add(unsafe.Pointer(task)) { //nolint:gosec // its address alone
		return
	}
	h.w.bytes += costThread
	h.Values(task.values...)
	if task.err == nil {
		return
	}
	h.Text(task.err.Error())
	if script, ok := errors.AsType[*ScriptError](task.err); ok {
		h.Text(script.Traceback)
		h.Values(script.value)
	}
}

// object counts what is behind a userdata.
func (w *walk) object(v any) {
	switch v := v.(type) {
	case *Error:
		w.bytes += costObject
		w.text(v.Message)
		w.text(v.Hint)
		w.text(v.Where)
	case *instance:
		if holder, ok := v.value.(Holder); ok {
			holder.Holds(Held{w})
		}
	case Holder:
		v.Holds(Held{w})
	}
}

// prototype counts the code of a function of a script.
func (w *walk) prototype(p *lua.FunctionProto) {
	if p == nil || !w.seen.add(unsafe.Pointer(p)) { //nolint:gosec // its address alone
		return
	}
	w.bytes += costPrototype + costInstruction*int64(len(p.Code)) + costLocal*int64(len(p.DbgLocals)+len(p.DbgUpvalues)) +
		costCall*int64(len(p.DbgCalls)) + 2*costValue*int64(len(p.Constants))
	w.text(p.SourceName)
	for _, constant := range p.Constants {
		w.value(constant)
	}
	for _, inner := range p.FunctionPrototypes {
		w.prototype(inner)
	}
}

// locals counts what modules keep for the VM.
func (w *walk) locals(vm *VM) {
	vm.localsMu.Lock()
	kept := make([]any, 0, len(vm.locals))
	for _, v := range vm.locals {
		kept = append(kept, v)
	}
	vm.localsMu.Unlock()
	for _, v := range kept {
		w.object(v)
	}
}
