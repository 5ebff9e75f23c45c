package core

import "strings"

// Meter asks for memory while a result grows whose size is not known before. It may be used with or
// without the baton, by the body that made it.
type Meter struct {
	call  Call
	made  int64 // bytes that were asked for
	asked int64 // how many when the heap was last looked at
	quiet int64 // how many until it is worth to look again
	floor int64 // what the process held when the body had asked for its limit
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
// for as much itself. In a program with memory of its own it tells whether the process has come to hold that
// much more since the body had asked for its limit.
func (m *Meter) scarce(n, limit int64) bool {
	h := theHeap()
	if h.used()+n <= limit || m.made < max(m.quiet, limit) {
		return false
	}
	h.collect()
	used := h.used()
	if m.quiet = m.made + limit/8; !h.governed.Load() {
		m.quiet = m.made + limit/2
		if m.floor == 0 {
			m.floor = used
		}
		used -= m.floor
	}
	return used+n > limit
}

// Buffer is a text that a body makes, whose room is asked for before it is taken. What its methods give as an error
// is the limit's, and the body returns it.
type Buffer struct {
	call Call
	text strings.Builder
}

// Buffer is an empty one.
func (c Call) Buffer() *Buffer { return &Buffer{call: c} }

// WriteString appends s.
func (b *Buffer) WriteString(s string) (int, error) {
	if err := b.grow(len(s)); err != nil {
		return 0, err
	}
	return b.text.WriteString(s)
}

// Write appends p.
func (b *Buffer) Write(p []byte) (int, error) {
	if err := b.grow(len(p)); err != nil {
		return 0, err
	}
	return b.text.Write(p)
}

// grow makes room for n bytes. Meanwhile the room that there was is held as well.
func (b *Buffer) grow(n int) error {
	if have := b.text.Cap(); b.text.Len()+n > have {
		if err := b.call.Charge(3*have + n); err != nil {
			return err
		}
		b.text.Grow(n)
	}
	return nil
}

// Len is the number of bytes in it.
func (b *Buffer) Len() int { return b.text.Len() }

// String is the text so far.
func (b *Buffer) String() string { return b.text.String() }
