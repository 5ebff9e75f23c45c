package core

import (
	"math"

	lua "github.com/yuin/gopher-lua"
)

// mathLibrary is Lua's math, with the functions of 5.3 on integers.
func mathLibrary() map[string]lua.LGFunction {
	functions := map[string]lua.LGFunction{
		"abs":        mathAbs,
		"ceil":       rounding(math.Ceil),
		"floor":      rounding(math.Floor),
		"frexp":      mathFrexp,
		"ldexp":      mathLdexp,
		"log":        mathLog,
		"max":        extreme(func(L *lua.LState, v, best lua.LValue) bool { return lessThan(L, best, v) }),
		"min":        extreme(lessThan),
		"modf":       mathModf,
		"random":     random,
		"randomseed": randomSeed,
		"tointeger":  mathToInteger,
		"type":       mathType,
		"ult":        mathUlt,
	}
	for name, f := range floatFunctions() {
		functions[name] = func(L *lua.LState) int {
			L.Push(lua.LNumber(f(numberArg(L, 1))))
			return 1
		}
	}
	for name, f := range map[string]func(x, y float64) float64{"atan2": math.Atan2, "fmod": math.Mod, "mod": math.Mod, "pow": math.Pow} {
		functions[name] = func(L *lua.LState) int {
			L.Push(lua.LNumber(f(numberArg(L, 1), numberArg(L, 2))))
			return 1
		}
	}
	return functions
}

func floatFunctions() map[string]func(float64) float64 {
	return map[string]func(float64) float64{
		"acos":  math.Acos,
		"asin":  math.Asin,
		"atan":  math.Atan,
		"cos":   math.Cos,
		"cosh":  math.Cosh,
		"deg":   func(x float64) float64 { return x * (180 / math.Pi) },
		"exp":   math.Exp,
		"log10": math.Log10,
		"rad":   func(x float64) float64 { return x * (math.Pi / 180) },
		"sin":   math.Sin,
		"sinh":  math.Sinh,
		"sqrt":  math.Sqrt,
		"tan":   math.Tan,
		"tanh":  math.Tanh,
	}
}

func mathConsts() []Const {
	return []Const{
		NewConst("huge", Number(), math.Inf(1), ""),
		NewConst("maxinteger", Integer(), math.MaxInt64, ""),
		NewConst("mininteger", Integer(), math.MinInt64, ""),
		NewConst("pi", Number(), math.Pi, ""),
	}
}

func mathAbs(L *lua.LState) int {
	n, ok := int64Of(L.Get(1))
	switch {
	case !ok:
		L.Push(lua.LNumber(math.Abs(numberArg(L, 1))))
		return 1
	case n == math.MinInt64:
		L.RaiseError("%s", errOverflow.Error())
	case n < 0:
		n = -n
	}
	L.Push(currentThread(L).vm.integer(n))
	return 1
}

// rounding leaves int64 values as they are.
func rounding(round func(float64) float64) lua.LGFunction {
	return func(L *lua.LState) int {
		if v := L.Get(1); v.Type() == lua.LTUserData {
			numberArg(L, 1)
			L.Push(v)
			return 1
		}
		L.Push(lua.LNumber(round(numberArg(L, 1))))
		return 1
	}
}

// extreme is the argument that is better than all others.
func extreme(better func(L *lua.LState, v, best lua.LValue) bool) lua.LGFunction {
	return func(L *lua.LState) int {
		best := numericArg(L, 1)
		for i := 2; i <= L.GetTop(); i++ {
			if v := numericArg(L, i); better(L, v, best) {
				best = v
			}
		}
		L.Push(best)
		return 1
	}
}

// numericArg is argument i as a number or an int64 value.
func numericArg(L *lua.LState, i int) lua.LValue {
	n := numberArg(L, i)
	if v := L.Get(i); v.Type() == lua.LTUserData {
		return v
	}
	return lua.LNumber(n)
}

func mathFrexp(L *lua.LState) int {
	fraction, exponent := math.Frexp(numberArg(L, 1))
	L.Push(lua.LNumber(fraction))
	L.Push(lua.LNumber(exponent))
	return 2
}

func mathLdexp(L *lua.LState) int {
	L.Push(lua.LNumber(math.Ldexp(numberArg(L, 1), max(-1<<20, min(1<<20, integerArg(L, 2))))))
	return 1
}

// mathLog is log(x, base).
func mathLog(L *lua.LState) int {
	x := numberArg(L, 1)
	n := math.Log(x)
	if L.Get(2) != lua.LNil {
		switch base := numberArg(L, 2); base {
		case 2:
			n = math.Log2(x)
		case 10:
			n = math.Log10(x)
		default:
			n /= math.Log(base)
		}
	}
	L.Push(lua.LNumber(n))
	return 1
}

func mathModf(L *lua.LState) int {
	x := numberArg(L, 1)
	whole := math.Trunc(x)
	fraction := math.Copysign(x-whole, x)
	if math.IsInf(x, 0) {
		fraction = math.Copysign(0, x)
	}
	L.Push(lua.LNumber(whole))
	L.Push(lua.LNumber(fraction))
	return 2
}

// mathToInteger gives nil for what is no whole number of 64 bits.
func mathToInteger(L *lua.LState) int {
	v := L.CheckAny(1)
	if s, ok := v.(lua.LString); ok {
		if n, ok := parseNumber(string(s)); ok {
			v = lua.LNumber(n)
		}
	}
	n, ok := bits64(v)
	if !ok {
		L.Push(lua.LNil)
		return 1
	}
	L.Push(currentThread(L).vm.integer(n))
	return 1
}

// mathType is "integer" for whole numbers, however they came about: numbers have no subtype here.
func mathType(L *lua.LState) int {
	v := L.CheckAny(1)
	_, whole := bits64(v)
	switch {
	case whole:
		L.Push(lua.LString("integer"))
	case v.Type() == lua.LTNumber:
		L.Push(lua.LString("float"))
	default:
		L.Push(lua.LNil)
	}
	return 1
}

// mathUlt compares integers as if they had no sign.
func mathUlt(L *lua.LState) int {
	var n [2]uint64
	for i := range n {
		v, ok := bits64(numericArg(L, i+1))
		if !ok {
			L.ArgError(i+1, errInteger.Error())
		}
		n[i] = uint64(v)
	}
	L.Push(lua.LBool(n[0] < n[1]))
	return 1
}
