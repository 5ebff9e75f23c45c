package compile

import (
	"math"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"assay.rs/core/syntax"
)

// Standard gives the helpers of the machine L as plain Lua knows them: no
// budget, no int64 values. A runtime that has those puts its own in front.
//
// HelperScope, called with the name and value of a variable with <close>, the
// rest of its block as a function, and the arguments of that function, raises
// unless the value is nil, false or has a __close metamethod. It calls the
// function; whether that returns or raises, it then calls __close with the value
// and the error, if any. An error goes on. Else it returns the function's first
// result and the others packed for HelperUnpack.
func Standard(L *lua.LState) func(Helper) lua.LValue {
	return func(h Helper) lua.LValue {
		if h == HelperGlobals {
			return L.G.Global
		}
		return L.NewFunction(standard(h))
	}
}

func standard(h Helper) lua.LGFunction {
	switch h {
	case HelperConcat:
		return Concat
	case HelperConcatList:
		return concatList
	case HelperFloorDivide:
		return floorDivide
	case HelperAnd:
		return bitwise("__band", func(a, b int64) int64 { return a & b })
	case HelperOr:
		return bitwise("__bor", func(a, b int64) int64 { return a | b })
	case HelperXor:
		return bitwise("__bxor", func(a, b int64) int64 { return a ^ b })
	case HelperShiftLeft:
		return bitwise("__shl", ShiftLeft)
	case HelperShiftRight:
		return bitwise("__shr", func(a, b int64) int64 { return ShiftLeft(a, -max(b, -math.MaxInt64)) })
	case HelperNot:
		return bitNot
	case HelperEqual:
		return compare(func(L *lua.LState, a, b lua.LValue) bool { return L.Equal(a, b) })
	case HelperLess:
		return compare(func(L *lua.LState, a, b lua.LValue) bool { return L.LessThan(a, b) })
	case HelperLessEqual:
		return compare(lessEqual)
	case HelperGreater:
		return compare(func(L *lua.LState, a, b lua.LValue) bool { return L.LessThan(b, a) })
	case HelperGreaterEqual:
		return compare(func(L *lua.LState, a, b lua.LValue) bool { return lessEqual(L, b, a) })
	case HelperPack:
		return pack
	case HelperUnpack:
		return unpack
	case HelperScope:
		return Scope(Protect)
	default: // HelperDeclare
		return declare
	}
}

func compare(op func(L *lua.LState, a, b lua.LValue) bool) lua.LGFunction {
	return func(L *lua.LState) int {
		L.Push(lua.LBool(op(L, L.Get(1), L.Get(2))))
		return 1
	}
}

func lessEqual(L *lua.LState, a, b lua.LValue) bool {
	switch x := a.(type) {
	case lua.LNumber:
		if y, ok := b.(lua.LNumber); ok {
			return x <= y
		}
	case lua.LString:
		if y, ok := b.(lua.LString); ok {
			return x <= y
		}
	}
	if mm := metamethod(L, a, "__le"); mm != lua.LNil && a.Type() == b.Type() && mm == metamethod(L, b, "__le") {
		return lua.LVAsBool(call(L, mm, a, b))
	}
	return !L.LessThan(b, a)
}

func metamethod(L *lua.LState, v lua.LValue, event string) lua.LValue {
	return L.GetMetaField(v, event)
}

func call(L *lua.LState, fn lua.LValue, args ...lua.LValue) lua.LValue {
	L.Push(fn)
	for _, a := range args {
		L.Push(a)
	}
	L.Call(len(args), 1)
	v := L.Get(-1)
	L.Pop(1)
	return v
}

// binary calls the metamethod of either operand; ok tells whether there is one.
func binary(L *lua.LState, event string) (v lua.LValue, ok bool) {
	a, b := L.Get(1), L.Get(2)
	mm := metamethod(L, a, event)
	if mm == lua.LNil {
		mm = metamethod(L, b, event)
	}
	if mm == lua.LNil {
		return nil, false
	}
	return call(L, mm, a, b), true
}

func isText(v lua.LValue) bool { return v.Type() == lua.LTString || v.Type() == lua.LTNumber }

// join concatenates values from right to left.
func join(L *lua.LState, values []lua.LValue) lua.LValue {
	right := values[len(values)-1]
	for i := len(values) - 2; i >= 0; {
		if !isText(values[i]) || !isText(right) {
			mm := metamethod(L, values[i], "__concat")
			if mm == lua.LNil {
				mm = metamethod(L, right, "__concat")
			}
			if mm == lua.LNil {
				wrong := values[i]
				if isText(wrong) {
					wrong = right
				}
				L.RaiseError("attempt to concatenate a %s value", wrong.Type())
			}
			right = call(L, mm, values[i], right)
			i--
			continue
		}
		first := i
		for first > 0 && isText(values[first-1]) {
			first--
		}
		var b strings.Builder
		for _, v := range values[first : i+1] {
			b.WriteString(lua.LVAsString(v))
		}
		b.WriteString(lua.LVAsString(right))
		right = lua.LString(b.String())
		i = first - 1
	}
	return right
}

// Concat is HelperConcat without a budget.
func Concat(L *lua.LState) int {
	n := L.GetTop()
	values := make([]lua.LValue, n)
	for i := range values {
		values[i] = L.Get(i + 1)
	}
	L.Push(join(L, values))
	return 1
}

func concatList(L *lua.LState) int {
	values := make([]lua.LValue, L.CheckInt(1))
	t := L.CheckTable(2)
	for i := range values {
		values[i] = t.RawGetInt(i + 1)
	}
	L.Push(join(L, values))
	return 1
}

// number is a number or a text that reads as one.
func number(v lua.LValue) (float64, bool) {
	switch v := v.(type) {
	case lua.LNumber:
		return float64(v), true
	case lua.LString:
		text := strings.Trim(string(v), " \t\r\n\v\f")
		digits, negative := strings.CutPrefix(text, "-")
		n, ok := syntax.ParseNumber(digits)
		if negative {
			n = -n
		}
		return n, ok
	}
	return 0, false
}

func floorDivide(L *lua.LState) int {
	a, okA := number(L.Get(1))
	b, okB := number(L.Get(2))
	if !okA || !okB {
		v, ok := binary(L, "__idiv")
		if !ok {
			arithmeticError(L, okA)
		}
		L.Push(v)
		return 1
	}
	L.Push(lua.LNumber(FloorDivide(a, b)))
	return 1
}

// FloorDivide is a // b of two numbers as Lua computes it. Whole numbers up to
// 2^53 divide exactly.
func FloorDivide(a, b float64) float64 {
	const most = 1 << 53
	if a != math.Trunc(a) || b != math.Trunc(b) || b == 0 || math.Abs(a) > most || math.Abs(b) > most {
		return math.Floor(a / b)
	}
	x, y := int64(a), int64(b)
	q := x / y
	if x%y != 0 && (x < 0) != (y < 0) {
		q--
	}
	return float64(q)
}

// ShiftLeft is a << b of two integers as Lua computes it: zeros come in, a
// negative b shifts right, and from 64 bits on nothing is left.
func ShiftLeft(a, b int64) int64 {
	switch {
	case b <= -64 || b >= 64:
		return 0
	case b >= 0:
		return int64(uint64(a) << uint64(b))
	}
	return int64(uint64(a) >> uint64(-b))
}

func arithmeticError(L *lua.LState, firstIsFine bool) {
	wrong := L.Get(1)
	if firstIsFine {
		wrong = L.Get(2)
	}
	L.RaiseError("attempt to perform arithmetic on a %s value", wrong.Type())
}

// integer is a whole number of 64 bits, which a bit operator needs. Unlike
// arithmetic, it takes no text for a number, as in Lua 5.4.
func integer(L *lua.LState, n int) int64 {
	v, ok := L.Get(n).(lua.LNumber)
	if !ok {
		L.RaiseError("attempt to perform bitwise operation on a %s value", L.Get(n).Type())
	}
	if f := float64(v); f != math.Floor(f) || f < -1<<63 || f >= 1<<63 {
		L.RaiseError("number has no integer representation")
	}
	return int64(v)
}

func bitwise(event string, op func(a, b int64) int64) lua.LGFunction {
	return func(L *lua.LState) int {
		_, okA := L.Get(1).(lua.LNumber)
		_, okB := L.Get(2).(lua.LNumber)
		if !okA || !okB {
			if v, ok := binary(L, event); ok {
				L.Push(v)
				return 1
			}
		}
		L.Push(lua.LNumber(op(integer(L, 1), integer(L, 2))))
		return 1
	}
}

func bitNot(L *lua.LState) int {
	if mm := metamethod(L, L.Get(1), "__bnot"); mm != lua.LNil {
		L.Push(call(L, mm, L.Get(1), L.Get(1)))
		return 1
	}
	L.Push(lua.LNumber(^integer(L, 1)))
	return 1
}

func pack(L *lua.LState) int {
	n := L.GetTop()
	t := L.CreateTable(n, 1)
	for i := 1; i <= n; i++ {
		t.RawSetInt(i, L.Get(i))
	}
	t.RawSetString("n", lua.LNumber(n))
	L.Push(t)
	return 1
}

func unpack(L *lua.LState) int {
	results, _ := L.CheckUserData(1).Value.([]lua.LValue)
	for _, v := range results {
		L.Push(v)
	}
	return len(results)
}

func declare(L *lua.LState) int {
	if L.Get(1) != lua.LNil {
		L.RaiseError("global '%s' is already defined", L.CheckString(2))
	}
	return 0
}

// Protect calls a function so that what it raises is caught, in a Lua state of
// its own: gopher-lua, when it raises, detaches the captured variables of every
// function that the state runs, also of those below the protected call.
func Protect(L *lua.LState, fn lua.LValue, args []lua.LValue) ([]lua.LValue, error) {
	inner, _ := L.NewThread()
	inner.Push(fn)
	for _, arg := range args {
		inner.Push(arg)
	}
	if err := inner.PCall(len(args), lua.MultRet, nil); err != nil {
		return nil, err
	}
	results := make([]lua.LValue, inner.GetTop())
	for i := range results {
		results[i] = inner.Get(i + 1)
	}
	return results, nil
}

// Scope makes HelperScope of a way to call functions protected; see Standard. An
// error that is an *lua.ApiError gives __close its value, and goes on with a
// panic as gopher-lua's own do.
func Scope(protect func(L *lua.LState, fn lua.LValue, args []lua.LValue) ([]lua.LValue, error)) lua.LGFunction {
	return func(L *lua.LState) int {
		value, fn := L.Get(2), L.Get(3)
		closer := metamethod(L, value, "__close")
		if lua.LVAsBool(value) && closer == lua.LNil {
			L.RaiseError("variable '%s' got a non-closable value", L.CheckString(1))
		}
		args := make([]lua.LValue, L.GetTop()-3)
		for i := range args {
			args[i] = L.Get(4 + i)
		}
		results, err := protect(L, fn, args)
		if lua.LVAsBool(value) {
			raised := lua.LValue(lua.LNil)
			if api, ok := err.(*lua.ApiError); ok { //nolint:errorlint // PCall gives it bare
				raised = api.Object
			}
			call(L, closer, value, raised)
		}
		if err != nil {
			panic(err) // as it was caught, its traceback included
		}
		if len(results) == 0 {
			return 0
		}
		ud := L.NewUserData()
		ud.Value = results[1:]
		L.Push(results[0])
		L.Push(ud)
		return 2
	}
}
