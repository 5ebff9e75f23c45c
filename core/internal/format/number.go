package format

import (
	"math"
	"strconv"
)

// AppendInteger writes n for %d and %i, and its 64 bits for %u, %o, %x and %X.
func (f *Spec) AppendInteger(dst []byte, n int64) []byte {
	var room [64]byte
	digits := room[:0]
	prefix := ""
	switch f.Verb {
	case 'd', 'i':
		magnitude := uint64(n)
		if n < 0 {
			magnitude = -magnitude
		}
		digits = f.integer(digits, magnitude, 10)
		prefix = f.sign(n < 0)
	case 'o':
		digits = f.integer(digits, uint64(n), 8)
		if f.hash && (len(digits) == 0 || digits[0] != '0') {
			prefix = "0"
		}
	case 'x', 'X':
		digits = f.integer(digits, uint64(n), 16)
		if f.hash && n != 0 {
			prefix = "0x"
		}
		if f.Verb == 'X' {
			upper(digits)
			if prefix != "" {
				prefix = "0X"
			}
		}
	default:
		digits = f.integer(digits, uint64(n), 10)
	}
	return f.put(dst, prefix, digits, f.Precision < 0)
}

// integer writes at least as many digits as the precision says.
func (f *Spec) integer(dst []byte, n uint64, base int) []byte {
	if n == 0 && f.Precision == 0 {
		return dst
	}
	var room [64]byte
	digits := strconv.AppendUint(room[:0], n, base)
	return append(fill(dst, '0', f.Precision-len(digits)), digits...)
}

func upper(text []byte) {
	for i, b := range text {
		if b >= 'a' && b <= 'z' {
			text[i] = b - ('a' - 'A')
		}
	}
}

// AppendFloat writes n for %e, %f, %g, %a and their upper case forms.
func (f *Spec) AppendFloat(dst []byte, n float64) []byte {
	var room [128]byte
	digits := room[:0]
	prefix := f.sign(math.Signbit(n)) // that of a NaN too, as C has it
	n = math.Abs(n)
	finite := false
	switch {
	case math.IsNaN(n):
		digits = append(digits, "nan"...)
	case math.IsInf(n, 0):
		digits = append(digits, "inf"...)
	default:
		finite = true
		digits, prefix = f.finite(digits, n, prefix)
	}
	if f.Verb < 'a' { // an upper case letter
		upper(digits)
		if len(prefix) > 1 {
			prefix = prefix[:len(prefix)-1] + "X"
		}
	}
	return f.put(dst, prefix, digits, finite)
}

// finite writes n, which is not negative, and gives what stands before its digits.
func (f *Spec) finite(dst []byte, n float64, prefix string) ([]byte, string) {
	precision := f.Precision
	if precision < 0 {
		precision = 6
	}
	switch f.Verb {
	case 'a', 'A':
		return f.hexadecimal(dst, n), prefix + "0x"
	case 'g', 'G':
		return f.general(dst, n, max(precision, 1)), prefix
	case 'f':
		dst = strconv.AppendFloat(dst, n, 'f', precision, 64)
		if f.hash && precision == 0 {
			dst = append(dst, '.')
		}
	default:
		dst = strconv.AppendFloat(dst, n, 'e', precision, 64)
		if f.hash && precision == 0 {
			dst = insertPoint(dst, 1)
		}
	}
	return dst, prefix
}

// general is %g: the shorter of %e and %f. With # it keeps the zeros at its end.
func (f *Spec) general(dst []byte, n float64, precision int) []byte {
	if !f.hash {
		return strconv.AppendFloat(dst, n, 'g', precision, 64)
	}
	var room [128]byte
	digits := strconv.AppendFloat(room[:0], n, 'e', precision-1, 64)
	at := len(digits) - 1
	for digits[at] != 'e' {
		at--
	}
	exponent, err := strconv.Atoi(string(digits[at+1:]))
	if err != nil || exponent < -4 || exponent >= precision {
		if precision == 1 {
			digits = insertPoint(digits, 1)
		}
		return append(dst, digits...)
	}
	dst = strconv.AppendFloat(dst, n, 'f', precision-1-exponent, 64)
	if exponent == precision-1 {
		dst = append(dst, '.')
	}
	return dst
}

// hexadecimal is %a without its 0x: Go writes exponents with two digits, C with one.
func (f *Spec) hexadecimal(dst []byte, n float64) []byte {
	var room [128]byte
	text := strconv.AppendFloat(room[:0], n, 'x', f.Precision, 64)[len("0x"):]
	if f.hash && text[1] != '.' {
		text = insertPoint(text, 1)
	}
	if at := len(text) - 2; text[at] == '0' && (text[at-1] == '+' || text[at-1] == '-') {
		text = append(text[:at], text[at+1:]...)
	}
	return append(dst, text...)
}

func insertPoint(text []byte, at int) []byte {
	text = append(text, 0)
	copy(text[at+1:], text[at:])
	text[at] = '.'
	return text
}

// AppendNumber writes n as tostring does: with 14 digits, as Lua 5.1, except that a whole number below 2^63
// has all its digits.
func AppendNumber(dst []byte, n float64) []byte {
	switch whole := int64(n); {
	case n == 0 && math.Signbit(n):
		return append(dst, "-0"...)
	case float64(whole) == n && n < 1<<63:
		return strconv.AppendInt(dst, whole, 10)
	case math.IsNaN(n) && math.Signbit(n):
		return append(dst, "-nan"...) // 0/0 on most processors
	case math.IsNaN(n):
		return append(dst, "nan"...)
	case math.IsInf(n, 1):
		return append(dst, "inf"...)
	case math.IsInf(n, -1):
		return append(dst, "-inf"...)
	}
	return strconv.AppendFloat(dst, n, 'g', 14, 64)
}

// Number is n as text, see [AppendNumber].
func Number(n float64) string {
	if whole := int64(n); float64(whole) == n && whole >= 0 && whole < 100 && !math.Signbit(n) {
		return strconv.Itoa(int(whole)) // takes no memory
	}
	var room [32]byte
	return string(AppendNumber(room[:0], n))
}
