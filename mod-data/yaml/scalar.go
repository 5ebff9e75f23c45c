package yaml

import (
	"encoding/base64"
	"math"
	"math/big"
	"strconv"
	"strings"
)

// maxDigits bounds an integer: beyond, conversion is quadratic and nobody means a number.
const maxDigits = 1000

// Resolve returns what a plain scalar means in the core schema: Null, Bool, Int, Float or String with its
// Go value. It has no errors: what is nothing else is a string.
func Resolve(text string) (Kind, any) {
	switch text {
	case "", "~", "null", "Null", "NULL":
		return Null, nil
	case "true", "True", "TRUE":
		return Bool, true
	case "false", "False", "FALSE":
		return Bool, false
	case ".nan", ".NaN", ".NAN":
		return Float, math.NaN()
	case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF":
		return Float, math.Inf(1)
	case "-.inf", "-.Inf", "-.INF":
		return Float, math.Inf(-1)
	}
	if c := text[0]; c != '-' && c != '+' && c != '.' && (c < '0' || c > '9') {
		return String, text
	}
	return resolveNumber(text)
}

func resolveNumber(text string) (Kind, any) {
	if len(text) > maxDigits {
		return String, text
	}
	unsigned := strings.TrimPrefix(strings.TrimPrefix(text, "-"), "+")
	if len(text)-len(unsigned) > 1 {
		return String, text
	}
	switch {
	case only(unsigned, "0123456789"):
		return Int, integer(text, 10)
	case strings.HasPrefix(text, "0o") && only(text[2:], "01234567"):
		return Int, integer(text[2:], 8)
	case strings.HasPrefix(text, "0x") && only(text[2:], "0123456789abcdefABCDEF"):
		return Int, integer(text[2:], 16)
	case isFloat(unsigned):
		// The only error left is a value out of range, which is an infinity, as IEEE 754 says.
		f, _ := strconv.ParseFloat(text, 64)
		return Float, f
	}
	return String, text
}

// only tells whether s is made of the given characters, of which there must be one.
func only(s, chars string) bool { return s != "" && strings.Trim(s, chars) == "" }

// isFloat tells whether s, which has no sign, is a float of the core schema (YAML 1.2.2 chapter 10.3.2):
// digits with a point before, among or behind them or none, and an exponent or none.
func isFloat(s string) bool {
	const digits = "0123456789"
	mantissa, exponent := s, "0"
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		mantissa, exponent = s[:i], s[i+1:]
		if exponent != "" && (exponent[0] == '-' || exponent[0] == '+') {
			exponent = exponent[1:]
		}
	}
	whole, fraction, point := strings.Cut(mantissa, ".")
	switch {
	case !only(exponent, digits):
		return false
	case whole == "":
		return point && only(fraction, digits)
	}
	return only(whole, digits) && (fraction == "" || only(fraction, digits))
}

// integer returns an int, or a *big.Int when the digits exceed one.
func integer(digits string, base int) any {
	if i, err := strconv.ParseInt(digits, base, strconv.IntSize); err == nil {
		return int(i)
	}
	i, ok := new(big.Int).SetString(digits, base)
	if !ok {
		return 0 // unreachable: the caller matched the digits
	}
	return i
}

// resolveTagged gives the value of a scalar with an explicit tag; ok is false when the text does not fit it.
func resolveTagged(tag, text string) (kind Kind, value any, ok bool) {
	kind, value = Resolve(text)
	switch tag {
	case "!!str", "!!timestamp":
		return String, text, true
	case "!!null":
		return kind, value, kind == Null
	case "!!bool":
		return kind, value, kind == Bool
	case "!!int":
		return kind, value, kind == Int
	case "!!float":
		if kind == Int {
			f, _ := strconv.ParseFloat(text, 64)
			return Float, f, only(strings.TrimLeft(text, "+-"), "0123456789")
		}
		return kind, value, kind == Float
	case "!!binary":
		raw, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), ""))
		return String, string(raw), err == nil
	}
	return String, text, false
}
