package core

import (
	"cmp"
	"sort"
	"strconv"
	"strings"

	"assay.rs/core/internal/literal"
)

// Bounds on the text of one value.
const (
	maxRendered = 400 // bytes of all
	maxNesting  = 20
)

// Render is v as a person writes it in Lua, on one line and of bounded length: keys sorted, strings
// quoted, a table inside itself as <cycle>. It needs the baton.
func (c Call) Render(v Value) string {
	r := renderer{call: c, open: make(map[Table]bool)}
	r.value(v)
	if r.full() {
		return literal.Cut(r.out.String(), maxRendered) + "..."
	}
	return r.out.String()
}

type renderer struct {
	call Call
	out  strings.Builder
	open map[Table]bool // the tables around the place
}

func (r *renderer) full() bool { return r.out.Len() > maxRendered }

func (r *renderer) value(v Value) {
	switch v.Kind() {
	case KindNil:
		r.out.WriteString("nil")
	case KindBool:
		r.out.WriteString(strconv.FormatBool(v.Bool()))
	case KindNumber:
		n, _ := v.Number()
		r.out.WriteString(literal.Number(n))
	case KindString:
		s, _ := v.Text()
		r.out.WriteString(literal.Quote(s))
	case KindError:
		s, _ := v.Text()
		r.out.WriteString("error " + literal.Quote(s))
	case KindTable:
		t, _ := v.Table()
		r.table(t)
	case KindNull:
		r.out.WriteString("json.null")
	case KindFunction, KindThread:
		r.out.WriteString(v.TypeName())
	default:
		r.out.WriteString(r.call.ToString(v))
	}
}

func (r *renderer) table(t Table) {
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
	for _, k := range t.KeysBeyond(n) {
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

func (r *renderer) key(k Value) {
	if s, ok := k.Text(); ok && k.Kind() == KindString && literal.IsName(s) {
		r.out.WriteString(s)
		return
	}
	r.out.WriteByte('[')
	r.value(k)
	r.out.WriteByte(']')
}

// KeysBeyond are the keys of t other than 1 to n: numbers, then strings, then booleans, each in order, then the rest.
func (t Table) KeysBeyond(n int) []Value {
	var keys []Value
	_ = t.Each(func(k, _ Value) error {
		if i, ok := k.Integer(); !ok || i < 1 || i > int64(n) {
			keys = append(keys, k)
		}
		return nil
	})
	sort.SliceStable(keys, func(i, j int) bool { return CompareKeys(keys[i], keys[j]) < 0 })
	return keys
}

// CompareKeys orders keys as [Table.KeysBeyond] does; it is 0 where neither comes first.
func CompareKeys(a, b Value) int {
	rankA, rankB := keyRank(a), keyRank(b)
	switch {
	case rankA != rankB:
		return rankA - rankB
	case rankA == 0:
		if order, ok := compareInt64(a.lua(), b.lua()); ok {
			return order
		}
		x, _ := a.Number()
		y, _ := b.Number()
		return cmp.Compare(x, y)
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

func keyRank(k Value) int {
	switch k.Kind() {
	case KindNumber, KindInt64:
		return 0
	case KindString:
		return 1
	case KindBool:
		return 2
	default:
		return 3
	}
}
