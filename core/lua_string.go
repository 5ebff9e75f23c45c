package core

import (
	"strings"

	lua "github.com/yuin/gopher-lua"

	"assay.rs/core/compile"
)

// stringLibrary is Lua's string. Like Lua's in the C locale it knows bytes, not characters.
func stringLibrary() map[string]lua.LGFunction {
	return map[string]lua.LGFunction{
		"byte":     stringByte,
		"char":     stringChar,
		"find":     stringFind,
		"format":   stringFormat,
		"gmatch":   stringGmatch,
		"gsub":     stringGsub,
		"len":      stringLen,
		"lower":    stringLower,
		"match":    stringMatch,
		"pack":     stringPack,
		"packsize": stringPackSize,
		"rep":      stringRep,
		"reverse":  stringReverse,
		"sub":      stringSub,
		"unpack":   stringUnpack,
		"upper":    stringUpper,
	}
}

// maxText is the longest string that functions make where memory has no limit.
const maxText = 1 << 30

// bytesPerStep is how many bytes a function copies in about the time of a VM instruction.
const bytesPerStep = 64

// copies charges a text of n bytes that is about to be made, and the work.
func (t *thread) copies(n int) {
	t.charge(n)
	t.spend(n / bytesPerStep)
}

// fromEnd is a position in a text of n bytes, counted from its end when it is negative; 0 is in front.
func fromEnd(position, n int) int {
	if position < 0 {
		return max(0, position+n+1)
	}
	return position
}

func stringLen(L *lua.LState) int {
	L.Push(lua.LNumber(len(textArg(L, 1))))
	return 1
}

// stringSub is sub(s, first, last).
func stringSub(L *lua.LState) int {
	s := textArg(L, 1)
	first := max(1, fromEnd(integerArg(L, 2), len(s)))
	last := min(len(s), fromEnd(optIntegerArg(L, 3, -1), len(s)))
	if first > last {
		L.Push(lua.LString(""))
	} else {
		L.Push(piece(L, s, first-1, last))
	}
	return 1
}

// sharedFrom is the size of a text from which its small pieces are copies.
const sharedFrom = 256

// piece is s[from:to]. A piece that is less than half of a large text is a copy: it would keep all of the
// text in memory, which nothing sees that counts the piece.
func piece(L *lua.LState, s string, from, to int) lua.LString {
	part := s[from:to]
	if len(s) < sharedFrom || len(part) > len(s)/2 {
		return lua.LString(part)
	}
	if len(part) >= chargedFrom {
		currentThread(L).copies(len(part))
	}
	return lua.LString(strings.Clone(part))
}

// stringByte is byte(s, first, last): the bytes as numbers.
func stringByte(L *lua.LState) int {
	s := textArg(L, 1)
	first := fromEnd(optIntegerArg(L, 2, 1), len(s))
	last := min(len(s), fromEnd(optIntegerArg(L, 3, first), len(s)))
	first = max(1, first)
	n := last - first + 1
	if n <= 0 {
		return 0
	}
	if n > maxUnpacked {
		L.RaiseError("string slice too long")
	}
	t := currentThread(L)
	t.charge(n * valueSize)
	t.spend(n >> 2)
	compile.Room(L, n)
	for i := first - 1; i < last; i++ {
		L.Push(lua.LNumber(s[i]))
	}
	return n
}

// stringChar is char(...): a text of the given bytes.
func stringChar(L *lua.LState) int {
	n := L.GetTop()
	t := currentThread(L)
	t.charge(n)
	t.spend(n >> 2)
	made := make([]byte, n)
	for i := range made {
		code := integerArg(L, i+1)
		if code < 0 || code > 255 {
			L.ArgError(i+1, "invalid value")
		}
		made[i] = byte(code)
	}
	L.Push(lua.LString(made))
	return 1
}

// stringRep is rep(s, n, separator). The size is charged before anything is made.
func stringRep(L *lua.LState) int {
	s, n, separator := textArg(L, 1), integerArg(L, 2), ""
	if L.Get(3) != lua.LNil {
		separator = textArg(L, 3)
	}
	unit := len(s) + len(separator)
	if n <= 0 || unit == 0 {
		L.Push(lua.LString(""))
		return 1
	}
	if float64(n)*float64(unit) >= 1<<62 {
		L.RaiseError("resulting string too large")
	}
	size := n*unit - len(separator)
	currentThread(L).copies(size)
	if size > maxText {
		L.RaiseError("resulting string too large")
	}
	L.Push(lua.LString(repeat(s, separator, size)))
	return 1
}

// repeat writes s and the separator in turn, up to a size.
func repeat(s, separator string, size int) string {
	var made strings.Builder
	made.Grow(size)
	made.WriteString(s)
	if made.Len() < size {
		made.WriteString(separator)
	}
	for made.Len() < size {
		made.WriteString(made.String()[:min(made.Len(), size-made.Len())])
	}
	return made.String()
}

func stringReverse(L *lua.LState) int {
	s := textArg(L, 1)
	currentThread(L).copies(len(s))
	var made strings.Builder
	made.Grow(len(s))
	var part [64]byte
	for rest := s; rest != ""; {
		n := min(len(rest), len(part))
		for i := range n {
			part[i] = rest[len(rest)-1-i]
		}
		made.Write(part[:n])
		rest = rest[:len(rest)-n]
	}
	L.Push(lua.LString(made.String()))
	return 1
}

func stringUpper(L *lua.LState) int { return shifted(L, 'a', 'z') }
func stringLower(L *lua.LState) int { return shifted(L, 'A', 'Z') }

// shifted is argument 1 with the letters from first to last in the other case. Other bytes stay what they
// are, those of UTF-8 too.
func shifted(L *lua.LState, first, last byte) int {
	s := textArg(L, 1)
	from := 0
	for from < len(s) && (s[from] < first || s[from] > last) {
		from++
	}
	t := currentThread(L)
	if from == len(s) {
		t.spend(len(s) / bytesPerStep)
		L.Push(lua.LString(s))
		return 1
	}
	t.copies(len(s))
	var made strings.Builder
	made.Grow(len(s))
	made.WriteString(s[:from])
	var part [64]byte
	for rest := s[from:]; rest != ""; {
		n := copy(part[:], rest)
		for i, b := range part[:n] {
			if b >= first && b <= last {
				part[i] = b ^ ('a' - 'A')
			}
		}
		made.Write(part[:n])
		rest = rest[n:]
	}
	L.Push(lua.LString(made.String()))
	return 1
}
