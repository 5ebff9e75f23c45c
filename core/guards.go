package core

import (
	lua "github.com/yuin/gopher-lua"
)

// maxPattern is the longest pattern that string functions take: gopher-lua reads one recursively.
const maxPattern = 4 << 10

// guards look at the arguments of functions of gopher-lua's library before they work: what would take
// more memory than the script may hold, or more of Go's stack than there is, raises instead.
func guards() map[string]lua.LGFunction {
	return map[string]lua.LGFunction{
		"string.rep":     guardRep,
		"string.format":  guardFormat,
		"string.find":    guardPattern,
		"string.match":   guardPattern,
		"string.gmatch":  guardPattern,
		"string.gsub":    guardGsub,
		"string.upper":   guardCopy,
		"string.lower":   guardCopy,
		"string.reverse": guardCopy,
	}
}

// guarded is f behind its guard, if it has one.
func guarded(name string, f lua.LGFunction) lua.LGFunction {
	guard := guards()[name]
	if guard == nil {
		return f
	}
	return func(L *lua.LState) int {
		guard(L)
		return f(L)
	}
}

// textArguments turns errors and int64 values among the arguments into their text: scripts that were
// written for plain texts pass them to string functions.
func textArguments(L *lua.LState) {
	for i := 1; i <= L.GetTop(); i++ {
		if ud, ok := L.Get(i).(*lua.LUserData); ok {
			if s, ok := text(ud); ok {
				L.Replace(i, lua.LString(s))
			}
		}
	}
}

func guardRep(L *lua.LState) int {
	textArguments(L)
	s, n := L.CheckString(1), L.CheckNumber(2)
	if n <= 0 || s == "" {
		return 0
	}
	if size := float64(len(s)) * float64(n); size < 1<<62 {
		currentThread(L).charge(int(size))
		if size <= maxText {
			return 0
		}
	}
	L.RaiseError("resulting string too large")
	return 0
}

// maxText is the longest string that rep makes where memory has no limit.
const maxText = 1 << 30

// guardFormat refuses widths that Lua refuses, and the verbs that are Go's and not Lua's.
func guardFormat(L *lua.LState) int {
	textArguments(L)
	format := L.CheckString(1)
	for i := 0; i < len(format); i++ {
		if format[i] != '%' {
			continue
		}
		i++
		i = skipWhile(format, i, "-+ #0")
		width := i
		i = skipWhile(format, i, "0123456789")
		if i-width > 2 {
			L.RaiseError("invalid format (width or precision too long)")
		}
		if i < len(format) && format[i] == '.' {
			precision := i + 1
			i = skipWhile(format, precision, "0123456789")
			if i-precision > 2 {
				L.RaiseError("invalid format (width or precision too long)")
			}
		}
		if i >= len(format) {
			L.RaiseError("invalid conversion to 'format': it ends after %%")
		}
		if !containsByte("diuoxXcsqeEfgGaA%", format[i]) {
			L.RaiseError("invalid conversion '%%%c' to 'format'", format[i])
		}
	}
	currentThread(L).charge(len(format))
	return 0
}

func skipWhile(s string, i int, set string) int {
	for i < len(s) && containsByte(set, s[i]) {
		i++
	}
	return i
}

func containsByte(set string, b byte) bool {
	for i := range len(set) {
		if set[i] == b {
			return true
		}
	}
	return false
}

func guardPattern(L *lua.LState) int {
	textArguments(L)
	if pattern, ok := L.Get(2).(lua.LString); ok && len(pattern) > maxPattern && !lua.LVAsBool(L.Get(4)) {
		L.RaiseError("pattern too complex: longer than %d bytes", maxPattern)
	}
	return 0
}

// guardGsub charges what a replacement by text can make at most, when that is much.
func guardGsub(L *lua.LState) int {
	guardPattern(L)
	s, ok := L.Get(1).(lua.LString)
	replacement, isText := L.Get(3).(lua.LString)
	if !ok || !isText {
		return 0
	}
	captures := 0
	for i := range len(replacement) {
		if replacement[i] == '%' {
			captures++
		}
	}
	most := float64(len(s)+1)*float64(len(replacement)) + float64(captures)*float64(len(s))
	if most >= chargedFrom && most < 1<<62 {
		currentThread(L).charge(int(most))
	}
	return 0
}

func guardCopy(L *lua.LState) int {
	textArguments(L)
	if s, ok := L.Get(1).(lua.LString); ok {
		t := currentThread(L)
		t.charge(len(s))
		t.spend(len(s) / bytesPerStep)
	}
	return 0
}

// bytesPerStep is how many bytes a function copies in about the time of a VM instruction.
const bytesPerStep = 64
