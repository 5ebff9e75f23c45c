package compile

import (
	"math"

	lua "github.com/yuin/gopher-lua"
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
	return func(h Helper) lua.LValue { return L.NewFunction(standard(h)) }
}

func standard(h Helper) lua.LGFunction {
	switch h {
	case HelperConcat:
		return Concat
	case HelperConcatList:
		return func(L *lua.LState) int { return JoinList(L, uncharged) }
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
		return Scope(Protect, Close)
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
	return Push(L, results)
}

func declare(L *lua.LState) int {
	if L.Get(1) != lua.LNil {
		L.RaiseError("global '%s' is already defined", L.CheckString(2))
	}
	return 0
}
