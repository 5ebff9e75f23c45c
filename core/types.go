package core

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unsafe"

	lua "github.com/yuin/gopher-lua"

	"assay.rs/core/spec"
)

// Type couples a documented Lua type with its conversion from and to the Go type T.
type Type[T any] struct {
	*shape

	// from converts v. def is the value for what v leaves out; only records use it.
	from func(t *thread, v lua.LValue, def T) (T, error)
	to   func(t *thread, v T) lua.LValue
}

// shape is how a type is described. It is behind a pointer since types are passed by value, everywhere.
type shape struct {
	spec spec.Type
	refs []ref // the records and classes it mentions
}

// SpecOf describes the type. It is no method, nor are [ReadAs] and [ValueOf]: where package reflect looks up methods
// by name, the linker keeps those of every type.
func SpecOf[T any](of Type[T]) spec.Type { return of.spec }

// ref is a record or a class that the reference must describe.
type ref interface {
	describe(m *spec.Module, seen map[string]bool)
}

var errInteger = errors.New("number has no integer representation")

func scalar(name string) spec.Type { return spec.Type{Kind: spec.Scalar, Name: name} }

func mismatch(want string, v lua.LValue) error {
	return fmt.Errorf("%s expected, got %s", want, typeName(v))
}

// typeName is the type of v as a person would name it.
func typeName(v lua.LValue) string {
	ud, ok := v.(*lua.LUserData)
	if !ok {
		if v == lua.LNil {
			return "no value"
		}
		return v.Type().String()
	}
	switch value := ud.Value.(type) {
	case *Error:
		return "error"
	case int64:
		return "int64"
	case null:
		return "null"
	case interface{ className() string }:
		return value.className()
	default:
		return "userdata"
	}
}

// String is a byte string. Numbers and errors are taken as their text.
//
//go:noinline
func String() Type[string] {
	return Type[string]{
		shape: &shape{spec: scalar("string")},
		from: func(_ *thread, v lua.LValue, _ string) (string, error) {
			if s, ok := text(v); ok {
				return s, nil
			}
			return "", mismatch("string", v)
		},
		to: func(_ *thread, s string) lua.LValue { return lua.LString(s) },
	}
}

// text is v where Lua would take it for a string.
func text(v lua.LValue) (string, bool) {
	switch v := v.(type) {
	case lua.LString:
		return string(v), true
	case lua.LNumber:
		return numberText(v), true
	case *lua.LUserData:
		switch value := v.Value.(type) {
		case *Error:
			return value.Error(), true
		case int64:
			return strconv.FormatInt(value, 10), true
		}
	}
	return "", false
}

// Bytes is a byte string that Go sees as a slice.
//
//go:noinline
func Bytes() Type[[]byte] {
	return Type[[]byte]{
		shape: &shape{spec: scalar("string")},
		from: func(t *thread, v lua.LValue, _ []byte) ([]byte, error) {
			s, ok := text(v)
			if !ok {
				return nil, mismatch("string", v)
			}
			if err := (Call{t, nil}).Copies(len(s)); err != nil {
				return nil, err
			}
			return []byte(s), nil
		},
		to: func(_ *thread, b []byte) lua.LValue { return lua.LString(b) },
	}
}

// Number is a float64.
//
//go:noinline
func Number() Type[float64] {
	return Type[float64]{
		shape: &shape{spec: scalar("number")},
		from: func(_ *thread, v lua.LValue, _ float64) (float64, error) {
			if n, ok := v.(lua.LNumber); ok {
				return float64(n), nil
			}
			if n, ok := int64Of(v); ok {
				return float64(n), nil
			}
			return 0, mismatch("number", v)
		},
		to: func(_ *thread, n float64) lua.LValue { return lua.LNumber(n) },
	}
}

// Integer is a whole number. Beyond 2^53 it is an int64 value in Lua.
//
//go:noinline
func Integer() Type[int64] {
	return Type[int64]{
		shape: &shape{spec: scalar("integer")},
		from:  func(_ *thread, v lua.LValue, _ int64) (int64, error) { return integer(v) },
		to:    func(t *thread, n int64) lua.LValue { return t.vm.integer(n) },
	}
}

// Int is a whole number within +-2^53.
//
//go:noinline
func Int() Type[int] {
	return Type[int]{
		shape: &shape{spec: scalar("integer")},
		from: func(_ *thread, v lua.LValue, _ int) (int, error) {
			n, err := integer(v)
			return int(n), err
		},
		to: func(_ *thread, n int) lua.LValue { return lua.LNumber(n) },
	}
}

func integer(v lua.LValue) (int64, error) {
	if n, ok := int64Of(v); ok {
		return n, nil
	}
	n, ok := v.(lua.LNumber)
	if !ok {
		return 0, mismatch("integer", v)
	}
	if f := float64(n); f != math.Trunc(f) || math.Abs(f) > maxSafe {
		return 0, errInteger
	}
	return int64(n), nil
}

// Bool is true or false.
//
//go:noinline
func Bool() Type[bool] {
	return Type[bool]{
		shape: &shape{spec: scalar("boolean")},
		from: func(_ *thread, v lua.LValue, _ bool) (bool, error) {
			if b, ok := v.(lua.LBool); ok {
				return bool(b), nil
			}
			return false, mismatch("boolean", v)
		},
		to: func(_ *thread, b bool) lua.LValue { return lua.LBool(b) },
	}
}

// Duration is a number of seconds, or text such as "500ms", "1m30s", "2d". It is never negative.
//
//go:noinline
func Duration() Type[time.Duration] {
	return Type[time.Duration]{
		shape: &shape{spec: scalar("duration")},
		from: func(_ *thread, v lua.LValue, _ time.Duration) (time.Duration, error) {
			switch v := v.(type) {
			case lua.LNumber:
				return Seconds(float64(v))
			case lua.LString:
				return ParseDuration(string(v))
			default:
				return 0, mismatch(`seconds or text such as "500ms"`, v)
			}
		},
		to: func(_ *thread, d time.Duration) lua.LValue { return lua.LNumber(d.Seconds()) },
	}
}

// Seconds is a time in seconds as a Duration. It must not be negative, NaN, or longer than 292 years.
func Seconds(s float64) (time.Duration, error) {
	switch {
	case math.IsNaN(s):
		return 0, errors.New("time must not be NaN")
	case s < 0:
		return 0, fmt.Errorf("time must not be negative, got %s", lua.LNumber(s))
	case s > math.MaxInt64/float64(time.Second):
		return math.MaxInt64, nil
	}
	return time.Duration(s * float64(time.Second)), nil
}

// ParseDuration reads what time.ParseDuration reads, and "2d" for days. It must not be negative.
func ParseDuration(s string) (time.Duration, error) {
	d, err := time.ParseDuration(s)
	if days, ok := strings.CutSuffix(s, "d"); err != nil && ok {
		var n float64
		if n, err = strconv.ParseFloat(days, 64); err == nil {
			return Seconds(n * 24 * 60 * 60)
		}
	}
	if err != nil {
		return 0, fmt.Errorf(`bad duration %q: write it like "500ms", "1m30s" or "2d"`, s)
	}
	if d < 0 {
		return 0, fmt.Errorf("time must not be negative, got %s", s)
	}
	return d, nil
}

// Any is any Lua value, nil too.
//
//go:noinline
func Any() Type[Value] {
	return Type[Value]{
		shape: &shape{spec: scalar("any")},
		from:  func(_ *thread, v lua.LValue, _ Value) (Value, error) { return Value{v}, nil },
		to:    func(_ *thread, v Value) lua.LValue { return v.lua() },
	}
}

// Nullable is a T or nil, as a pointer.
//
//go:noinline
func Nullable[T any](of Type[T]) Type[*T] {
	described := of.spec
	described.Nullable = true
	return Type[*T]{
		shape: &shape{spec: described, refs: of.refs},
		from: func(t *thread, v lua.LValue, _ *T) (*T, error) {
			if v == lua.LNil {
				return nil, nil //nolint:nilnil // nil is the value
			}
			var zero T
			got, err := of.from(t, v, zero)
			return &got, err
		},
		to: func(t *thread, v *T) lua.LValue {
			if v == nil {
				return lua.LNil
			}
			return of.to(t, *v)
		},
	}
}

// Enum is one of the given strings.
//
//go:noinline
func Enum(values ...string) Type[string] {
	return Type[string]{
		shape: &shape{spec: spec.Type{Kind: spec.Enum, Values: values}},
		from: func(_ *thread, v lua.LValue, _ string) (string, error) {
			s, ok := v.(lua.LString)
			if !ok {
				return "", mismatch("one of "+strings.Join(values, ", "), v)
			}
			for _, value := range values {
				if value == string(s) {
					return value, nil
				}
			}
			return "", fmt.Errorf("unknown value %q%s: use one of %s", string(s), didYouMean(string(s), values), strings.Join(values, ", "))
		},
		to: func(_ *thread, s string) lua.LValue { return lua.LString(s) },
	}
}

// ListOf is an array of elem. JSON arrays with nulls in them are refused.
//
//go:noinline
func ListOf[T any](elem Type[T]) Type[[]T] {
	return Type[[]T]{
		shape: &shape{spec: spec.Type{Kind: spec.List, Elem: &elem.spec}, refs: elem.refs},
		from: func(t *thread, v lua.LValue, _ []T) ([]T, error) {
			table, ok := v.(*lua.LTable)
			if !ok {
				return nil, mismatch("array", v)
			}
			var zero T
			if err := (Call{t, nil}).Copies(table.Len() * int(unsafe.Sizeof(zero))); err != nil {
				return nil, err
			}
			items := make([]T, table.Len())
			for i := range items {
				item, err := elem.from(t, table.RawGetInt(i+1), zero)
				if err != nil {
					return nil, fmt.Errorf("item %d: %w", i+1, err)
				}
				items[i] = item
			}
			return items, nil
		},
		to: func(t *thread, items []T) lua.LValue {
			table := t.vm.newArray(len(items))
			for _, item := range items {
				table.Append(elem.to(t, item))
			}
			return table
		},
	}
}

// MapOf is a table from strings to elem.
//
//go:noinline
func MapOf[T any](elem Type[T]) Type[map[string]T] {
	return Type[map[string]T]{
		shape: &shape{spec: spec.Type{Kind: spec.Map, Elem: &elem.spec}, refs: elem.refs},
		from: func(t *thread, v lua.LValue, _ map[string]T) (map[string]T, error) {
			table, ok := v.(*lua.LTable)
			if !ok {
				return nil, mismatch("table", v)
			}
			items := make(map[string]T)
			err := eachEntry(table, func(k, v lua.LValue) error {
				key, ok := k.(lua.LString)
				if !ok {
					return fmt.Errorf("key %s: string expected, got %s", k.String(), typeName(k))
				}
				var zero T
				item, err := elem.from(t, v, zero)
				if err != nil {
					return fmt.Errorf("key %q: %w", string(key), err)
				}
				items[string(key)] = item
				return (Call{t, nil}).Copies(costEntry + int(unsafe.Sizeof(item)))
			})
			return items, err
		},
		to: func(t *thread, items map[string]T) lua.LValue {
			table := t.vm.L.CreateTable(0, len(items))
			for k, v := range items {
				table.RawSetString(k, elem.to(t, v))
			}
			return table
		},
	}
}

// Custom is a type whose conversion the module's author writes on values: a union, a shorthand.
// from runs with the baton, so it may look into tables. A nil to is for types that are never returned.
//
//go:noinline
func Custom[T any](described spec.Type, from func(c Call, v Value) (T, error), to func(c Call, v T) Value) Type[T] {
	return Type[T]{
		shape: &shape{spec: described},
		from:  func(t *thread, v lua.LValue, _ T) (T, error) { return from(Call{t, nil}, Value{v}) },
		to:    func(t *thread, v T) lua.LValue { return to(Call{t, nil}, v).lua() },
	}
}

// AnyOf describes a union for [Custom].
//
//go:noinline
func AnyOf(names ...string) spec.Type {
	union := spec.Type{Kind: spec.Union}
	for _, name := range names {
		union.Of = append(union.Of, scalar(name))
	}
	return union
}
