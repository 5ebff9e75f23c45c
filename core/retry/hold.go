package retry

import (
	"math"
	"time"
)

// Hold says for how long something that has passed must go on passing.
type Hold struct {
	Window   time.Duration // 0 is not at all
	Every    time.Duration // the wait between attempts; 0 is 10 s, or the window if that is shorter
	Failures int           // that are forgiven
}

// WithDefaults is the hold with its waits.
func (h Hold) WithDefaults() Hold {
	if h.Every == 0 {
		h.Every = min(10*time.Second, h.Window)
	}
	return h
}

// Added is the longest that it can take after attempts that took before, when each of its own takes so long.
func (h Hold) Added(before, attempt time.Duration) time.Duration {
	if h.Window <= 0 {
		return before
	}
	// The last attempt may begin just before the window is over, and later by those that are forgiven.
	each, times := plus(h.WithDefaults().Every, attempt), time.Duration(1+h.Failures)
	if each > math.MaxInt64/times {
		return math.MaxInt64
	}
	return plus(before, plus(h.Window, each*times))
}
