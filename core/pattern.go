package core

import (
	"fmt"

	"github.com/yuin/gopher-lua/pm"
)

// Match tells whether a Lua pattern matches somewhere in s. A malformed pattern is an error.
func (c Call) Match(s, pattern string) (bool, error) {
	found, err := pm.Find(pattern, []byte(s), 0, 1)
	if err != nil {
		return false, fmt.Errorf("bad pattern: %w", err)
	}
	return len(found) > 0, nil
}
