package core

import (
	"os"
	"runtime/debug"
)

// FitMemory fits the process into what the kernel lets it have, which is limit bytes: the collector works harder
// near it, scripts together take half of it at most, and [Fitted] gives less. It is for main functions. The limit
// of the collector that GOMEMLIMIT sets stays.
func FitMemory(limit int64) {
	theHeap().fits.Store(limit)
	if _, set := os.LookupEnv("GOMEMLIMIT"); !set {
		debug.SetMemoryLimit(limit / 4 * 3) // the rest is for what Go does not count, and for its haste
	}
}

// Fitted is usual, a number of bytes, or a share of the memory that the kernel lets the process have where that is
// less: one of so many parts.
func Fitted(usual, parts int64) int64 {
	if fits := theHeap().fits.Load(); fits > 0 {
		return min(usual, fits/parts)
	}
	return usual
}

// FitsMemory is what [FitMemory] was told; false when it was not.
func FitsMemory() (limit int64, ok bool) {
	fits := theHeap().fits.Load()
	return fits, fits > 0
}
