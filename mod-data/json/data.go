package json

import (
	"encoding/json"
	"math"
	"math/big"
	"strconv"

	"assay.rs/core"
)

// dataType is any value, which the body sees as the data that jq works on: nil, bool, int, *big.Int,
// float64, string, []any, map[string]any.
func dataType() core.Type[any] {
	return core.Custom(core.AnyOf("any"), func(c core.Call, v core.Value) (any, error) {
		r := reader{Descent: core.Descent{Call: c, Invalid: core.ErrJSONValue, Limit: core.ErrJSONLimit}, known: make(map[core.Table]any)}
		return r.data(v)
	}, toLua)
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
		return nil, r.Fail(core.ErrJSONValue, "a %s has no form in JSON", v.TypeName())
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

// maxOutputValues bounds what the outputs of an expression take in Lua, where shared parts are copied.
const maxOutputValues = 1 << 20

// fits takes v from what is left, and tells whether there was enough.
func fits(v any, left *int) bool {
	if *left--; *left < 0 {
		return false
	}
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			if !fits(item, left) {
				return false
			}
		}
	case map[string]any:
		for _, item := range v {
			if !fits(item, left) {
				return false
			}
		}
	}
	return true
}

func toLua(c core.Call, data any) core.Value {
	switch data := data.(type) {
	case bool:
		return core.BoolValue(data)
	case string:
		return core.TextValue(data)
	case int:
		return c.Integer(int64(data))
	case float64:
		return core.NumberValue(data)
	case *big.Int:
		return wholeNumber(c, data)
	case json.Number:
		return writtenNumber(c, data)
	case []any:
		t := c.NewArray(len(data))
		for i, item := range data {
			_ = t.SetAt(core.NumberValue(float64(i+1)), toLua(c, item)) // the key is a number
		}
		c.SetLen(t, len(data))
		return t.Value()
	case map[string]any:
		t := c.NewTable(len(data))
		for key, item := range data {
			t.Set(key, toLua(c, item))
		}
		return t.Value()
	default:
		return core.Nil()
	}
}

// wholeNumber is exact within 64 bits.
func wholeNumber(c core.Call, n *big.Int) core.Value {
	if n.IsInt64() {
		return c.Integer(n.Int64())
	}
	f, _ := new(big.Float).SetInt(n).Float64()
	return core.NumberValue(f)
}

func writtenNumber(c core.Call, text json.Number) core.Value {
	if n, err := text.Int64(); err == nil {
		return c.Integer(n)
	}
	f, err := strconv.ParseFloat(string(text), 64)
	if err != nil && !math.IsInf(f, 0) {
		return core.Nil()
	}
	return core.NumberValue(f)
}
