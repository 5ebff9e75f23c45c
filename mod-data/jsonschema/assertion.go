package jsonschema

import (
	"encoding/json"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"assay.rs/core/nearest"
)

// assertions are the keywords that hold no schema.
const assertions = "type enum const multipleOf maximum exclusiveMaximum minimum exclusiveMinimum maxLength minLength pattern format " +
	"maxItems minItems uniqueItems maxContains minContains maxProperties minProperties required dependentRequired"

// assertion reads a keyword that holds no schema. known is false when it is none.
func (n *node) assertion(k string, v any, at string) (known bool, err error) {
	switch k {
	case "type":
		n.types, err = readTypes(v, at)
	case "enum":
		list, ok := v.([]any)
		if !ok || len(list) == 0 {
			return true, fail(at, "must be a list of values that is not empty, not %s", kindOf(v))
		}
		texts := make([]string, len(list))
		for i, e := range list {
			n.enum = append(n.enum, canonical(e))
			texts[i] = canonical(e)
		}
		n.enumText = strings.Join(texts, ", ")
	case "const":
		text := canonical(v)
		n.constant = &text
	case "multipleOf", "maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum":
		err = n.bound(k, v, at)
	case "maxLength", "minLength", "maxItems", "minItems", "maxContains", "minContains", "maxProperties", "minProperties":
		err = n.count(k, v, at)
	case "uniqueItems":
		is, ok := v.(bool)
		if n.uniqueItems = is; !ok {
			err = fail(at, "must be true or false, not %s", kindOf(v))
		}
	case "pattern":
		text, ok := v.(string)
		if !ok {
			return true, fail(at, "must be a regular expression, not %s", kindOf(v))
		}
		n.pattern, err = compilePattern(text, at)
	case "format":
		err = n.readFormat(v, at)
	case "required":
		n.required, err = readNames(v, at)
	case "dependentRequired":
		m, ok := v.(map[string]any)
		if !ok {
			return true, fail(at, "must be an object of lists, not %s", kindOf(v))
		}
		n.dependentRequired = map[string][]string{}
		for name, list := range m {
			if n.dependentRequired[name], err = readNames(list, at); err != nil {
				return true, err
			}
		}
	default:
		return false, nil
	}
	return true, err
}

func readTypes(v any, at string) ([]string, error) {
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	known := []string{"null", "boolean", "object", "array", "number", "integer", "string"}
	var types []string
	for _, e := range list {
		s, _ := e.(string)
		if !slices.Contains(known, s) {
			hint := nearest.Hint(s, known)
			if hint == "" {
				hint = "known are " + strings.Join(known, ", ")
			}
			return nil, fail(at, "%s is no type: %s", canonical(e), hint)
		}
		types = append(types, s)
	}
	if len(types) == 0 {
		return nil, fail(at, "is empty: nothing could pass")
	}
	return types, nil
}

func readNames(v any, at string) ([]string, error) {
	list, ok := v.([]any)
	if !ok {
		return nil, fail(at, "must be a list of names, not %s", kindOf(v))
	}
	var names []string
	for _, e := range list {
		s, ok := e.(string)
		if !ok {
			return nil, fail(at, "must be a list of names, not of %s", kindOf(e))
		}
		names = append(names, s)
	}
	return names, nil
}

func (n *node) bound(k string, v any, at string) error {
	number, ok := v.(json.Number)
	exact := rational(number)
	if !ok || exact == nil {
		return fail(at, "must be a number, not %s", kindOf(v))
	}
	switch k {
	case "multipleOf":
		if exact.Sign() <= 0 {
			return fail(at, "must be more than 0")
		}
		n.multipleOf = exact
	case "maximum":
		n.maximum = exact
	case "exclusiveMaximum":
		n.exclusiveMaximum = exact
	case "minimum":
		n.minimum = exact
	default:
		n.exclusiveMinimum = exact
	}
	return nil
}

func (n *node) count(k string, v any, at string) error {
	number, ok := v.(json.Number)
	exact := rational(number)
	if !ok || exact == nil || !exact.IsInt() || exact.Sign() < 0 || !exact.Num().IsInt64() {
		return fail(at, "must be a whole number from 0")
	}
	into := map[string]*int{
		"maxLength": &n.maxLength, "minLength": &n.minLength, "maxItems": &n.maxItems, "minItems": &n.minItems,
		"maxContains": &n.maxContains, "minContains": &n.minContains, "maxProperties": &n.maxProperties, "minProperties": &n.minProperties,
	}
	*into[k] = int(exact.Num().Int64())
	return nil
}

// maxExponent bounds what a number of any length becomes as a fraction.
const maxExponent = 400

// rational is a number without rounding; nil for one whose exponent is too large.
func rational(number json.Number) *big.Rat {
	text := string(number)
	if i := strings.IndexAny(text, "eE"); i >= 0 {
		if e, err := strconv.Atoi(text[i+1:]); err != nil || e > maxExponent || e < -maxExponent {
			return nil
		}
	}
	exact, ok := new(big.Rat).SetString(text)
	if !ok {
		return nil
	}
	return exact
}

func isInteger(number json.Number) bool {
	exact := rational(number)
	return exact != nil && exact.IsInt()
}

// canonical is the same text for values that are equal as JSON.
func canonical(v any) string {
	return string(appendCanonical(nil, v))
}

func appendCanonical(b []byte, v any) []byte {
	switch v := v.(type) {
	case json.Number:
		exact := rational(v)
		if exact == nil {
			return append(b, v...)
		}
		if exact.IsInt() {
			return exact.Num().Append(b, 10)
		}
		if f, err := v.Float64(); err == nil && new(big.Rat).SetFloat64(f) != nil {
			if short := strconv.FormatFloat(f, 'g', -1, 64); rational(json.Number(short)).Cmp(exact) == 0 {
				return append(b, short...)
			}
		}
		return append(b, exact.RatString()...)
	case []any:
		b = append(b, '[')
		for i, e := range v {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendCanonical(b, e)
		}
		return append(b, ']')
	case map[string]any:
		b = append(b, '{')
		for i, k := range sortedKeys(v) {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(appendCanonical(b, k), ':')
			b = appendCanonical(b, v[k])
		}
		return append(b, '}')
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return b // of a decoded value there is nothing else
	}
	return append(b, raw...)
}
