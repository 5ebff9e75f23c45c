package core

import "fmt"

// Match tells whether a Lua pattern matches somewhere in s. A malformed pattern is an error. It needs the
// baton.
func (c Call) Match(s, pattern string) (bool, error) {
	m := c.t.matcher()
	_, _, ok, err := m.Find(c.t.pattern(pattern), s, 0)
	c.t.giveBack(m)
	if err != nil {
		return false, fmt.Errorf("bad pattern: %w", err)
	}
	return ok, nil
}
