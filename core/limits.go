package core

import (
	"fmt"
	"time"

	lua "github.com/yuin/gopher-lua"
)

// Limits bound what a script may use. The zero value does not bound.
type Limits struct {
	Memory int64 // bytes that the script may hold; time is bounded by the context of Run
	Output int64 // bytes that it may print and log
}

// BoundArrays keeps one assignment such as t[67108863] = 1 from allocating an array up to it: beyond 2^22
// elements a table is a hash. It changes gopher-lua for the whole process, so it is for main functions.
func BoundArrays() { lua.MaxArrayIndex = 1 << 22 }

// LimitError is why a script was stopped that reached a limit.
type LimitError struct {
	Message string
	Memory  int64 // the limit, when it is that of the memory, in bytes
}

func (e *LimitError) Error() string { return e.Message }

// chargedFrom is the size from which a value is charged before it is made; smaller ones are seen by the
// next look at the heap.
const chargedFrom = 64 << 10

// lookBytes is how much a thread may charge in small pieces before it looks.
const lookBytes = 1 << 20

// charge asks for n bytes before they are allocated: a builtin whose result is large calls it first. It
// stops the script when they are too many. More at once than the script may ever hold is refused with an
// error that can be caught, since nothing has been taken. It needs the baton.
func (t *thread) charge(n int) {
	limit := t.vm.host.Limits.Memory
	if limit == 0 || n <= 0 {
		return
	}
	t.charged += int64(n)
	if n < chargedFrom && t.charged < lookBytes {
		return
	}
	t.charged = 0
	if int64(n) > limit {
		t.raise(nil, t.vm.tooMuchAtOnce(int64(n)))
	}
	if t.vm.overMemory(int64(n)) {
		t.exceed(t.vm.memoryError())
	}
}

// spend tells that a builtin has done n steps of work since it last told, each about the cost of a VM
// instruction. A stopped task raises here.
func (t *thread) spend(n int) {
	t.left -= n
	if t.left > 0 {
		return
	}
	if !t.look() {
		t.checkStopped()
	}
}

// Spend tells that a body, which has the baton, has done n steps, each about the cost of an instruction of Lua: what
// computes for long is stopped in time, and others get their turn. The error is the cause when the task was stopped; the
// body returns it.
func (c Call) Spend(n int) error {
	if c.t == nil {
		return nil
	}
	c.t.left -= n
	if c.t.left > 0 || c.t.look() {
		return nil
	}
	return c.halted()
}

// exceed stops the task for a limit, and raises.
func (t *thread) exceed(limit *LimitError) {
	t.task.cancel(limit)
	t.checkStopped()
}

func (vm *VM) memoryError() *LimitError {
	limit := vm.host.Limits.Memory
	return &LimitError{Message: fmt.Sprintf("memory limit of %d MB exceeded", limit>>20), Memory: limit}
}

func (vm *VM) tooMuchAtOnce(n int64) *LimitError {
	limit := vm.memoryError()
	limit.Message += fmt.Sprintf(": %d bytes asked for at once", n)
	return limit
}

// Output counts n bytes that a body is about to print or log. The error is the limit's, and the body
// returns it.
func (c Call) Output(n int) error {
	limit := c.t.vm.host.Limits.Output
	if limit == 0 || c.t.vm.output.Add(int64(n)) <= limit {
		return nil
	}
	return c.exceeded(&LimitError{Message: fmt.Sprintf("output limit of %d MB exceeded", limit>>20)})
}

// exceeded stops the task for a limit.
func (c Call) exceeded(limit *LimitError) error {
	c.t.task.cancel(limit)
	return limit
}

// Charge asks for n bytes, in all, before a body allocates them for its result or its work. The error is the
// limit's, and the body returns it. It may be called with or without the baton.
//
// What the bodies that run hold in Go is limited as what scripts hold is: each of them is asked for what it
// has charged until it returns.
//
// The zero Call, with which Go programs call bodies, has no limit.
func (c Call) Charge(n int) error {
	if c.t == nil {
		return nil
	}
	limit := c.t.vm.host.Limits.Memory
	if n < chargedFrom || limit == 0 {
		return nil
	}
	if int64(n) > limit {
		return c.t.vm.tooMuchAtOnce(int64(n))
	}
	return c.holds(max(c.t.flight.Load(), int64(n)))
}

// Made tells that a body has made n bytes in all that it works on and that no script can reach yet. The error is
// the limit's, and the body returns it. It may be called with or without the baton, but only a body that has
// it is judged by what the script holds beside.
func (c Call) Made(n int) error {
	if c.t.vm.host.Limits.Memory == 0 {
		return nil
	}
	return c.holds(max(c.t.flight.Load(), int64(n)))
}

// holds sets what the bodies of the thread hold in Go, and stops the task when that is too much.
func (c Call) holds(n int64) error {
	vm, more := c.t.vm, n-c.t.flight.Load()
	over := vm.flight.Load()+more > vm.host.Limits.Memory || c.t.task.held && vm.overMemory(more)
	vm.flight.Add(n - c.t.flight.Swap(n))
	if over {
		return c.exceeded(vm.memoryError())
	}
	return nil
}

// Copies asks for n bytes more than were asked for so far, such as each part of an argument takes that is copied or
// encoded. The error is the limit's, and the body returns it. It needs the baton.
func (c Call) Copies(n int) error {
	if c.t == nil {
		return nil
	}
	limit := c.t.vm.host.Limits.Memory
	if limit == 0 {
		return nil
	}
	c.t.copied += n
	if c.t.copied < chargedFrom {
		return nil
	}
	n, c.t.copied = c.t.copied, 0
	if int64(n) > limit {
		return c.t.vm.tooMuchAtOnce(int64(n))
	}
	return c.holds(c.t.flight.Load() + int64(n))
}

// land gives back what the bodies of the thread have held.
func (t *thread) land() {
	if t.flight.Load() != 0 {
		t.vm.flight.Add(-t.flight.Swap(0))
	}
}

// readEvery is how long a look relies on the last reading of the heap, which takes as long as thirty
// instructions, when there is little room: a script can hardly fill [lookBytes] meanwhile. With more room it
// relies on it longer, up to readAtLeastEvery.
const (
	readEvery        = 100 * time.Microsecond
	readAtLeastEvery = time.Millisecond
)

// due tells whether the heap is to be read again. It needs the baton.
func (vm *VM) due() bool {
	now := time.Since(vm.rt.made)
	if now-vm.read < vm.reliedOn {
		return false
	}
	vm.read = now
	return true
}

// relyOn sets for how long a reading is relied on that has shown so much room: half of the time in which a
// script could fill it at most. It needs the baton.
func (vm *VM) relyOn(room int64) {
	vm.reliedOn = min(max(readEvery, time.Duration(room/lookBytes)*readEvery/2), readAtLeastEvery)
}

// overMemory tells whether the VM would hold more than it may once the asked bytes are allocated. It needs the
// baton.
//
// The figure at hand is the process's. Beyond the limit the VM estimates what it can reach itself, and what its
// builtins hold: that counts, so that honest scripts get what they were promised and only the VM that is too
// large ends.
func (vm *VM) overMemory(asked int64) bool {
	limit, h := vm.host.Limits.Memory, theHeap()
	used := h.used()
	// What others leave is no room for this VM, nor is its own garbage while it grows.
	if vm.growing || !h.governed.Load() {
		vm.tolerated -= max(0, vm.lastUsed-used)
	}
	vm.lastUsed = used
	room := max(limit, vm.tolerated) - used - asked
	vm.relyOn(room)
	if room >= 0 && asked < limit/4 { // more is worth an exact figure: what is in the heap may be garbage of others
		return false
	}
	reached, arrays := vm.reach()
	held := reached + vm.flight.Load() + asked
	vm.growing = held > vm.held.Swap(held)+limit/16
	if held > limit {
		return true
	}
	used = h.used() + asked
	if ceiling := h.ceiling(); used > ceiling/4*3 {
		h.collect()
		if used = h.used() + asked; used > ceiling && h.endLargest() == vm {
			return true
		}
	}
	// What the script holds grows no faster than the heap.
	vm.tolerated = used + max(limit-held, limit/8)
	// A large array that grows takes new room at once, and its former one is garbage.
	h.keep(max(limit+limit/4, vm.tolerated+limit*3/16-2*arrays))
	return false
}
