package prelude

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"assay.rs/core"
)

// Bounds on the text of one value.
const (
	maxRendered = 400 // bytes of all
	maxQuoted   = 200 // bytes of a string
	maxNesting  = 20
)

// render is v as a person writes it in Lua, on one line and of bounded length: keys sorted, strings
// quoted, a table inside itself as <cycle>.
func render(c core.Call, v core.Value) string {
	r := renderer{call: c, open: make(map[core.Table]bool)}
	r.value(v)
	if r.full() {
		return cut(r.out.String(), maxRendered) + "..."
	}
	return r.out.String()
}

type renderer struct {
	call core.Call
	out  strings.Builder
	open map[core.Table]bool // the tables around the place
}

func (r *renderer) full() bool { return r.out.Len() > maxRendered }

func (r *renderer) value(v core.Value) {
	switch v.Kind() {
	case core.KindNil:
		r.out.WriteString("nil")
	case core.KindBool:
		r.out.WriteString(strconv.FormatBool(v.Bool()))
	case core.KindNumber:
		n, _ := v.Number()
		r.out.WriteString(number(n))
	case core.KindString:
		s, _ := v.Text()
		r.out.WriteString(quote(s))
	case core.KindError:
		s, _ := v.Text()
		r.out.WriteString("error " + quote(s))
	case core.KindTable:
		t, _ := v.Table()
		r.table(t)
	case core.KindNull:
		r.out.WriteString("json.null")
	case core.KindFunction, core.KindThread:
		r.out.WriteString(v.TypeName())
	default:
		r.out.WriteString(r.call.ToString(v))
	}
}

func (r *renderer) table(t core.Table) {
	switch {
	case r.open[t]:
		r.out.WriteString("<cycle>")
		return
	case len(r.open) >= maxNesting:
		r.out.WriteString("{...}")
		return
	}
	r.open[t] = true
	defer delete(r.open, t)
	r.out.WriteByte('{')
	separator := ""
	n := t.Len()
	for i := 1; i <= n && !r.full(); i++ {
		r.out.WriteString(separator)
		r.value(t.At(i))
		separator = ", "
	}
	for _, k := range keysBeyond(t, n) {
		if r.full() {
			break
		}
		r.out.WriteString(separator)
		r.key(k)
		r.out.WriteString(" = ")
		r.value(t.GetAt(k))
		separator = ", "
	}
	r.out.WriteByte('}')
}

func (r *renderer) key(k core.Value) {
	if s, ok := k.Text(); ok && k.Kind() == core.KindString && isName(s) {
		r.out.WriteString(s)
		return
	}
	r.out.WriteByte('[')
	r.value(k)
	r.out.WriteByte(']')
}

// number is n so that numbers that differ look different.
func number(n float64) string {
	switch {
	case math.IsNaN(n):
		return "nan"
	case math.IsInf(n, 1):
		return "inf"
	case math.IsInf(n, -1):
		return "-inf"
	case n == math.Trunc(n) && math.Abs(n) < 1<<63:
		return strconv.FormatFloat(n, 'f', -1, 64)
	}
	// As Lua writes it, with as many more digits as it takes to be n and no neighbour.
	for digits := 14; ; digits++ {
		text := strconv.FormatFloat(n, 'g', digits, 64)
		if read, err := strconv.ParseFloat(text, 64); err == nil && read == n || digits >= 17 {
			return text
		}
	}
}

// quote is s between quotes, with a note of its length where it had to be cut.
func quote(s string) string {
	if len(s) <= maxQuoted {
		return strconv.Quote(s)
	}
	return fmt.Sprintf("%s... (%d bytes)", strconv.Quote(cut(s, maxQuoted)), len(s))
}

// cut is the first n bytes of s, or less so that no character is broken.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for i := n; i > n-utf8.UTFMax; i-- {
		if utf8.RuneStart(s[i]) {
			return s[:i]
		}
	}
	return s[:n]
}

// isName tells whether s can stand behind a dot in Lua.
func isName(s string) bool {
	for i, b := range []byte(s) {
		letter := b == '_' || 'a' <= b|0x20 && b|0x20 <= 'z'
		if !letter && (i == 0 || b < '0' || '9' < b) {
			return false
		}
	}
	return s != ""
}

// keysBeyond are the keys of t other than 1 to n: numbers, then strings, then booleans, each in order, then the rest.
func keysBeyond(t core.Table, n int) []core.Value {
	var keys []core.Value
	_ = t.Each(func(k, _ core.Value) error {
		if i, ok := k.Integer(); !ok || i < 1 || i > int64(n) {
			keys = append(keys, k)
		}
		return nil
	})
	slices.SortStableFunc(keys, compareKeys)
	return keys
}

func compareKeys(a, b core.Value) int {
	rankA, rankB := keyRank(a), keyRank(b)
	switch {
	case rankA != rankB:
		return rankA - rankB
	case rankA == 0:
		order, _ := compareNumbers(a, b)
		return order
	case rankA == 1:
		textA, _ := a.Text()
		textB, _ := b.Text()
		return strings.Compare(textA, textB)
	case rankA == 2 && a.Bool() != b.Bool():
		if b.Bool() {
			return -1
		}
		return 1
	default:
		return 0
	}
}

func keyRank(k core.Value) int {
	switch k.Kind() {
	case core.KindNumber, core.KindInt64:
		return 0
	case core.KindString:
		return 1
	case core.KindBool:
		return 2
	default:
		return 3
	}
}
