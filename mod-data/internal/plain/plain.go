// Package plain turns Lua values into plain Go data.
package plain

import (
	"math/big"

	"assay.rs/core"
)

// Data gives v as nil, bool, int, *big.Int (only where int has 32 bits), float64, string, []any and
// map[string]any. Whole numbers are int. Functions, cycles and keys that are neither text nor whole numbers
// are errors of the code invalid, nesting over 200 of the code limit; both name the path. It needs the baton.
func Data(c core.Call, v core.Value, invalid, limit *core.Code) (any, error) {
	r := reader{Descent: core.Descent{Call: c, Invalid: invalid, Limit: limit}, known: make(map[core.Table]any)}
	return r.data(v)
}

// reader turns Lua values into data. A table that occurs several times is one part of the data, so that
// data never takes much more than the tables did.
type reader struct {
	core.Descent
	known map[core.Table]any
}

func (r *reader) data(v core.Value) (any, error) {
	switch v.Kind() {
	case core.KindNil, core.KindNull:
		return nil, nil //nolint:nilnil // null is the value
	case core.KindBool:
		return v.Bool(), nil
	case core.KindNumber, core.KindInt64:
		return number(v), nil
	case core.KindString, core.KindError:
		s, _ := v.Text()
		return s, nil
	case core.KindTable:
		t, _ := v.Table()
		if data, ok := r.known[t]; ok {
			return data, nil
		}
		data, err := r.table(t)
		r.known[t] = data
		return data, err
	case core.KindObject:
		return r.object(v)
	default:
		return nil, r.Fail(r.Invalid, "a %s is no data", v.TypeName())
	}
}

// number is exact for whole numbers.
func number(v core.Value) any {
	if n, ok := v.Integer(); ok {
		if int64(int(n)) == n {
			return int(n)
		}
		return big.NewInt(n)
	}
	f, _ := v.Number()
	return f
}

func (r *reader) table(t core.Table) (any, error) {
	if !t.IsArray() {
		return r.object(t.Value())
	}
	if err := r.Enter(t.Value()); err != nil {
		return nil, err
	}
	items := make([]any, t.Len())
	for i := range items {
		r.Index(i + 1)
		item, err := r.data(t.At(i + 1))
		if err != nil {
			return nil, err
		}
		items[i] = item
	}
	r.Leave()
	return items, nil
}

func (r *reader) object(v core.Value) (any, error) {
	if err := r.Enter(v); err != nil {
		return nil, err
	}
	members, err := r.Members(nil, v)
	if err != nil {
		return nil, err
	}
	items := make(map[string]any, len(members))
	for _, m := range members {
		r.Key(m.Key)
		item, err := r.data(m.Value)
		if err != nil {
			return nil, err
		}
		items[m.Key] = item
	}
	r.Leave()
	return items, nil
}
