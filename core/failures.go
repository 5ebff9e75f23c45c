package core

import "sync"

// Failures collects what [Host.Failed] is told, for hosts to which a failure that no script has asked about
// is the failure of the run. It is safe for concurrent use.
type Failures struct {
	mu    sync.Mutex
	first error
}

// Add is for [Host.Failed].
func (f *Failures) Add(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.first == nil {
		f.first = err
	}
}

// First is the first failure, or nil.
func (f *Failures) First() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.first
}
