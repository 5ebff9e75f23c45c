package core

import (
	"math"
	"runtime"
	"runtime/debug"
	"runtime/metrics"
	"sync"
	"sync/atomic"
)

// GovernHeap makes the collector keep the heap of the process close to what its scripts may hold, and ends the
// largest script when the process takes more memory than all of them may. Like [BoundArrays] it is for main
// functions: in a program with memory of its own, only what a script can reach counts, and nothing forces a
// collection but a builtin that makes more than the limit of its script ([Meter]).
func GovernHeap() {
	h := theHeap()
	h.roof.Store(debug.SetMemoryLimit(-1))
	h.governed.Store(true)
}

// gopher-lua's small tables take up to twice what they hold. Scripts may take that much more than their limits
// together, as long as what each of them holds is within its own.
const (
	ceilingNum = 11
	ceilingDen = 4
)

// runtimeRoom is what the runtime of Go has beside the heap.
const runtimeRoom = 8 << 20

// heap reads how much memory the process holds beyond what it held before it had a VM with a limit.
type heap struct {
	samples   sync.Pool
	base      atomic.Int64
	governed  atomic.Bool
	fits      atomic.Int64  // what the kernel lets the process have, or 0
	roof      atomic.Int64  // the limit of the collector that the user has set
	kept      atomic.Int64  // what keep was last told
	collected atomic.Uint64 // the collections so far
	mu        sync.Mutex    // of collect

	vmsMu  sync.Mutex
	vms    map[*VM]struct{} // those with a limit
	limits atomic.Int64     // of all of them
}

const (
	metricObjects = "/memory/classes/heap/objects:bytes"
	metricStacks  = "/memory/classes/heap/stacks:bytes"
	metricLive    = "/gc/heap/live:bytes"
)

var theHeap = sync.OnceValue(func() *heap { //nolint:gochecknoglobals // the process has one heap
	return &heap{vms: make(map[*VM]struct{}), samples: sync.Pool{New: func() any {
		return &[]metrics.Sample{{Name: metricObjects}, {Name: metricStacks}}
	}}}
})

// open counts a VM with a limit in.
func (h *heap) open(vm *VM) {
	limit := vm.host.Limits.Memory
	h.vmsMu.Lock()
	defer h.vmsMu.Unlock()
	h.vms[vm] = struct{}{}
	h.limits.Add(limit)
	if len(h.vms) > 1 {
		return
	}
	// What the last collection left, since garbage in the base would be room for the script.
	live := []metrics.Sample{{Name: metricLive}}
	metrics.Read(live)
	h.base.Store(0)
	h.base.Store(min(h.used(), int64(live[0].Value.Uint64())))
	h.keep(limit + limit/4)
}

func (h *heap) close(vm *VM) {
	h.vmsMu.Lock()
	defer h.vmsMu.Unlock()
	delete(h.vms, vm)
	h.limits.Add(-vm.host.Limits.Memory)
}

// ceiling is what all scripts may take together, with what the machine takes for it.
func (h *heap) ceiling() int64 {
	ceiling := int64(math.MaxInt64)
	if h.governed.Load() {
		ceiling = h.limits.Load() / ceilingDen * ceilingNum
	}
	if fits := h.fits.Load(); fits > 0 {
		ceiling = min(ceiling, fits/2)
	}
	return ceiling
}

// endLargest ends the VM that holds most, as far as that is known, and tells which one that is.
func (h *heap) endLargest() *VM {
	h.vmsMu.Lock()
	defer h.vmsMu.Unlock()
	var largest *VM
	for vm := range h.vms {
		if largest == nil || vm.held.Load() > largest.held.Load() {
			largest = vm
		}
	}
	largest.stop(largest.memoryError())
	return largest
}

// keep makes the collector work harder from so many bytes beyond the base on.
func (h *heap) keep(bytes int64) {
	if h.governed.Load() {
		h.kept.Store(bytes)
		debug.SetMemoryLimit(min(h.roof.Load(), h.base.Load()+bytes+runtimeRoom))
	}
}

// reserve makes room beside what scripts hold, or with a negative n takes it back.
func (h *heap) reserve(n int64) {
	h.base.Add(n)
	if kept := h.kept.Load(); kept > 0 {
		h.keep(kept)
	}
}

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
