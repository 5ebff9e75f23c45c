package plain

import (
	"math"
	"strconv"
)

// AppendNumber writes the numbers that YAML and TOML write alike: NaN and the infinities, whose names begin with
// prefix, the negative zero, and whole numbers below 2^63 as integers. It reports whether f is one of them.
func AppendNumber(out []byte, f float64, prefix string) ([]byte, bool) {
	const limit = 1 << 63
	switch {
	case math.IsNaN(f):
		return append(out, prefix+"nan"...), true
	case math.IsInf(f, 1):
		return append(out, prefix+"inf"...), true
	case math.IsInf(f, -1):
		return append(out, "-"+prefix+"inf"...), true
	case f == 0 && math.Signbit(f):
		return append(out, "-0.0"...), true
	case f >= -limit && f < limit && f == math.Trunc(f):
		return strconv.AppendInt(out, int64(f), 10), true
	}
	return out, false
}
