package core

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
	"sync/atomic"
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
type LimitError struct{ Message string }

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
	if t.vm.overMemory(int64(n), 0) {
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

// exceed stops the task for a limit, and raises.
func (t *thread) exceed(limit *LimitError) {
	t.task.cancel(limit)
	t.checkStopped()
}

func (vm *VM) memoryError() *LimitError {
	return &LimitError{fmt.Sprintf("memory limit of %d MB exceeded", vm.host.Limits.Memory>>20)}
}

func (vm *VM) tooMuchAtOnce(n int64) *LimitError {
	return &LimitError{fmt.Sprintf("%s: %d bytes asked for at once", vm.memoryError().Message, n)}
}

// Output counts n bytes that a body is about to print or log. The error is the limit's, and the body
// returns it.
func (c Call) Output(n int) error {
	limit := c.t.vm.host.Limits.Output
	if limit == 0 || c.t.vm.output.Add(int64(n)) <= limit {
		return nil
	}
	return c.exceeded(&LimitError{fmt.Sprintf("output limit of %d MB exceeded", limit>>20)})
}

// exceeded stops the task for a limit.
func (c Call) exceeded(limit *LimitError) error {
	c.t.task.cancel(limit)
	return limit
}

// Charge asks for n bytes before a body allocates them for its result. The error is the limit's, and the
// body returns it. It may be called with or without the baton.
func (c Call) Charge(n int) error {
	if n < chargedFrom {
		return nil
	}
	return c.within(int64(n), 0)
}

// Made tells that a body has made n bytes that it works on and that no script can reach yet. The error is the
// limit's, and the body returns it. It may be called with or without the baton, but only a body that has
// it is judged by what the script holds beside.
func (c Call) Made(n int) error { return c.within(0, int64(n)) }

func (c Call) within(asked, made int64) error {
	vm := c.t.vm
	limit := vm.host.Limits.Memory
	switch {
	case limit == 0:
		return nil
	case asked > limit:
		return vm.tooMuchAtOnce(asked)
	case made > limit, c.t.task.held && vm.overMemory(asked, made):
		return c.exceeded(vm.memoryError())
	}
	return nil
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

// overMemory tells whether the VM would hold more than it may once the asked bytes are allocated; made
// are there already, and no script can reach them yet. It needs the baton.
//
// The figure at hand is the process's. Beyond the limit the VM estimates what it can reach itself: that
// counts, so that honest scripts get what they were promised and only the VM that is too large ends.
func (vm *VM) overMemory(asked, made int64) bool {
	limit, h := vm.host.Limits.Memory, theHeap()
	room := max(limit, vm.tolerated) - h.used() - asked
	vm.relyOn(room)
	if room >= 0 {
		return false
	}
	held := vm.reach() + asked + made
	if held > limit {
		return true
	}
	used := h.used() + asked
	if h.governed.Load() && h.vms.Load() == 1 && used > 2*limit {
		h.collect()
		if used = h.used() + asked; used > limit*ceilingNum/ceilingDen {
			return true
		}
	}
	// What the script holds grows no faster than the heap.
	vm.tolerated = used + max(limit-held, limit/8)
	h.keep(vm.tolerated + limit*3/16)
	return false
}

// gopher-lua's small tables take up to twice what they hold. A VM that is alone in a process which governs its
// heap may take that much more than its limit, as long as what it holds is within it.
const (
	ceilingNum = 11
	ceilingDen = 4
)

// GovernHeap makes the collector keep the heap of a process that runs one VM close to what the script may
// hold, and ends a script whose process grows far beyond that. Like [BoundArrays] it is for main functions: in
// a program with memory of its own, only what a script can reach counts, and nothing forces a collection.
func GovernHeap() { theHeap().governed.Store(true) }

// keep makes the collector work harder from so many bytes beyond the base on.
func (h *heap) keep(bytes int64) {
	if h.governed.Load() {
		h.kept.Store(bytes)
		debug.SetMemoryLimit(h.base.Load() + bytes + runtimeRoom)
	}
}

// reserve makes room beside what scripts hold, or with a negative n takes it back.
func (h *heap) reserve(n int64) {
	h.base.Add(n)
	if kept := h.kept.Load(); kept > 0 {
		h.keep(kept)
	}
}

// runtimeRoom is what the runtime of Go has beside the heap.
const runtimeRoom = 8 << 20

// heap reads how much memory the process holds beyond what it held before it had a VM with a limit.
type heap struct {
	samples   sync.Pool
	vms       atomic.Int64 // those with a limit
	base      atomic.Int64
	governed  atomic.Bool
	kept      atomic.Int64  // what keep was last told
	collected atomic.Uint64 // the collections so far
	mu        sync.Mutex
}

var theHeap = sync.OnceValue(func() *heap { //nolint:gochecknoglobals // the process has one heap
	return &heap{samples: sync.Pool{New: func() any {
		return &[]metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/heap/stacks:bytes"}}
	}}}
})

// open counts a VM with a limit in.
func (h *heap) open(limit int64) {
	if h.vms.Add(1) != 1 {
		return
	}
	h.base.Store(0)
	if h.governed.Load() && h.used() > muchGarbage {
		runtime.GC()
	}
	h.base.Store(h.used())
	h.keep(limit + limit/4)
}

// muchGarbage is what a process may hold without a collection before its first VM: garbage in the base
// would be room for the script.
const muchGarbage = 32 << 20

func (h *heap) close() { h.vms.Add(-1) }

func (h *heap) used() int64 {
	samples := h.samples.Get().(*[]metrics.Sample)
	defer h.samples.Put(samples)
	metrics.Read(*samples)
	return int64((*samples)[0].Value.Uint64()+(*samples)[1].Value.Uint64()) - h.base.Load()
}

// collect collects garbage, once for all who ask at the same time.
func (h *heap) collect() {
	before := h.collected.Load()
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.collected.Load() == before {
		runtime.GC()
		h.collected.Add(1)
	}
}
