package check

import (
	"math/big"
	"strconv"
	"strings"

	"assay.rs/mod-data/yaml"
)

// decimal is a number of a check file without rounding.
type decimal struct {
	text  string // as it is written
	exact *big.Rat
}

func (d *decimal) String() string { return d.text }

// maxExponent bounds what a decimal of any length becomes as a fraction.
const maxExponent = 400

// decimalOf is a value as a number, or nil. text is how it is written, if that is known: it has more digits than a
// float. Databases give decimals as text; a float is the shortest decimal that reads as it.
func decimalOf(v any, text string) *decimal {
	switch v := v.(type) {
	case int:
		return parseDecimal(strconv.Itoa(v))
	case int64:
		return parseDecimal(strconv.FormatInt(v, 10))
	case uint64:
		return parseDecimal(strconv.FormatUint(v, 10))
	case *big.Int:
		return parseDecimal(v.String())
	case float64:
		if d := parseDecimal(text); d != nil {
			return d
		}
		return parseDecimal(strconv.FormatFloat(v, 'g', -1, 64))
	case string:
		return parseDecimal(v)
	}
	return nil
}

// parseDecimal reads digits with a point and an exponent; NaN, infinities, fractions and other bases are no decimals.
func parseDecimal(text string) *decimal {
	text = strings.TrimSpace(text)
	if text == "" || strings.Trim(text, "0123456789+-.eE") != "" {
		return nil
	}
	if i := strings.IndexAny(text, "eE"); i >= 0 {
		if n, err := strconv.Atoi(text[i+1:]); err != nil || n > maxExponent || n < -maxExponent {
			return nil
		}
	}
	exact, ok := new(big.Rat).SetString(text)
	if !ok {
		return nil
	}
	return &decimal{text, exact}
}

// decimalValue reads a number and keeps all its digits.
func decimalValue(into **decimal) Value {
	var rounded *float64
	number := Number(&rounded)
	return Value{number.schema, func(r *Reader, n *yaml.Node) {
		before := r.problems.Len()
		if number.read(r, n); r.problems.Len() > before {
			return
		}
		v, ok := r.resolved(n)
		if !ok {
			return
		}
		if *into = decimalOf(v.Value, v.Text); *into == nil {
			r.Fail(n, "must be a number of at most %d digits before or behind the point, not %s", maxExponent, describe(v))
		}
	}}
}
