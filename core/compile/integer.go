package compile

import (
	"math"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"assay.rs/core/syntax"
)

// number is a number or a text that reads as one.
func number(v lua.LValue) (float64, bool) {
	switch v := v.(type) {
	case lua.LNumber:
		return float64(v), true
	case lua.LString:
		text := strings.Trim(string(v), " \t\r\n\v\f")
		digits, negative := strings.CutPrefix(text, "-")
		if !negative {
			digits = strings.TrimPrefix(text, "+")
		}
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
