package core

import (
	"runtime"
	"sync/atomic"
	"time"
)

// openVMs is how many VMs the process has.
var openVMs atomic.Int64 //nolint:gochecknoglobals // the process has one scheduler

// turn is how long a VM computes before those of others have their turn. Go takes the processor away from a
// goroutine after 10 ms alone, which is what each of many would wait for each that computes.
const turn = 200 * time.Microsecond

// share lets other VMs run once the turn of this one is over. It needs the baton.
func (vm *VM) share() {
	if time.Since(vm.rt.made)-vm.shared < turn {
		return
	}
	runtime.Gosched()
	vm.shared = time.Since(vm.rt.made)
}
