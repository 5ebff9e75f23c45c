package check

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"assay.rs/core/nearest"
	"assay.rs/mod-data/yaml"
)

// resolved gives a scalar after substitution: "${LIMIT}" in the place of a number is one.
// ok is false when a problem was noted.
func (r *Reader) resolved(n *yaml.Node) (*yaml.Node, bool) {
	s, isString := n.Value.(string)
	if n.Kind != yaml.String || !isString || !strings.Contains(s, "${") {
		return n, true
	}
	text, ok := r.static(n, s)
	if !ok {
		return nil, false
	}
	kind, value := yaml.Resolve(text)
	return &yaml.Node{Kind: kind, Value: value, Text: text, Line: n.Line, Col: n.Col}, true
}

// Text reads a string in which ${} stands for values, captures included.
func Text(into *Template) Value {
	return Value{func() schema { return schema{"type": "string"} }, func(r *Reader, n *yaml.Node) {
		s, ok := stringOf(n)
		if !ok {
			r.Fail(n, "must be a string, not %s", describe(n))
			return
		}
		if t, ok := r.template(n, s); ok {
			*into = t
		}
	}}
}

// Word reads a string that is known before anything runs; ${} stands for values, but not for captures.
func Word(into *string) Value {
	return Value{func() schema { return schema{"type": "string", "minLength": 1} }, func(r *Reader, n *yaml.Node) {
		s, ok := r.someText(n)
		if !ok {
			return
		}
		if text, ok := r.static(n, s); ok {
			*into = text
		}
	}}
}

// Verbatim reads a string in which ${} means nothing, as the source of a script.
func Verbatim(into *string) Value {
	return Value{func() schema { return schema{"type": "string", "minLength": 1} }, func(r *Reader, n *yaml.Node) {
		if s, ok := r.someText(n); ok {
			*into = s
		}
	}}
}

// someText is a string that says something.
func (r *Reader) someText(n *yaml.Node) (string, bool) {
	s, ok := stringOf(n)
	switch {
	case !ok:
		r.Fail(n, "must be a string, not %s", describe(n))
	case strings.TrimSpace(s) == "":
		r.Fail(n, "must not be empty")
		return "", false
	}
	return s, ok
}

func stringOf(n *yaml.Node) (string, bool) {
	s, ok := n.Value.(string)
	return s, ok && n.Kind == yaml.String
}

// scalarText is a string, number or boolean as text: header values and env need no quotes. A number is as it is written.
func scalarText(n *yaml.Node) (string, bool) {
	switch n.Kind {
	case yaml.String:
		return n.Value.(string), true
	case yaml.Bool, yaml.Int, yaml.Float:
		if n.Text != "" {
			return n.Text, true
		}
		return plainText(n.Value)
	default:
		return "", false
	}
}

// Flag reads true or false.
func Flag(into *bool) Value {
	return Value{func() schema { return substitutable(schema{"type": "boolean"}) }, func(r *Reader, n *yaml.Node) {
		v, ok := r.resolved(n)
		if !ok {
			return
		}
		if v.Kind != yaml.Bool {
			r.Fail(n, "must be true or false, not %s", describe(v))
			return
		}
		*into = v.Value.(bool)
	}}
}

// Int reads a whole number in a range.
func Int(into *int, least, most int) Value {
	return Value{func() schema { return substitutable(schema{"type": "integer", "minimum": least, "maximum": most}) }, func(r *Reader, n *yaml.Node) {
		v, ok := r.resolved(n)
		if !ok {
			return
		}
		i, isInt := v.Value.(int)
		if v.Kind != yaml.Int || !isInt {
			r.Fail(n, "must be a whole number, not %s", describe(v))
			return
		}
		if i < least || i > most {
			r.Fail(n, "must be between %d and %d, not %d", least, most, i)
			return
		}
		*into = i
	}}
}

// Number reads a finite number.
func Number(into **float64) Value {
	return Value{func() schema { return substitutable(schema{"type": "number"}) }, func(r *Reader, n *yaml.Node) {
		v, ok := r.resolved(n)
		if !ok {
			return
		}
		f, isNumber := floatOf(v)
		if !isNumber {
			r.Fail(n, "must be a number, not %s", describe(v))
			return
		}
		if math.IsNaN(f) || math.IsInf(f, 0) {
			r.Fail(n, "must be a finite number, not %v", f)
			return
		}
		*into = &f
	}}
}

func floatOf(n *yaml.Node) (float64, bool) {
	switch v := n.Value.(type) {
	case int:
		return float64(v), n.Kind == yaml.Int
	case float64:
		return v, n.Kind == yaml.Float
	case fmt.Stringer: // *big.Int
		f, err := strconv.ParseFloat(v.String(), 64)
		return f, err == nil && n.Kind == yaml.Int
	}
	return 0, false
}

// durationPattern is what a JSON Schema says of a duration; ParseDuration is what decides.
const durationPattern = `^([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h|d)(([0-9]+(\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h|d))*$|^0$|\$\{`

// Duration reads a time such as 500ms, 1m30s or 2d. Negative ones are refused, and zero unless it is allowed.
func Duration(into *time.Duration, zero bool) Value {
	return Value{func() schema {
		return schema{"anyOf": []any{schema{"type": "string", "pattern": durationPattern}, schema{"const": 0}}}
	}, func(r *Reader, n *yaml.Node) {
		v, ok := r.resolved(n)
		if !ok {
			return
		}
		if v.Kind == yaml.Int && v.Value == 0 {
			v = &yaml.Node{Kind: yaml.String, Value: "0s"}
		}
		s, isString := stringOf(v)
		if !isString {
			r.Fail(n, "must be a duration such as 30s or 1m30s, not %s%s", describe(v), durationHint(v))
			return
		}
		d, err := ParseDuration(s)
		switch {
		case err != nil:
			r.Fail(n, "must be a duration such as 30s or 1m30s, not %s", describe(v))
		case d < 0 || d == 0 && !zero:
			r.Fail(n, "must be longer than zero, not %s", s)
		default:
			*into = d
		}
	}}
}

func durationHint(n *yaml.Node) string {
	if n.Kind == yaml.Int {
		return fmt.Sprintf(": did you mean '%vs'?", n.Value)
	}
	return ""
}

// ParseDuration reads what time.ParseDuration reads and days: "2d", "1d12h". A day has 24 hours.
func ParseDuration(s string) (time.Duration, error) {
	days, rest, found := strings.Cut(s, "d")
	if !found {
		return time.ParseDuration(s)
	}
	n, err := strconv.ParseFloat(days, 64)
	if err != nil || strings.ContainsAny(days, "xXpPeE_nN") || math.Abs(n) > 36500 {
		return 0, fmt.Errorf("invalid duration %q", s)
	}
	d := time.Duration(n * float64(24*time.Hour))
	if rest == "" {
		return d, nil
	}
	more, err := time.ParseDuration(rest)
	if err != nil || strings.HasPrefix(rest, "-") || strings.HasPrefix(rest, "+") {
		return 0, fmt.Errorf("invalid duration %q", s)
	}
	return d + more, nil
}

// Choice reads one of the words.
func Choice[T ~string](into *T, words ...T) Value {
	return Value{func() schema { return schema{"enum": words} }, func(r *Reader, n *yaml.Node) {
		v, ok := r.resolved(n)
		if !ok {
			return
		}
		s, _ := stringOf(v)
		if slices.Contains(words, T(s)) {
			*into = T(s)
			return
		}
		names := make([]string, len(words))
		for i, w := range words {
			names[i] = string(w)
		}
		if hint := nearest.Hint(s, names); s != "" && hint != "" {
			r.Fail(n, "must be %s, not %s: %s", strings.Join(names, ", "), describe(v), hint)
			return
		}
		r.Fail(n, "must be one of %s, not %s", strings.Join(names, ", "), describe(v))
	}}
}

// substitutable lets a schema accept "${x}" as well.
func substitutable(s schema) schema {
	return schema{"anyOf": []any{s, schema{"type": "string", "pattern": `\$\{`}}}
}
