package core

import (
	"unicode/utf8"

	lua "github.com/yuin/gopher-lua"

	"assay.rs/core/compile"
)

// charPattern matches one character of valid UTF-8.
const charPattern = "[\x00-\x7F\xC2-\xF4][\x80-\xBF]*"

// utf8Library is Lua 5.3's utf8.
func utf8Library() map[string]lua.LGFunction {
	return map[string]lua.LGFunction{
		"char":      utf8Char,
		"codepoint": utf8Codepoint,
		"len":       utf8Len,
		"offset":    utf8Offset,
	}
}

// utf8Char is char(...): the code points as text.
func utf8Char(L *lua.LState) int {
	n := L.GetTop()
	currentThread(L).charge(n * utf8.UTFMax)
	chars := make([]byte, 0, n)
	for i := 1; i <= n; i++ {
		code := integerArg(L, i)
		if code < 0 || code > utf8.MaxRune {
			L.ArgError(i, "value out of range")
		}
		chars = appendCode(chars, code)
	}
	L.Push(lua.LString(chars))
	return 1
}

// appendCode encodes surrogates too, as Lua does.
func appendCode(to []byte, code int) []byte {
	if code >= 0xD800 && code <= 0xDFFF {
		return append(to, 0xE0|byte(code>>12), 0x80|byte(code>>6&0x3F), 0x80|byte(code&0x3F))
	}
	return utf8.AppendRune(to, rune(code))
}

// decode is the character at byte i of s, counted from 0.
func decode(s string, i int) (r rune, size int, ok bool) {
	r, size = utf8.DecodeRuneInString(s[i:])
	return r, size, r != utf8.RuneError || size > 1
}

// bytePosition is a position in a text of n bytes; negative ones count from its end.
func bytePosition(i, n int) int {
	switch {
	case i >= 0:
		return i
	case -i > n || i+n < 0:
		return 0
	}
	return n + i + 1
}

// utf8Codepoint is codepoint(s, first, last).
func utf8Codepoint(L *lua.LState) int {
	s := textArg(L, 1)
	first := bytePosition(optIntegerArg(L, 2, 1), len(s))
	last := bytePosition(optIntegerArg(L, 3, first), len(s))
	if first < 1 {
		L.ArgError(2, "out of range")
	}
	if last > len(s) {
		L.ArgError(3, "out of range")
	}
	if first > last {
		return 0
	}
	if last-first >= maxUnpacked {
		L.RaiseError("string slice too long")
	}
	t := currentThread(L)
	t.charge((last - first) * valueSize)
	t.spend(last - first)
	compile.Room(L, last-first+1)
	n := 0
	for i := first - 1; i < last; n++ {
		r, size, ok := decode(s, i)
		if !ok {
			L.RaiseError("invalid UTF-8 code")
		}
		L.Push(lua.LNumber(r))
		i += size
	}
	return n
}

// utf8Len is len(s, first, last): the number of characters, or nil and where the first invalid byte is.
func utf8Len(L *lua.LState) int {
	s := textArg(L, 1)
	i := bytePosition(optIntegerArg(L, 2, 1), len(s)) - 1
	last := bytePosition(optIntegerArg(L, 3, -1), len(s))
	if i < 0 || i > len(s) {
		L.ArgError(2, "initial position out of string")
	}
	if last > len(s) {
		L.ArgError(3, "final position out of string")
	}
	currentThread(L).spend(len(s) >> 3)
	n := 0
	for ; i < last; n++ {
		_, size, ok := decode(s, i)
		if !ok {
			L.Push(lua.LNil)
			L.Push(lua.LNumber(i + 1))
			return 2
		}
		i += size
	}
	L.Push(lua.LNumber(n))
	return 1
}

func continues(s string, i int) bool { return i < len(s) && s[i]&0xC0 == 0x80 }

// utf8Offset is offset(s, n, i): where the nth character from byte i begins, or nil.
func utf8Offset(L *lua.LState) int {
	s, n := textArg(L, 1), integerArg(L, 2)
	from := 1
	if n <= 0 {
		from = len(s) + 1
	}
	i := bytePosition(optIntegerArg(L, 3, from), len(s)) - 1
	if i < 0 || i > len(s) {
		L.ArgError(3, "position out of range")
	}
	currentThread(L).spend(len(s) >> 3)
	if n != 0 && continues(s, i) {
		L.RaiseError("initial position is a continuation byte")
	}
	if at, ok := offset(s, n, i); ok {
		L.Push(lua.LNumber(at + 1))
	} else {
		L.Push(lua.LNil)
	}
	return 1
}

func offset(s string, n, i int) (int, bool) {
	switch {
	case n == 0:
		for i > 0 && continues(s, i) {
			i--
		}
		return i, true
	case n < 0:
		for ; n < 0 && i > 0; n++ {
			for i--; i > 0 && continues(s, i); i-- {
			}
		}
		return i, n == 0
	}
	for n--; n > 0 && i < len(s); n-- {
		for i++; continues(s, i); i++ {
		}
	}
	return i, n == 0
}

// utf8Codes is codes(s): for position, code in utf8.codes(s) do.
func utf8Codes(L *lua.LState) int {
	s := textArg(L, 1)
	L.Push(L.Get(lua.UpvalueIndex(1)))
	L.Push(lua.LString(s))
	L.Push(lua.LNumber(0))
	return 3
}

func nextCode(L *lua.LState) int {
	s, i := textArg(L, 1), integerArg(L, 2)
	for continues(s, max(i, 0)) && i > 0 {
		i++
	}
	if i < 0 || i >= len(s) {
		return 0
	}
	r, _, ok := decode(s, i)
	if !ok {
		L.RaiseError("invalid UTF-8 code")
	}
	L.Push(lua.LNumber(i + 1))
	L.Push(lua.LNumber(r))
	return 2
}
