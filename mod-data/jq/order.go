package jq

import (
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/itchyny/gojq"
)

// ComparisonError is an ordering comparison of values that have no common order, or the length of nothing.
type ComparisonError struct{ Message string }

func (e *ComparisonError) Error() string { return e.Message }

// order is what an ordering operator of a strict expression does. texts are its operands as they are written.
func (w *watch) order(args []any) any {
	l, r, op := args[0], args[1], gojq.Operator(args[2].(int))
	if err := w.operands(op, l, r); err != nil {
		return err
	}
	if message := unordered(l, r, args[3].(string), args[4].(string)); message != "" {
		if w.breach == nil {
			w.breach = &ComparisonError{message}
		}
		return w.breach
	}
	c := gojq.Compare(l, r)
	switch op {
	case gojq.OpGt:
		return c > 0
	case gojq.OpLt:
		return c < 0
	case gojq.OpGe:
		return c >= 0
	default:
		return c <= 0
	}
}

// some refuses null where jq gives it the length 0.
func (w *watch) some(v any) any {
	if v != nil {
		return v
	}
	if w.breach == nil {
		w.breach = &ComparisonError{"takes the length of null: what it is of is missing; where it may be, write (... // [])"}
	}
	return w.breach
}

// truth refuses what is neither a boolean nor null where jq takes everything else for true, the text "false" as well.
func (w *watch) truth(v any, said string) any {
	switch v.(type) {
	case nil, bool:
		return v
	}
	if w.breach == nil {
		w.breach = &ComparisonError{fmt.Sprintf("takes %s for true: %s is no boolean; to ask whether there is one, write %s != null", kind(v), said, said)}
	}
	return w.breach
}

// spoken gives v, unless it is a text that says false: a condition takes each text for true.
func (w *watch) spoken(v any) any {
	text, isText := v.(string)
	if !isText || !slices.Contains([]string{"false", "no", "off", "0"}, strings.ToLower(strings.TrimSpace(text))) {
		return v
	}
	if w.breach == nil {
		w.breach = &ComparisonError{fmt.Sprintf("takes the text %q for true: compare it, as in .x == %q", text, "true")}
	}
	return w.breach
}

// unordered says why two values have no order, or nothing.
func unordered(l, r any, left, right string) string {
	if kind(l) != kind(r) {
		what := fmt.Sprintf("compares %s with %s", kind(l), kind(r))
		if kind(l) == "a list" || kind(l) == "a map" {
			return what + ": " + left + " is " + kind(l)
		}
		for _, side := range []struct {
			v    any
			text string
		}{{l, left}, {r, right}} {
			switch v := side.v.(type) {
			case nil:
				return what + ": " + side.text + " is missing"
			case string:
				if !strings.HasPrefix(side.text, `"`) {
					return fmt.Sprintf("%s: %s is %q; to compare the number in it, write (%s | tonumber)", what, side.text, clip(v), side.text)
				}
			}
		}
		return what
	}
	switch l := l.(type) {
	case []any:
		// Lists are compared item by item, up to the first two that differ.
		r := r.([]any)
		for i := range min(len(l), len(r)) {
			at := "[" + strconv.Itoa(i) + "]"
			if message := unordered(l[i], r[i], left+at, right+at); message != "" {
				return message
			}
			if gojq.Compare(l[i], r[i]) != 0 {
				return ""
			}
		}
	case map[string]any:
		r := r.(map[string]any)
		for _, k := range sortedKeys(l) {
			if _, both := r[k]; !both {
				return ""
			}
			if message := unordered(l[k], r[k], left+"."+k, right+"."+k); message != "" {
				return message
			}
		}
	default:
		for text, v := range map[string]any{left: l, right: r} {
			if f, ok := v.(float64); ok && math.IsNaN(f) {
				return "compares NaN: " + text + " is not a number"
			}
		}
	}
	return ""
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func kind(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case bool:
		return "a boolean"
	case int, float64, *big.Int, json.Number:
		return "a number"
	case string:
		return "a string"
	case []any:
		return "a list"
	default:
		return "a map"
	}
}

func clip(s string) string {
	const limit = 60
	if runes := []rune(s); len(runes) > limit {
		return string(runes[:limit]) + "…"
	}
	return s
}
