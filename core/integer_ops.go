package core

import (
	"errors"
	"math"

	lua "github.com/yuin/gopher-lua"

	"assay.rs/core/compile"
)

// integerHelper is the operator h of core/compile, exact where an operand or the result is an int64
// value; nil when h is no operator on integers.
func (vm *VM) integerHelper(h compile.Helper) lua.LGFunction {
	op := integerOperator(h)
	if op == nil {
		return nil
	}
	plain := compile.Standard(vm.L)(h).(*lua.LFunction).GFunction
	unary := h == compile.HelperNot
	return func(L *lua.LState) int {
		a, okA := bits64(L.Get(1))
		b, okB := a, true
		if !unary {
			b, okB = bits64(L.Get(2))
		}
		if !okA || !okB || h == compile.HelperFloorDivide && bothNumbers(L) {
			return plain(L)
		}
		n, err := op(a, b)
		if err != nil {
			L.RaiseError("%s", err.Error())
		}
		L.Push(vm.integer(n))
		return 1
	}
}

func integerOperator(h compile.Helper) func(a, b int64) (int64, error) {
	switch h { //nolint:exhaustive // the others are no operators on integers
	case compile.HelperFloorDivide:
		return floorDivide
	case compile.HelperAnd:
		return func(a, b int64) (int64, error) { return a & b, nil }
	case compile.HelperOr:
		return func(a, b int64) (int64, error) { return a | b, nil }
	case compile.HelperXor:
		return func(a, b int64) (int64, error) { return a ^ b, nil }
	case compile.HelperNot:
		return func(a, _ int64) (int64, error) { return ^a, nil }
	case compile.HelperShiftLeft:
		return func(a, b int64) (int64, error) { return compile.ShiftLeft(a, b), nil }
	case compile.HelperShiftRight:
		return func(a, b int64) (int64, error) { return compile.ShiftLeft(a, -max(b, -math.MaxInt64)), nil }
	}
	return nil
}

// bothNumbers tells whether no operand is an int64 value: float64 divides those, by zero too.
func bothNumbers(L *lua.LState) bool {
	return L.Get(1).Type() == lua.LTNumber && L.Get(2).Type() == lua.LTNumber
}

// bits64 is an operand that is an integer of 64 bits.
func bits64(v lua.LValue) (int64, bool) {
	if n, ok := v.(lua.LNumber); ok {
		f := float64(n)
		if f != math.Trunc(f) || f < -1<<63 || f >= 1<<63 {
			return 0, false
		}
		return int64(f), true
	}
	return int64Of(v)
}

// floorDivide rounds towards minus infinity.
func floorDivide(a, b int64) (int64, error) {
	switch {
	case b == 0:
		return 0, errors.New("attempt to perform 'n//0'")
	case b == -1 && a == math.MinInt64:
		return 0, errOverflow
	}
	q := a / b
	if a%b != 0 && (a < 0) != (b < 0) {
		q--
	}
	return q, nil
}
