package format

import (
	"math"
	"strconv"
	"strings"
)

// space is what may stand around a number.
const space = " \t\n\v\f\r"

// ParseNumber reads a number as tonumber does: decimal, or hexadecimal after 0x, with fraction and
// exponent. What is too large is infinite.
func ParseNumber(text string) (float64, bool) {
	s := strings.Trim(text, space)
	digits := unsigned(s)
	if len(digits) > 2 && digits[0] == '0' && digits[1]|0x20 == 'x' {
		return parseHexadecimal(s, digits[2:])
	}
	if digits != "" && len(digits) < 16 && onlyDecimal(digits) {
		return short(s, digits)
	}
	if !isFloat(digits, isDecimal, 'e') {
		return 0, false
	}
	n, _ := strconv.ParseFloat(s, 64) // its form is right, so it can only be too large
	return n, true
}

// short is the value of a few decimal digits.
func short(s, digits string) (float64, bool) {
	n := int64(0)
	for i := range len(digits) {
		n = n*10 + int64(digits[i]-'0')
	}
	if s != digits && s[0] == '-' {
		return -float64(n), true // -0 too
	}
	return float64(n), true
}

// unsigned is s without its sign.
func unsigned(s string) string {
	if s != "" && (s[0] == '-' || s[0] == '+') {
		return s[1:]
	}
	return s
}

func parseHexadecimal(s, digits string) (float64, bool) {
	if !isFloat(digits, isHexadecimal, 'p') {
		return 0, false
	}
	if strings.IndexByte(digits, 'p') < 0 && strings.IndexByte(digits, 'P') < 0 {
		s += "p0" // which Go wants and Lua does not
	}
	n, _ := strconv.ParseFloat(s, 64) // its form is right, so it can only be too large
	return n, true
}

func isDecimal(b byte) bool     { return b >= '0' && b <= '9' }
func isHexadecimal(b byte) bool { return isDecimal(b) || b|0x20 >= 'a' && b|0x20 <= 'f' }

func onlyDecimal(s string) bool { return span(s, isDecimal) == len(s) }

// span is how many bytes at the begin of s are digits.
func span(s string, isDigit func(byte) bool) int {
	n := 0
	for n < len(s) && isDigit(s[n]) {
		n++
	}
	return n
}

// isFloat tells whether s is digits with at most one point, and an exponent in decimal.
func isFloat(s string, isDigit func(byte) bool, exponent byte) bool {
	n := span(s, isDigit)
	whole := n
	s = s[n:]
	if strings.HasPrefix(s, ".") {
		n = span(s[1:], isDigit)
		whole += n
		s = s[1+n:]
	}
	if whole == 0 {
		return false
	}
	if s == "" {
		return true
	}
	power := unsigned(s[1:])
	return s[0]|0x20 == exponent && power != "" && onlyDecimal(power)
}

// ParseInteger reads a whole number in a base from 2 to 36, as tonumber does with one.
func ParseInteger(text string, base int) (float64, bool) {
	s := strings.Trim(text, space)
	digits := unsigned(s)
	negative := s != digits && s[0] == '-'
	if base == 16 && len(digits) > 2 && digits[0] == '0' && digits[1]|0x20 == 'x' {
		digits = digits[2:]
	}
	if digits == "" {
		return 0, false
	}
	n := 0.0
	for i := range len(digits) {
		digit := digitValue(digits[i])
		if digit >= base {
			return 0, false
		}
		n = n*float64(base) + float64(digit)
	}
	if negative {
		n = -n
	}
	return n, true
}

// digitValue is the value of a digit, and more than any base when it is none.
func digitValue(b byte) int {
	switch {
	case isDecimal(b):
		return int(b - '0')
	case b|0x20 >= 'a' && b|0x20 <= 'z':
		return int(b|0x20-'a') + 10
	}
	return math.MaxInt
}
