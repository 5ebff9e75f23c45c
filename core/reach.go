package core

import (
	"unsafe"

	lua "github.com/yuin/gopher-lua"

	"assay.rs/core/internal/tables"
)

// What values count for, in bytes: about what they take in memory, but half of that for a table, so that
// many small ones are not held against a script. See [ceilingNum].
const (
	costValue       = 16
	costGrowth      = 16  // of an array over largeArray, beside costValue: while it grows there are two
	costNumber      = 8   // beside costValue
	costEntry       = 120 // of a table's hash: in its map, its list of keys and the index of that
	costTable       = 48
	costFunction    = 96
	costPrototype   = 400 // of a function: beside its instructions and constants
	costInstruction = 12  // and its line
	costLocal       = 48  // its name in a traceback
	costCall        = 24
	costObject      = 64
	costState       = 2 << 10 // beside its registers and calls
	costCalls       = 704     // a segment of them
	costThread      = 6 << 10 // its goroutine with the stack, its task or channels
)

// largeArray is the number of elements from which the room that an array has in advance matters.
const largeArray = 1 << 18

// reach estimates how many bytes the scripts of the VM can reach, and what of them is in large arrays. It needs the
// baton.
func (vm *VM) reach() (all, arrays int64) {
	w := walk{seen: make(visited), layout: tableLayout()}
	w.value(vm.L.G.Global)
	w.value(vm.L.G.Registry)
	for _, local := range vm.shapes {
		w.value(local)
	}
	vm.tasksMu.Lock()
	threads, given := make([]*thread, 0, len(vm.tasks)), []lua.LValue(nil)
	for task := range vm.tasks {
		threads, given = append(threads, task.main, task.cur), append(given, task.given...)
	}
	vm.tasksMu.Unlock()
	for _, v := range given {
		w.value(v)
	}
	threads = append(threads, vm.threads...)
	w.locals(vm)
	for _, t := range threads {
		w.thread(t)
	}
	for len(w.pending) > 0 {
		last := len(w.pending) - 1
		v := w.pending[last]
		w.pending = w.pending[:last]
		w.inside(v)
	}
	return w.bytes, w.arrays
}

// walk adds up what is reached.
type walk struct {
	layout  layout
	seen    visited
	depth   int
	pending []lua.LValue // what lies deeper than maxWalk
	bytes   int64
	arrays  int64 // of them in large arrays
}

// maxWalk is how deep the walk recurses. Walking wide tables so takes no memory for what is still to be
// walked, deep ones little.
const maxWalk = 100

// sharedText is the size from which a text counts once, however often it is reached.
const sharedText = 128

func (w *walk) text(s string) {
	if len(s) < sharedText || w.seen.add(unsafe.Pointer(unsafe.StringData(s))) { //nolint:gosec // its address alone
		w.bytes += int64(len(s))
	}
}

// value counts v and what it holds.
func (w *walk) value(v lua.LValue) {
	var p unsafe.Pointer
	switch v := v.(type) {
	case lua.LNumber:
		w.bytes += costNumber
		return
	case lua.LString:
		w.text(string(v))
		return
	case *lua.LTable:
		p = unsafe.Pointer(v) //nolint:gosec // its address alone
	case *lua.LFunction:
		p = unsafe.Pointer(v) //nolint:gosec // its address alone
	case *lua.LUserData:
		p = unsafe.Pointer(v) //nolint:gosec // its address alone
	case *lua.LState:
		p = unsafe.Pointer(v) //nolint:gosec // its address alone
	}
	switch {
	case p == nil || !w.seen.add(p):
	case w.depth < maxWalk:
		w.depth++
		w.inside(v)
		w.depth--
	default:
		w.pending = append(w.pending, v)
	}
}

func (w *walk) inside(v lua.LValue) {
	switch v := v.(type) {
	case *lua.LTable:
		w.table(v)
	case *lua.LFunction:
		w.bytes += costFunction
		w.prototype(v.Proto)
		for _, up := range v.Upvalues {
			if up != nil {
				w.bytes += costObject
				w.value(up.Value())
			}
		}
	case *lua.LUserData:
		w.bytes += costObject
		if v.Env != nil {
			w.value(v.Env)
		}
		w.object(v.Value)
	case *lua.LState:
		h, ok := v.Context().(handle)
		if !ok {
			return
		}
		w.bytes += costState
		if h.co.f != nil {
			w.value(h.co.f)
		}
		if h.co.t != nil {
			w.thread(h.co.t)
		}
	}
}

func (w *walk) table(t *lua.LTable) {
	w.bytes += costTable
	w.value(t.Metatable)
	array, byName, byValue := w.layout.array.Of(t), w.layout.byName.Of(t), w.layout.byValue.Of(t)
	w.bytes += int64(len(array)) * costValue
	if len(array) > largeArray {
		w.bytes += int64(len(array)) * costGrowth
		w.arrays += int64(len(array)) * costValue
	}
	for _, v := range array {
		w.value(v)
	}
	w.bytes += int64(len(byName)+len(byValue)) * costEntry
	for k, v := range byName {
		w.text(k)
		w.value(v)
	}
	for k, v := range byValue {
		w.value(k)
		w.value(v)
	}
}

func (w *walk) thread(t *thread) {
	if !w.seen.add(unsafe.Pointer(t)) { //nolint:gosec // its address alone
		return
	}
	w.bytes += costThread
	for _, L := range t.spare {
		_, size := held(L)
		w.bytes += costState + size
	}
	for _, L := range append(t.below, t.L) {
		registers, size := held(L)
		w.bytes += costState + size
		for _, v := range registers {
			w.value(v)
		}
	}
}

// layout is where gopher-lua keeps what a table holds: its array, its fields by name, and the other ones.
type layout struct {
	array   tables.Field[[]lua.LValue]
	byName  tables.Field[map[string]lua.LValue]
	byValue tables.Field[map[lua.LValue]lua.LValue]
}

func tableLayout() layout {
	return layout{
		tables.FieldOf[[]lua.LValue]("array"), tables.FieldOf[map[string]lua.LValue]("strdict"),
		tables.FieldOf[map[lua.LValue]lua.LValue]("dict"),
	}
}
