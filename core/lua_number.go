package core

import (
	"errors"
	"math"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"assay.rs/core/compile"
)

// luaSpaces is what Lua takes for white space.
const luaSpaces = " \t\n\v\f\r"

// numberSize is about what the text of a number takes.
const numberSize = 24

// numberText is a number as every part of the runtime writes it.
func numberText(n lua.LNumber) string {
	var short [numberSize]byte
	return string(compile.AppendNumber(short[:0], float64(n)))
}

// parseNumber reads a number as Lua 5.1 writes one: decimal or hexadecimal, with spaces around.
func parseNumber(s string) (float64, bool) {
	s = strings.Trim(s, luaSpaces)
	digits := strings.TrimLeft(s, "+-")
	if len(s)-len(digits) > 1 || digits == "" {
		return 0, false
	}
	set := "0123456789.eE+-"
	if len(digits) > 1 && digits[0] == '0' && digits[1]|0x20 == 'x' {
		set = "0123456789abcdefABCDEFxX.pP+-"
		if !strings.ContainsAny(digits, "pP") {
			s += "p0"
		}
	}
	if skipOver(digits, set) < len(digits) {
		return 0, false
	}
	n, err := strconv.ParseFloat(s, 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		return 0, false
	}
	return n, true
}

// skipOver is how many bytes of s, from its start, are in the set.
func skipOver(s, set string) int {
	for i := range len(s) {
		if strings.IndexByte(set, s[i]) < 0 {
			return i
		}
	}
	return len(s)
}

// parseDigits reads a whole number in a base from 2 to 36.
func parseDigits(s string, base int) (float64, bool) {
	s = strings.Trim(s, luaSpaces)
	digits, negative := strings.CutPrefix(s, "-")
	if !negative {
		digits = strings.TrimPrefix(s, "+")
	}
	if len(digits) > 2 && base == 16 && digits[0] == '0' && digits[1]|0x20 == 'x' {
		digits = digits[2:]
	}
	if digits == "" {
		return 0, false
	}
	n := 0.0
	for i := range len(digits) {
		d := digitOf(digits[i])
		if d >= base {
			return 0, false
		}
		n = n*float64(base) + float64(d)
	}
	if negative {
		n = -n
	}
	return n, true
}

func digitOf(b byte) int {
	switch lower := b | 0x20; {
	case b >= '0' && b <= '9':
		return int(b - '0')
	case lower >= 'a' && lower <= 'z':
		return int(lower-'a') + 10
	}
	return math.MaxInt
}

// numberArg is argument i as a number: texts and int64 values count.
func numberArg(L *lua.LState, i int) float64 {
	switch v := L.Get(i).(type) {
	case lua.LNumber:
		return float64(v)
	case lua.LString:
		currentThread(L).spend(len(v) >> 4)
		if n, ok := parseNumber(string(v)); ok {
			return n
		}
	case *lua.LUserData:
		if n, ok := int64Of(v); ok {
			return float64(n)
		}
	}
	typeError(L, i, "number")
	return 0
}

func optNumberArg(L *lua.LState, i int, otherwise float64) float64 {
	if L.Get(i) == lua.LNil {
		return otherwise
	}
	return numberArg(L, i)
}

// integerArg is argument i cut to a whole number; beyond 64 bits it is the nearest there is.
func integerArg(L *lua.LState, i int) int {
	if n, ok := int64Of(L.Get(i)); ok {
		return int(n)
	}
	switch n := numberArg(L, i); {
	case n != n:
		L.ArgError(i, errInteger.Error())
		return 0
	case n >= 1<<63:
		return math.MaxInt
	case n <= -1<<63:
		return math.MinInt
	default:
		return int(n)
	}
}

func optIntegerArg(L *lua.LState, i, otherwise int) int {
	if L.Get(i) == lua.LNil {
		return otherwise
	}
	return integerArg(L, i)
}

// textArg is argument i as text: numbers, errors and int64 values count.
func textArg(L *lua.LState, i int) string {
	s, ok := text(L.Get(i))
	if !ok {
		typeError(L, i, "string")
	}
	return s
}

func tableArg(L *lua.LState, i int) *lua.LTable {
	t, ok := L.Get(i).(*lua.LTable)
	if !ok {
		typeError(L, i, "table")
	}
	return t
}

// typeError raises that argument i is not what was expected.
func typeError(L *lua.LState, i int, want string) {
	got := "no value"
	if i <= L.GetTop() {
		got = luaTypeName(L.Get(i))
	}
	L.ArgError(i, want+" expected, got "+got)
}

// luaTypeName is typeName, but nil is nil.
func luaTypeName(v lua.LValue) string {
	if v == nil || v == lua.LNil {
		return "nil"
	}
	return typeName(v)
}
