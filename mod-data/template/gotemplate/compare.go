package gotemplate

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
)

// builtin is a function that every template has. It sees what interfaces hold.
type builtin struct {
	least int // arguments
	exact bool
	run   func(args []reflect.Value) (reflect.Value, error)
}

// comparisons are the functions of templates but for and and or, by name.
func comparisons() map[string]builtin {
	pair := func(of func(a, b reflect.Value) (bool, error)) builtin {
		return builtin{2, true, func(args []reflect.Value) (reflect.Value, error) {
			is, err := of(args[0], args[1])
			return reflect.ValueOf(is), err
		}}
	}
	return map[string]builtin{
		"ne": pair(func(a, b reflect.Value) (bool, error) {
			is, err := equal(a, b)
			return !is, err
		}),
		"lt": pair(less),
		"le": pair(lessOrEqual),
		"gt": pair(func(a, b reflect.Value) (bool, error) {
			is, err := lessOrEqual(a, b)
			return !is, err
		}),
		"ge": pair(func(a, b reflect.Value) (bool, error) {
			is, err := less(a, b)
			return !is, err
		}),
		"eq":    {2, false, equalToAny},
		"not":   {1, true, func(args []reflect.Value) (reflect.Value, error) { return reflect.ValueOf(!truth(args[0])), nil }},
		"len":   {1, true, length},
		"index": {1, false, index},
		"call": {1, false, func([]reflect.Value) (reflect.Value, error) {
			return reflect.Value{}, errors.New("no value is a function")
		}},
	}
}

func equalToAny(args []reflect.Value) (reflect.Value, error) {
	for _, other := range args[1:] {
		if is, err := equal(args[0], other); is || err != nil {
			return reflect.ValueOf(is), err
		}
	}
	return reflect.ValueOf(false), nil
}

func isInteger(v reflect.Value) bool { return v.CanInt() || v.CanUint() }

// compareIntegers compares whole numbers with and without sign.
func compareIntegers(a, b reflect.Value) int {
	switch {
	case a.CanInt() && b.CanInt():
		return cmp.Compare(a.Int(), b.Int())
	case a.CanUint() && b.CanUint():
		return cmp.Compare(a.Uint(), b.Uint())
	case a.CanUint():
		return -compareIntegers(b, a)
	case a.Int() < 0:
		return -1
	}
	return cmp.Compare(uint64(a.Int()), b.Uint())
}

// basic tells whether eq and its like take the value itself, not only whether it is nil or the same.
func basic(v reflect.Value) bool {
	return isInteger(v) || v.CanFloat() || v.CanComplex() || v.Kind() == reflect.String || v.Kind() == reflect.Bool
}

func equal(a, b reflect.Value) (bool, error) {
	switch {
	case isInteger(a) && isInteger(b):
		return compareIntegers(a, b) == 0, nil
	case a.CanFloat() && b.CanFloat():
		return a.Float() == b.Float(), nil
	case a.CanComplex() && b.CanComplex():
		return a.Complex() == b.Complex(), nil
	case a.Kind() == reflect.String && b.Kind() == reflect.String:
		return a.String() == b.String(), nil
	case a.Kind() == reflect.Bool && b.Kind() == reflect.Bool:
		return a.Bool() == b.Bool(), nil
	case !a.IsValid() || !b.IsValid():
		return isNil(a) && isNil(b), nil
	case basic(a) || basic(b) || a.Kind() != b.Kind():
		return false, fmt.Errorf("incompatible types for comparison: %s and %s", a.Type(), b.Type())
	case isNil(a) || isNil(b):
		return isNil(a) && isNil(b), nil
	case !a.Comparable() || !b.Comparable():
		return false, fmt.Errorf("non-comparable type %s", b.Type())
	}
	return a.Equal(b), nil
}

func isNil(v reflect.Value) bool {
	return !v.IsValid() || nilable(v.Type()) && v.IsNil()
}

func less(a, b reflect.Value) (bool, error) {
	switch {
	case isInteger(a) && isInteger(b):
		return compareIntegers(a, b) < 0, nil
	case a.CanFloat() && b.CanFloat():
		return a.Float() < b.Float(), nil
	case a.Kind() == reflect.String && b.Kind() == reflect.String:
		return a.String() < b.String(), nil
	case !basic(a) || !basic(b) || a.Kind() == b.Kind():
		return false, errors.New("invalid type for comparison")
	}
	return false, fmt.Errorf("incompatible types for comparison: %s and %s", a.Type(), b.Type())
}

func lessOrEqual(a, b reflect.Value) (bool, error) {
	if is, err := less(a, b); is || err != nil {
		return is, err
	}
	return equal(a, b)
}

func length(args []reflect.Value) (reflect.Value, error) {
	v := pointed(args[0])
	switch v.Kind() {
	case reflect.Array, reflect.Map, reflect.Slice, reflect.String:
		return reflect.ValueOf(v.Len()), nil
	case reflect.Invalid:
		return v, errors.New("len of nil")
	}
	return v, fmt.Errorf("len of type %s", v.Type())
}

// index looks the further arguments up, each in what the one before gave.
func index(args []reflect.Value) (reflect.Value, error) {
	v := args[0]
	if !v.IsValid() {
		return v, errors.New("index of untyped nil")
	}
	for _, i := range args[1:] {
		v = pointed(v)
		switch v.Kind() {
		case reflect.Array, reflect.Slice, reflect.String:
			at, err := position(i, v.Len())
			if err != nil {
				return v, err
			}
			v = v.Index(at)
		case reflect.Map:
			key, err := keyFor(i, v.Type().Key())
			if err != nil {
				return v, err
			}
			found := v.MapIndex(key)
			if !found.IsValid() {
				found = reflect.Zero(v.Type().Elem())
			}
			v = found
		case reflect.Pointer, reflect.Interface:
			return v, errors.New("index of nil pointer")
		default:
			return v, fmt.Errorf("can't index item of type %s", v.Type())
		}
	}
	return v, nil
}

func position(i reflect.Value, n int) (int, error) {
	switch {
	case !i.IsValid():
		return 0, errors.New("cannot index slice/array with nil")
	case !isInteger(i):
		return 0, fmt.Errorf("cannot index slice/array with type %s", i.Type())
	case compareIntegers(i, reflect.ValueOf(0)) < 0 || compareIntegers(i, reflect.ValueOf(n)) >= 0:
		return 0, fmt.Errorf("index out of range: %v", i)
	}
	return int(i.Convert(reflect.TypeFor[int]()).Int()), nil
}

func keyFor(i reflect.Value, t reflect.Type) (reflect.Value, error) {
	switch {
	case !i.IsValid() && nilable(t):
		return reflect.Zero(t), nil
	case !i.IsValid():
		return i, fmt.Errorf("value is nil; should be of type %s", t)
	case i.Type().AssignableTo(t) && i.Comparable():
		return i, nil
	case isInteger(i) && isInteger(reflect.Zero(t)):
		return i.Convert(t), nil
	}
	return i, fmt.Errorf("value has type %s; should be %s", i.Type(), t)
}
