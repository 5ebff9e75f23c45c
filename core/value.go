package core

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"

	lua "github.com/yuin/gopher-lua"

	"assay.rs/core/internal/tables"
)

// Value is any Lua value. The zero Value is nil.
//
// A table inside it may be looked into only with the baton: in a body that does not wait, in the
// conversion of [Custom], or in a [Callback].
type Value struct{ v lua.LValue }

func (v Value) lua() lua.LValue {
	if v.v == nil {
		return lua.LNil
	}
	return v.v
}

// Kind is the kind of a Value.
type Kind uint8

// The kinds of values.
const (
	KindNil Kind = iota
	KindBool
	KindNumber
	KindInt64 // an integer beyond +-2^53
	KindString
	KindTable
	KindFunction
	KindThread
	KindNull   // json.null: a null that was kept
	KindError  // an error of a builtin
	KindObject // an object of a module
)

// Kind tells what v is.
func (v Value) Kind() Kind {
	switch v := v.v.(type) {
	case nil, *lua.LNilType:
		return KindNil
	case lua.LBool:
		return KindBool
	case lua.LNumber:
		return KindNumber
	case lua.LString:
		return KindString
	case *lua.LTable:
		return KindTable
	case *lua.LFunction:
		return KindFunction
	case *lua.LUserData:
		return kindOfUserData(v)
	default:
		return KindThread
	}
}

func kindOfUserData(ud *lua.LUserData) Kind {
	switch ud.Value.(type) {
	case int64:
		return KindInt64
	case null:
		return KindNull
	case *Error:
		return KindError
	default:
		return KindObject
	}
}

// TypeName is the type as an error message would name it: "table", "http.Response".
func (v Value) TypeName() string {
	if v.Kind() == KindNil {
		return "nil"
	}
	return typeName(v.v)
}

// IsNil tells whether v is nil.
func (v Value) IsNil() bool { return v.Kind() == KindNil }

// Truthy tells whether Lua takes v for true.
func (v Value) Truthy() bool { return lua.LVAsBool(v.lua()) }

// Bool is v, or false when it is no boolean.
func (v Value) Bool() bool { return v.v == lua.LTrue }

// Text is v as a string where Lua would take it for one: strings, numbers, errors.
func (v Value) Text() (string, bool) { return text(v.lua()) }

// Number is v as a float64; an int64 is rounded.
func (v Value) Number() (float64, bool) {
	if n, ok := v.v.(lua.LNumber); ok {
		return float64(n), true
	}
	if n, ok := int64Of(v.v); ok {
		return float64(n), true
	}
	return 0, false
}

// Integer is v as a whole number, when it is one exactly.
func (v Value) Integer() (int64, bool) {
	n, err := integer(v.lua())
	return n, err == nil
}

// Table is v as a table.
func (v Value) Table() (Table, bool) {
	t, ok := v.v.(*lua.LTable)
	return Table{t}, ok
}

// Function is v as a function.
func (v Value) Function() (Callback, bool) {
	f, ok := v.v.(*lua.LFunction)
	return Callback{f}, ok
}

// Error is v as an error of a builtin.
func (v Value) Error() (*Error, bool) {
	ud, ok := v.v.(*lua.LUserData)
	if !ok {
		return nil, false
	}
	e, ok := ud.Value.(*Error)
	return e, ok
}

// Object is the Go value of an object that a module has declared with [NewObject].
func (v Value) Object() (any, bool) {
	if ud, ok := v.v.(*lua.LUserData); ok {
		if object, ok := ud.Value.(*instance); ok {
			return object.value, true
		}
	}
	return nil, false
}

// Same tells whether a and b are the same value, as == without metamethods.
func (v Value) Same(other Value) bool { return v.lua() == other.lua() }

// Nil is no value.
func Nil() Value { return Value{lua.LNil} }

// TextValue is a string.
func TextValue(s string) Value { return Value{lua.LString(s)} }

// NumberValue is a number.
func NumberValue(n float64) Value { return Value{lua.LNumber(n)} }

// BoolValue is true or false.
func BoolValue(b bool) Value { return Value{lua.LBool(b)} }

// Table is a Lua table, seen without metamethods.
type Table struct{ t *lua.LTable }

// Value is the table as a Value.
func (t Table) Value() Value { return Value{t.t} }

// Len is the length as Lua's # gives it; an array that came with nulls counts them.
func (t Table) Len() int {
	if n, ok := arrayLen(t.t); ok {
		return n
	}
	return t.t.Len()
}

// At is the element i, from 1.
func (t Table) At(i int) Value { return Value{t.t.RawGetInt(i)} }

// Get is the value of a string key.
func (t Table) Get(key string) Value { return Value{t.t.RawGetString(key)} }

// Set puts a value under a string key.
func (t Table) Set(key string, v Value) { t.t.RawSetString(key, v.lua()) }

// GetAt is the value under any key.
func (t Table) GetAt(key Value) Value { return Value{t.t.RawGet(key.lua())} }

// SetAt puts a value under any key. A key that is nil or NaN is an error.
func (t Table) SetAt(key, v Value) error {
	if n, ok := key.v.(lua.LNumber); key.IsNil() || ok && math.IsNaN(float64(n)) {
		return errors.New("a table key must not be nil or NaN")
	}
	t.t.RawSet(key.lua(), v.lua())
	return nil
}

// Append puts v behind the last element.
func (t Table) Append(v Value) { t.t.Append(v.lua()) }

// Each calls f for every entry until it gives an error, which it returns. f must not change the table.
func (t Table) Each(f func(k, v Value) error) error {
	return eachEntry(t.t, func(k, v lua.LValue) error { return f(Value{k}, Value{v}) })
}

func eachEntry(t *lua.LTable, f func(k, v lua.LValue) error) error {
	in := keptEntries()
	for i, v := range in.array.Of(t) {
		if v == lua.LNil {
			continue
		}
		if err := f(lua.LNumber(i+1), v); err != nil {
			return err
		}
	}
	for _, k := range in.order.Of(t) {
		v := t.RawGetH(k)
		if v == lua.LNil {
			continue
		}
		if err := f(k, v); err != nil {
			return err
		}
	}
	return nil
}

// entries is where gopher-lua keeps what next gives: the array, and the other keys in their order. Its Next looks up
// the place of each key besides.
type entries struct{ array, order tables.Field[[]lua.LValue] }

var keptEntries = sync.OnceValue(func() entries { //nolint:gochecknoglobals // a constant of gopher-lua
	return entries{tables.FieldOf[[]lua.LValue]("array"), tables.FieldOf[[]lua.LValue]("keys")}
})

// IsArray tells whether the table is an array to encoders: it was made as one, or its keys are 1 to n
// with n above 0.
func (t Table) IsArray() bool {
	_, ok := arrayShape(t.t)
	return ok
}

// Keys are the string keys, sorted, and whether there were only such.
func (t Table) Keys() (keys []string, only bool) {
	only = true
	k, _ := t.t.Next(lua.LNil)
	for ; k != lua.LNil; k, _ = t.t.Next(k) {
		if s, ok := k.(lua.LString); ok {
			keys = append(keys, string(s))
		} else {
			only = false
		}
	}
	slices.Sort(keys)
	return keys, only
}

// maxDepth is how deep a value may nest to be converted.
const maxDepth = 200

// Go gives v as Go data: nil, bool, float64, int64, string, []any, map[string]any, time-free. Integer
// keys of objects become strings. Functions, cycles and a depth over 200 are errors, and what takes more memory
// than the script may have: c asks for it, unless it is the zero Call. It needs the baton.
func (v Value) Go(c Call) (any, error) { return toGo(c, v.lua(), make(map[*lua.LTable]bool), 0) }

// What data takes in Go beside the text of strings, about.
const (
	sizeGoItem  = 32
	sizeGoEntry = 64
)

func toGo(c Call, v lua.LValue, open map[*lua.LTable]bool, depth int) (any, error) {
	if err := c.Copies(sizeGoItem); err != nil {
		return nil, err
	}
	switch v := v.(type) {
	case *lua.LNilType:
		return nil, nil //nolint:nilnil // nil is the value
	case lua.LBool:
		return bool(v), nil
	case lua.LNumber:
		return float64(v), nil
	case lua.LString:
		return string(v), nil
	case *lua.LTable:
		return tableToGo(c, v, open, depth)
	case *lua.LUserData:
		switch value := v.Value.(type) {
		case int64:
			return value, nil
		case null:
			return nil, nil //nolint:nilnil // null is the value
		}
	}
	return nil, fmt.Errorf("a %s cannot be converted", typeName(v))
}

func tableToGo(c Call, t *lua.LTable, open map[*lua.LTable]bool, depth int) (any, error) {
	if depth >= maxDepth {
		return nil, fmt.Errorf("nested deeper than %d", maxDepth)
	}
	if open[t] {
		return nil, errors.New("a table contains itself")
	}
	open[t] = true
	defer delete(open, t)
	if n, ok := arrayShape(t); ok {
		items := make([]any, n)
		for i := range items {
			item, err := toGo(c, t.RawGetInt(i+1), open, depth+1)
			if err != nil {
				return nil, fmt.Errorf("[%d]: %w", i+1, err)
			}
			items[i] = item
		}
		return items, nil
	}
	items := make(map[string]any)
	err := eachEntry(t, func(k, v lua.LValue) error {
		key, err := objectKey(k)
		if err != nil {
			return err
		}
		if err := c.Copies(sizeGoEntry); err != nil {
			return err
		}
		item, err := toGo(c, v, open, depth+1)
		items[key] = item
		if err != nil {
			return fmt.Errorf(".%s: %w", key, err)
		}
		return nil
	})
	return items, err
}

// objectKey is a table key as the key of an object: strings, and whole numbers as text.
func objectKey(k lua.LValue) (string, error) {
	switch k := k.(type) {
	case lua.LString:
		return string(k), nil
	case lua.LNumber:
		if f := float64(k); f == math.Trunc(f) && math.Abs(f) <= maxSafe {
			return k.String(), nil
		}
	}
	return "", fmt.Errorf("a %s cannot be a key of an object", typeName(k))
}
