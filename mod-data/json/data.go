package json

import (
	"encoding/json"
	"math"
	"math/big"
	"strconv"

	"assay.rs/core"

	"assay.rs/mod-data/internal/plain"
)

// dataType is any value, which the body sees as the data that jq works on: nil, bool, int, *big.Int,
// float64, string, []any, map[string]any.
func dataType() core.Type[any] {
	return core.Custom(core.AnyOf("any"), func(c core.Call, v core.Value) (any, error) {
		return plain.Data(c, v, core.ErrJSONValue, core.ErrJSONLimit)
	}, func(c core.Call, data any) core.Value { return toLua(c, data, false) })
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

// kept are outputs of which nulls are to be json.null.
type kept struct{ data any }

// toLua makes a value of data. A null is nil, or json.null if nulls are kept.
func toLua(c core.Call, data any, keep bool) core.Value {
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
			_ = t.SetAt(core.NumberValue(float64(i+1)), toLua(c, item, keep)) // the key is a number
		}
		c.SetLen(t, len(data))
		return t.Value()
	case map[string]any:
		t := c.NewTable(len(data))
		for key, item := range data {
			t.Set(key, toLua(c, item, keep))
		}
		return t.Value()
	case kept:
		return toLua(c, data.data, true)
	default:
		if keep {
			return c.NullValue()
		}
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
