package jq

import (
	"encoding/json"
	"math/big"
)

// scale measures what a value expands to when it is printed or compared. Parts that are shared count each
// time they occur: that is how thirty instructions make a value of a billion parts.
type scale struct{ values, bytes int }

// add takes v from the scale and says whether there was enough, within the depth.
func (s *scale) add(v any, depth int) bool {
	if s.values--; s.values < 0 || depth < 0 {
		return false
	}
	switch v := v.(type) {
	case string:
		s.bytes -= len(v)
	case json.Number:
		s.bytes -= len(v)
	case *big.Int:
		s.bytes -= v.BitLen() / 3
	case []any:
		if len(v) > s.values {
			return false
		}
		for _, e := range v {
			if !s.add(e, depth-1) {
				return false
			}
		}
	case map[string]any:
		if len(v) > s.values {
			return false
		}
		for k, e := range v {
			if s.bytes -= len(k); !s.add(e, depth-1) {
				return false
			}
		}
	}
	return s.bytes >= 0
}
