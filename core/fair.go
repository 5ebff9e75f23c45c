package core

import (
	"runtime"
	"sync/atomic"
	"time"
)

// openVMs is how many VMs the process has.
var openVMs atomic.Int64 //nolint:gochecknoglobals // the process has one scheduler

// turn is how long a VM computes before those of others have their turn. Go takes the processor away from a
// goroutine after 10 ms alone, which is what each of many would wait for each that computes. One that has rested has
// a longer turn once, so that what is done within it is done without a wait for all who compute.
const (
	turn       = 200 * time.Microsecond
	turnRested = 5 * time.Millisecond
	rest       = time.Second
)

// share lets other VMs run once the turn of this one is over. It needs the baton.
func (vm *VM) share() {
	now := time.Since(vm.rt.made)
	switch over := now - vm.turnEnds; {
	case over < 0:
	case over > rest:
		vm.turnEnds = now + turnRested
	default:
		runtime.Gosched()
		vm.turnEnds = time.Since(vm.rt.made) + turn // the wait was no rest
	}
}
