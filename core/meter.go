package core

// Meter asks for memory while a result grows whose size is not known before.
type Meter struct {
	call        Call
	made, asked int
}

// Meter is a meter at zero.
func (c Call) Meter() *Meter { return &Meter{call: c} }

// Add says that the result is about to take n bytes more. The error is the limit's, or the cause when the
// task was stopped; the body returns it.
func (m *Meter) Add(n int) error {
	m.made += n
	if m.made-m.asked < chargedFrom {
		return nil
	}
	m.asked = m.made
	if err := m.call.halted(); err != nil {
		return err
	}
	return m.call.Charge(m.made)
}

// Size is how many bytes were added.
func (m *Meter) Size() int { return m.made }
