package gotemplate

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
	"reflect"
	"runtime"
	"strings"
)

// What values cost, in bytes.
const (
	itemSize  = 16
	entrySize = 48
	growth    = 4 // how much more than its arguments a function may make of them, unless it is in limits
)

const maxNesting = 200

// measure asks for what a function may make of v. With deep it goes through lists and maps, as a function
// that writes them does; a map that contains itself is an error.
func (s *set) measure(v any, deep bool) error { return s.measured(reflect.ValueOf(v), deep, 0) }

func (s *set) measured(v reflect.Value, deep bool, depth int) error {
	if depth > maxNesting {
		return fmt.Errorf("a value is nested deeper than %d", maxNesting)
	}
	switch v.Kind() {
	case reflect.Interface, reflect.Pointer:
		if v.IsNil() {
			return nil
		}
		return s.measured(v.Elem(), deep, depth+1)
	case reflect.String:
		return s.spend(1, growth*v.Len())
	case reflect.Slice, reflect.Array:
		if err := s.spend(1, v.Len()*itemSize); err != nil || !deep {
			return err
		}
		for i := range v.Len() {
			if err := s.measured(v.Index(i), deep, depth+1); err != nil {
				return err
			}
		}
	case reflect.Map:
		if err := s.spend(1, itemSize); err != nil || !deep {
			return err
		}
		for it := v.MapRange(); it.Next(); {
			if err := s.spend(1, entrySize); err != nil {
				return err
			}
			if err := s.measured(it.Key(), false, depth+1); err != nil {
				return err
			}
			if err := s.measured(it.Value(), deep, depth+1); err != nil {
				return err
			}
		}
	}
	return nil
}

// spendTimes asks for size bytes n times.
func (s *set) spendTimes(size, n int) error {
	high, low := bits.Mul64(uint64(max(size, 0)), uint64(max(n, 0)))
	if high != 0 || low > math.MaxInt32 {
		if err := s.spend(1, math.MaxInt32); err != nil {
			return err
		}
		return fmt.Errorf("%d times %d bytes are too many", n, size)
	}
	return s.spend(1, int(low))
}

func (s *set) measureArguments(args []reflect.Value, variadic, deep bool) error {
	for i, arg := range args {
		if err := s.measured(arg, deep, 0); err != nil {
			return err
		}
		if !variadic || deep || i < len(args)-1 {
			continue
		}
		for j := range arg.Len() {
			if err := s.measured(arg.Index(j), false, 0); err != nil {
				return err
			}
		}
	}
	return nil
}

// panicked is what a function panicked with, as an error.
func panicked(r any) error {
	if e, ok := r.(runtime.Error); ok {
		return errors.New(strings.TrimPrefix(e.Error(), "runtime error: "))
	}
	if err, ok := r.(error); ok {
		return err
	}
	return fmt.Errorf("%v", r)
}
