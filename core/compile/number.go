package compile

import (
	"math"
	"strconv"
)

// AppendNumber appends the text of a number to dst: whole numbers below 2^63 in full, others with 14
// digits as Lua 5.1 has them, and inf, -inf, nan and -nan.
func AppendNumber(dst []byte, n float64) []byte {
	switch {
	case n == 0 && math.Signbit(n):
		return append(dst, "-0"...)
	case n == math.Trunc(n) && n >= -1<<63 && n < 1<<63:
		return strconv.AppendInt(dst, int64(n), 10)
	case n != n && math.Signbit(n):
		return append(dst, "-nan"...)
	case n != n:
		return append(dst, "nan"...)
	case n > math.MaxFloat64:
		return append(dst, "inf"...)
	case n < -math.MaxFloat64:
		return append(dst, "-inf"...)
	}
	return strconv.AppendFloat(dst, n, 'g', 14, 64)
}
