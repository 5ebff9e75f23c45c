package core

// Meter asks for memory while a result grows whose size is not known before. It may be used with or
// without the baton, by the body that made it.
type Meter struct {
	call  Call
	made  int64 // bytes that were asked for
	asked int64 // how many when the heap was last looked at
	quiet int64 // how many until it is worth to look again
}

// Meter is a meter at zero.
func (c Call) Meter() *Meter { return &Meter{call: c} }

// Add says that the result, or the work on it, is about to take n bytes more. What is garbage by the time
// that memory gets scarce does not count. The error is the limit's, or the cause when the task was stopped;
// the body returns it.
func (m *Meter) Add(n int) error {
	m.made += int64(n)
	if m.made-m.asked < chargedFrom {
		return nil
	}
	m.asked = m.made
	if err := m.call.halted(); err != nil {
		return err
	}
	limit := m.call.t.vm.host.Limits.Memory
	if limit == 0 || int64(n) <= limit && !m.scarce(int64(n), limit) {
		return nil
	}
	exceeded := m.call.t.vm.memoryError()
	m.call.t.task.cancel(exceeded)
	return exceeded
}

// scarce tells whether the process would hold more than the limit with n bytes more, and the body has asked
// for as much itself.
func (m *Meter) scarce(n, limit int64) bool {
	h := theHeap()
	if h.used()+n <= limit || m.made < m.quiet {
		return false
	}
	if h.governed.Load() {
		h.collect()
	}
	m.quiet = m.made + limit/8
	return h.used()+n > limit && m.made > limit
}
