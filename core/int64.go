package core

import (
	"cmp"
	"errors"
	"math"
	"strconv"

	lua "github.com/yuin/gopher-lua"
)

// maxSafe is 2^53: whole numbers up to it are exact as float64.
const maxSafe = 1 << 53

// integer gives n as a number, or beyond +-2^53 as an int64 value. Equal values are the same userdata
// within a VM, so that they are equal as keys and with ==.
func (vm *VM) integer(n int64) lua.LValue {
	if n >= -maxSafe && n <= maxSafe {
		return lua.LNumber(n)
	}
	if ud := vm.int64s[n]; ud != nil {
		return ud
	}
	if len(vm.int64s) >= maxInterned || vm.int64s == nil {
		vm.int64s = make(map[int64]*lua.LUserData)
	}
	ud := &lua.LUserData{Value: n, Metatable: vm.int64Metatable()}
	vm.int64s[n] = ud
	return ud
}

// maxInterned bounds the memory of a script that counts through large integers. Values made before the
// table was dropped still compare equal with ==, which asks the metatable.
const maxInterned = 1 << 16

func int64Of(v lua.LValue) (int64, bool) {
	ud, ok := v.(*lua.LUserData)
	if !ok {
		return 0, false
	}
	n, ok := ud.Value.(int64)
	return n, ok
}

var errOverflow = errors.New("integer overflow: the result does not fit 64 bits")

// int64Operators are the metamethods of int64 values whose result is another one.
func int64Operators() map[string]func(a, b int64) (int64, error) {
	return map[string]func(a, b int64) (int64, error){
		"__add": func(a, b int64) (int64, error) {
			if sum := a + b; (sum > a) == (b > 0) {
				return sum, nil
			}
			return 0, errOverflow
		},
		"__sub": func(a, b int64) (int64, error) {
			if diff := a - b; (diff < a) == (b > 0) {
				return diff, nil
			}
			return 0, errOverflow
		},
		"__mul": func(a, b int64) (int64, error) {
			product := a * b
			if a != 0 && (product/a != b || a == -1 && b == math.MinInt64) {
				return 0, errOverflow
			}
			return product, nil
		},
		"__mod": func(a, b int64) (int64, error) {
			if b == 0 {
				return 0, errors.New("attempt to perform 'n%%0'")
			}
			if b == -1 {
				return 0, nil
			}
			rest := a % b
			if rest != 0 && (rest < 0) != (b < 0) {
				rest += b
			}
			return rest, nil
		},
	}
}

func (vm *VM) int64Metatable() *lua.LTable {
	if vm.int64mt != nil {
		return vm.int64mt
	}
	mt := vm.L.CreateTable(0, 12)
	for name, op := range int64Operators() {
		mt.RawSetString(name, vm.L.NewFunction(func(L *lua.LState) int { return int64Arith(L, op, floatOperator(name)) }))
	}
	for _, name := range []string{"__div", "__pow"} {
		mt.RawSetString(name, vm.L.NewFunction(func(L *lua.LState) int { return int64Arith(L, nil, floatOperator(name)) }))
	}
	mt.RawSetString("__unm", vm.L.NewFunction(func(L *lua.LState) int {
		n, _ := int64Of(L.Get(1))
		if n == math.MinInt64 {
			L.RaiseError("%s", errOverflow.Error())
		}
		L.Push(currentThread(L).vm.integer(-n))
		return 1
	}))
	mt.RawSetString("__eq", vm.L.NewFunction(int64Operator(func(order int) bool { return order == 0 })))
	mt.RawSetString("__lt", vm.L.NewFunction(int64Operator(func(order int) bool { return order < 0 })))
	mt.RawSetString("__le", vm.L.NewFunction(int64Operator(func(order int) bool { return order <= 0 })))
	mt.RawSetString("__tostring", vm.L.NewFunction(func(L *lua.LState) int {
		n, _ := int64Of(L.Get(1))
		L.Push(lua.LString(strconv.FormatInt(n, 10)))
		return 1
	}))
	mt.RawSetString("__concat", vm.L.NewFunction(concatTexts))
	mt.RawSetString("__metatable", lua.LString("int64"))
	vm.int64mt = mt
	return mt
}

func floatOperator(name string) func(a, b float64) float64 {
	switch name {
	case "__add":
		return func(a, b float64) float64 { return a + b }
	case "__sub":
		return func(a, b float64) float64 { return a - b }
	case "__mul":
		return func(a, b float64) float64 { return a * b }
	case "__div":
		return func(a, b float64) float64 { return a / b }
	case "__pow":
		return math.Pow
	default:
		return modulo
	}
}

// modulo has the sign of b, as % has.
func modulo(a, b float64) float64 {
	rest := math.Mod(a, b)
	if b > 0 && rest < 0 || b < 0 && rest > 0 {
		rest += b
	}
	return rest
}

// int64Arith is exact when both operands are whole, else it computes in float64.
func int64Arith(L *lua.LState, exact func(a, b int64) (int64, error), float func(a, b float64) float64) int {
	a, errA := integer(L.Get(1))
	b, errB := integer(L.Get(2))
	if exact != nil && errA == nil && errB == nil {
		n, err := exact(a, b)
		if err != nil {
			L.RaiseError("%s", err.Error())
		}
		L.Push(currentThread(L).vm.integer(n))
		return 1
	}
	x, okX := Value{L.Get(1)}.Number()
	y, okY := Value{L.Get(2)}.Number()
	if !okX || !okY {
		L.RaiseError("attempt to perform arithmetic on a %s value", luaTypeName(L.Get(2)))
	}
	L.Push(lua.LNumber(float(x, y)))
	return 1
}

// compareInt64 orders two values of which one is an int64 value and the other one too, or a number. They compare
// exactly. With NaN nothing holds: it is neither equal nor less, nor is what stands before it.
func compareInt64(a, b lua.LValue) (order int, ok bool) {
	x, okX := int64Of(a)
	y, okY := int64Of(b)
	switch {
	case okX && okY:
		return cmp.Compare(x, y), true
	case okX:
		if f, ok := b.(lua.LNumber); ok {
			return int64Beside(x, float64(f)), true
		}
	case okY:
		f, ok := a.(lua.LNumber)
		if f != f {
			return 1, true
		}
		return -int64Beside(y, float64(f)), ok
	}
	return 0, false
}

// int64Beside orders n, which is beyond +-2^53 as all int64 values are, and f, which has no fraction there.
func int64Beside(n int64, f float64) int {
	switch {
	case f >= 1<<63:
		return -1
	case f >= -1<<63:
		return cmp.Compare(n, int64(f))
	}
	return 1 // also beside NaN
}

// int64Operator is a comparison that gopher-lua makes by itself, such as that of two keys in one of its functions.
func int64Operator(holds func(order int) bool) lua.LGFunction {
	return func(L *lua.LState) int {
		order, ok := compareInt64(L.Get(1), L.Get(2))
		if !ok {
			L.RaiseError("attempt to compare %s with %s", luaTypeName(L.Get(1)), luaTypeName(L.Get(2)))
		}
		L.Push(lua.LBool(holds(order)))
		return 1
	}
}

// concatTexts is __concat of values that are texts to Lua: errors and int64 values.
func concatTexts(L *lua.LState) int {
	a, okA := text(L.Get(1))
	b, okB := text(L.Get(2))
	if !okA || !okB {
		wrong := L.Get(1)
		if okA {
			wrong = L.Get(2)
		}
		L.RaiseError("attempt to concatenate a %s value", luaTypeName(wrong))
	}
	currentThread(L).charge(len(a) + len(b))
	L.Push(lua.LString(a + b))
	return 1
}
