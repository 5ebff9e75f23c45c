package prelude

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"

	"assay.rs/core"
	"assay.rs/core/internal/literal"
)

// maxDepth is how deep tables may nest to be compared.
const maxDepth = 1000

// difference is the first place where two values differ.
type difference struct {
	path string // ".spec.replicas", or empty for the values themselves
	a, b core.Value
}

// diff finds the first place, in the order of sorted keys, where a and b differ: nil when they are equal.
//
// Tables are equal when they hold equal values under the same keys, whatever their metatables; numbers
// when they are the same exactly, int64 values included; an error equals its text. What nests deeper
// than 1000 tables is an error, and so is the end of the task.
func diff(c core.Call, a, b core.Value) (*difference, error) {
	d := differ{ctx: c.Context(), met: make(map[[2]core.Table]bool)}
	return d.values(a, b)
}

type differ struct {
	ctx   context.Context //nolint:containedctx // one comparison
	met   map[[2]core.Table]bool
	path  []core.Value
	steps int
}

func (d *differ) values(a, b core.Value) (*difference, error) {
	tableA, isA := a.Table()
	tableB, isB := b.Table()
	if isA && isB {
		return d.tables(tableA, tableB)
	}
	if equalScalars(a, b) {
		return nil, nil //nolint:nilnil // nothing differs
	}
	return &difference{path: pathText(d.path), a: a, b: b}, nil
}

func (d *differ) tables(a, b core.Table) (*difference, error) {
	pair := [2]core.Table{a, b}
	// A pair met before is equal, or will be found to differ where it was met.
	if a == b || d.met[pair] {
		return nil, nil //nolint:nilnil // nothing differs
	}
	if len(d.path) >= maxDepth {
		return nil, fmt.Errorf("tables nested deeper than %d", maxDepth)
	}
	d.met[pair] = true
	n := max(a.Len(), b.Len())
	for i := 1; i <= n; i++ {
		if found, err := d.entry(core.NumberValue(float64(i)), a.At(i), b.At(i)); found != nil || err != nil {
			return found, err
		}
	}
	for _, k := range joined(a, b, n) {
		if found, err := d.entry(k, a.GetAt(k), b.GetAt(k)); found != nil || err != nil {
			return found, err
		}
	}
	return nil, nil //nolint:nilnil // nothing differs
}

func (d *differ) entry(k, a, b core.Value) (*difference, error) {
	if d.steps++; d.steps%4096 == 0 && d.ctx.Err() != nil {
		return nil, context.Cause(d.ctx)
	}
	d.path = append(d.path, k)
	found, err := d.values(a, b)
	d.path = d.path[:len(d.path)-1]
	return found, err
}

// joined are the keys of both tables other than 1 to n, in order.
func joined(a, b core.Table, n int) []core.Value {
	keysA, keysB := a.KeysBeyond(n), b.KeysBeyond(n)
	all := make([]core.Value, 0, len(keysA)+len(keysB))
	for len(keysA) > 0 && len(keysB) > 0 {
		order := core.CompareKeys(keysA[0], keysB[0])
		if order > 0 {
			all = append(all, keysB[0])
			keysB = keysB[1:]
			continue
		}
		all = append(all, keysA[0])
		if order == 0 && keysA[0].Same(keysB[0]) {
			keysB = keysB[1:]
		}
		keysA = keysA[1:]
	}
	return append(append(all, keysA...), keysB...)
}

// pathText is where in a table: .spec.ports[1]["a b"].
func pathText(keys []core.Value) string {
	var b strings.Builder
	for i, k := range keys {
		if i == 20 && len(keys) > 40 {
			b.WriteString(" ... ")
		}
		if i >= 20 && i < len(keys)-20 {
			continue
		}
		s, isText := k.Text()
		switch {
		case k.Kind() == core.KindString && literal.IsName(s):
			b.WriteString("." + s)
		case k.Kind() == core.KindString:
			b.WriteString("[" + literal.Quote(s) + "]")
		case k.Kind() == core.KindBool:
			b.WriteString("[" + strconv.FormatBool(k.Bool()) + "]")
		case isText:
			b.WriteString("[" + s + "]")
		default:
			b.WriteString("[" + k.TypeName() + "]")
		}
	}
	return b.String()
}

func equalScalars(a, b core.Value) bool {
	kindA, kindB := a.Kind(), b.Kind()
	switch {
	case isNumber(kindA) && isNumber(kindB):
		order, ordered := compareNumbers(a, b)
		return ordered && order == 0
	case isTextual(kindA) && isTextual(kindB):
		textA, _ := a.Text()
		textB, _ := b.Text()
		return textA == textB
	}
	return a.Same(b)
}

func isNumber(k core.Kind) bool  { return k == core.KindNumber || k == core.KindInt64 }
func isTextual(k core.Kind) bool { return k == core.KindString || k == core.KindError }

// compareNumbers orders two numbers exactly. NaN has no order.
func compareNumbers(a, b core.Value) (order int, ordered bool) {
	intA, isA := a.Integer()
	intB, isB := b.Integer()
	switch {
	case isA && isB:
		return cmp.Compare(intA, intB), true
	case a.Kind() == core.KindInt64 && !isB:
		f, _ := b.Number()
		return compareMixed(intA, f)
	case b.Kind() == core.KindInt64 && !isA:
		f, _ := a.Number()
		order, ordered = compareMixed(intB, f)
		return -order, ordered
	}
	floatA, _ := a.Number()
	floatB, _ := b.Number()
	return cmp.Compare(floatA, floatB), !math.IsNaN(floatA) && !math.IsNaN(floatB)
}

// compareMixed orders an integer and a float64 without rounding either.
func compareMixed(n int64, f float64) (order int, ordered bool) {
	switch {
	case math.IsNaN(f):
		return 0, false
	case f >= 1<<63:
		return -1, true
	case f < -1<<63:
		return 1, true
	}
	floor := math.Floor(f)
	if order = cmp.Compare(n, int64(floor)); order == 0 && f > floor {
		order = -1
	}
	return order, true
}

// text tells what differs: ".spec.replicas: 3 != 2".
func (d *difference) text(c core.Call) string {
	a, b := c.Render(d.a), c.Render(d.b)
	textA, _ := d.a.Text()
	textB, _ := d.b.Text()
	if d.a.Kind() == core.KindString && d.b.Kind() == core.KindString && max(len(textA), len(textB)) > literal.MaxQuoted/2 {
		a, b = around(textA, textB)
	}
	if d.path == "" {
		return a + " != " + b
	}
	return d.path + ": " + a + " != " + b
}

// around shows two long strings from a little before the first byte that differs.
func around(a, b string) (shownA, shownB string) {
	same := 0
	for same < min(len(a), len(b)) && a[same] == b[same] {
		same++
	}
	from := max(0, same-20)
	if from == 0 {
		return literal.Quote(a), literal.Quote(b)
	}
	at := fmt.Sprintf("...(from byte %d) ", from+1)
	return at + literal.Quote(a[from:]), at + literal.Quote(b[from:])
}
