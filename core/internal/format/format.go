// Package format writes values as Lua's string.format does, and turns numbers into text and back, without
// a Lua state.
//
// [Next] cuts a format into its conversions, each a [Spec]; the Append functions write one value by one
// Spec, byte for byte as C's printf would. [AppendNumber] and [ParseNumber] are what tostring and tonumber
// do with numbers.
package format

import (
	"errors"
	"fmt"
	"strings"
)

// Spec is one conversion of a format, such as %-5.1f.
type Spec struct {
	Verb      byte // 0 when there is none
	Width     int
	Precision int // -1 when there is none

	minus, plus, space, hash, zero bool
}

// Errors of formats, worded as Lua words them.
var (
	errFlags   = errors.New("invalid format (repeated flags)")
	errPointer = errors.New("invalid conversion '%p' to 'format': values have no addresses here; tostring tells tables and functions apart")
	errWidth   = errors.New("invalid format (width or precision too long)")
)

const verbs = "diuoxXcsqeEfgGaA"

// Next gives the text before the first conversion of a format, the conversion, and what is behind it. A %%
// ends the text as one %, and the Verb is 0 then. A conversion that Lua does not know is an error.
func Next(format string) (text string, spec Spec, rest string, err error) {
	at := strings.IndexByte(format, '%')
	if at < 0 {
		return format, Spec{}, "", nil
	}
	text, rest = format[:at], format[at+1:]
	if strings.HasPrefix(rest, "%") {
		return format[:at+1], Spec{}, rest[1:], nil
	}
	spec, n, err := parse(rest)
	if err != nil {
		return "", Spec{}, "", err
	}
	return text, spec, rest[n:], nil
}

// parse reads what is behind a %, and how long it is.
func parse(s string) (spec Spec, n int, err error) {
	for ; n < len(s); n++ {
		switch s[n] {
		case '-':
			spec.minus = true
			continue
		case '+':
			spec.plus = true
			continue
		case ' ':
			spec.space = true
			continue
		case '#':
			spec.hash = true
			continue
		case '0':
			spec.zero = true
			continue
		}
		break
	}
	if n > 5 {
		return Spec{}, 0, errFlags
	}
	spec.Precision = -1
	spec.Width, n = twoDigits(s, n)
	if n < len(s) && s[n] == '.' {
		spec.Precision, n = twoDigits(s, n+1)
	}
	switch {
	case n == len(s):
		return Spec{}, 0, fmt.Errorf("invalid conversion '%%%s' to 'format'", s)
	case s[n] >= '0' && s[n] <= '9':
		return Spec{}, 0, errWidth
	case s[n] == 'p':
		return Spec{}, 0, errPointer
	case strings.IndexByte(verbs, s[n]) < 0:
		return Spec{}, 0, fmt.Errorf("invalid conversion '%%%s' to 'format'", s[:n+1])
	}
	spec.Verb = s[n]
	return spec, n + 1, nil
}

// twoDigits reads a number of at most two digits at s[n:], 0 when there is none.
func twoDigits(s string, n int) (value, end int) {
	for end = n; end < len(s) && end < n+2 && s[end] >= '0' && s[end] <= '9'; end++ {
		value = value*10 + int(s[end]-'0')
	}
	return value, end
}

// AppendText writes s for %s and %c.
func (f *Spec) AppendText(dst []byte, s string) []byte {
	if f.Verb == 's' && f.Precision >= 0 && f.Precision < len(s) {
		s = s[:f.Precision]
	}
	if f.Width <= len(s) {
		return append(dst, s...)
	}
	if f.minus {
		dst = append(dst, s...)
		return fill(dst, ' ', f.Width-len(s))
	}
	dst = fill(dst, ' ', f.Width-len(s))
	return append(dst, s...)
}

// AppendQuoted writes s for %q: as a string that the Lua parser reads back.
func AppendQuoted(dst []byte, s string) []byte {
	dst = append(dst, '"')
	for i := range len(s) {
		switch b := s[i]; b {
		case '"', '\\', '\n':
			dst = append(dst, '\\', b)
		case '\r':
			dst = append(dst, '\\', 'r')
		case 0:
			dst = append(dst, '\\', '0', '0', '0')
		default:
			dst = append(dst, b)
		}
	}
	return append(dst, '"')
}

func fill(dst []byte, b byte, n int) []byte {
	for range n {
		dst = append(dst, b)
	}
	return dst
}

// put writes a number: its sign or base, and its digits, filled to the width with zeros between them where
// the format asks for it and zeros are possible.
func (f *Spec) put(dst []byte, prefix string, digits []byte, zeros bool) []byte {
	missing := f.Width - len(prefix) - len(digits)
	switch {
	case missing <= 0:
		return append(append(dst, prefix...), digits...)
	case f.minus:
		dst = append(append(dst, prefix...), digits...)
		return fill(dst, ' ', missing)
	case f.zero && zeros:
		dst = fill(append(dst, prefix...), '0', missing)
		return append(dst, digits...)
	}
	dst = fill(dst, ' ', missing)
	return append(append(dst, prefix...), digits...)
}

// sign is what stands before a number.
func (f *Spec) sign(negative bool) string {
	switch {
	case negative:
		return "-"
	case f.plus:
		return "+"
	case f.space:
		return " "
	}
	return ""
}
