package core

import (
	"encoding/binary"
	"math"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"assay.rs/core/compile"
)

// Bounds of string.pack, as Lua has them.
const (
	maxPacked      = math.MaxInt32
	maxIntegerSize = 16
	nativeAlign    = 8
)

// packing reads a format of string.pack, item by item.
type packing struct {
	L        *lua.LState
	rest     string
	big      bool
	maxAlign int
}

// packed is one item of a format.
type packed struct {
	kind    byte // i signed, u unsigned, f float, c text of a size, s text with its length, z text up to a zero, x padding, or 0 for none
	size    int
	padding int // bytes before it
}

// number reads the digits that may follow an option.
func (l *packing) number(otherwise int) int {
	n := 0
	digits := skipOver(l.rest, "0123456789")
	for i := range min(digits, 10) {
		n = n*10 + int(l.rest[i]-'0')
	}
	switch {
	case digits == 0:
		return otherwise
	case n > maxPacked || digits > 10:
		l.L.RaiseError("format result too large")
	}
	l.rest = l.rest[digits:]
	return n
}

// limited is number for the size of an integer.
func (l *packing) limited(otherwise int) int {
	n := l.number(otherwise)
	if n < 1 || n > maxIntegerSize {
		l.L.RaiseError("integral size (%d) out of limits [1,%d]", n, maxIntegerSize)
	}
	return n
}

// option reads one option without its padding.
func (l *packing) option() packed {
	option := l.rest[0]
	l.rest = l.rest[1:]
	switch option {
	case 'b':
		return packed{kind: 'i', size: 1}
	case 'B':
		return packed{kind: 'u', size: 1}
	case 'h':
		return packed{kind: 'i', size: 2}
	case 'H':
		return packed{kind: 'u', size: 2}
	case 'i':
		return packed{kind: 'i', size: l.limited(4)}
	case 'I':
		return packed{kind: 'u', size: l.limited(4)}
	case 'l', 'j':
		return packed{kind: 'i', size: 8}
	case 'L', 'J', 'T':
		return packed{kind: 'u', size: 8}
	case 'f':
		return packed{kind: 'f', size: 4}
	case 'd', 'n':
		return packed{kind: 'f', size: 8}
	case 's':
		return packed{kind: 's', size: l.limited(8)}
	case 'c':
		n := l.number(-1)
		if n < 0 {
			l.L.RaiseError("missing size for format option 'c'")
		}
		return packed{kind: 'c', size: n}
	case 'z':
		return packed{kind: 'z'}
	case 'x':
		return packed{kind: 'x', size: 1}
	case '<', '=':
		l.big = false
	case '>':
		l.big = true
	case '!':
		l.maxAlign = l.limited(nativeAlign)
	case ' ':
	default:
		l.L.RaiseError("invalid format option '%s'", string(option))
	}
	return packed{}
}

// next reads an item that stands behind total bytes.
func (l *packing) next(total int) packed {
	item, align := packed{}, 0
	if l.rest[0] == 'X' {
		l.rest = l.rest[1:]
		if l.rest != "" {
			next := l.option()
			align = next.size
			if next.kind == 'c' {
				align = 0
			}
		}
		if align == 0 {
			l.L.ArgError(1, "invalid next option for option 'X'")
		}
	} else {
		item = l.option()
		if item.kind != 'c' {
			align = item.size
		}
	}
	if align = min(align, l.maxAlign); align > 1 {
		if align&(align-1) != 0 {
			l.L.ArgError(1, "format asks for alignment not power of 2")
		}
		item.padding = -total & (align - 1)
	}
	return item
}

func newPacking(L *lua.LState) *packing {
	return &packing{L: L, rest: textArg(L, 1), maxAlign: 1}
}

// stringPack is pack(format, ...): the values as bytes.
func stringPack(L *lua.LState) int {
	t, l := currentThread(L), newPacking(L)
	var out []byte
	for arg := 2; l.rest != ""; {
		item := l.next(len(out))
		t.spend(1)
		size := item.size
		var text string
		if item.kind == 's' || item.kind == 'z' || item.kind == 'c' {
			text = textArg(L, arg)
			size += len(text) + 1
		}
		if len(out)+size > maxText {
			L.RaiseError("resulting string too large")
		}
		t.chargeCopy(size)
		t.spend(size / bytesPerStep)
		out = append(out, make([]byte, item.padding)...)
		switch item.kind {
		case 'i', 'u':
			out = l.appendInteger(out, wholeArg(L, arg, item.verb()), item, arg)
		case 'f':
			out = l.appendFloat(out, numberArg(L, arg), item.size)
		case 'c':
			if len(text) > item.size {
				L.ArgError(arg, "string longer than given size")
			}
			out = append(append(out, text...), make([]byte, item.size-len(text))...)
		case 's':
			if item.size < 8 && len(text) >= 1<<(item.size*8) {
				L.ArgError(arg, "string length does not fit in given size")
			}
			out = append(l.appendInteger(out, int64(len(text)), packed{kind: 'u', size: item.size}, arg), text...)
		case 'z':
			if strings.IndexByte(text, 0) >= 0 {
				L.ArgError(arg, "string contains zeros")
			}
			out = append(append(out, text...), 0)
		case 'x':
			out = append(out, 0)
			continue
		default:
			continue
		}
		arg++
	}
	t.copies(len(out))
	L.Push(lua.LString(out))
	return 1
}

// verb is how string.format would read the integer.
func (p packed) verb() byte {
	if p.kind == 'u' {
		return 'u'
	}
	return 'd'
}

func (l *packing) appendInteger(out []byte, n int64, item packed, arg int) []byte {
	if item.size < 8 {
		bits := item.size * 8
		if item.kind == 'i' && (n < -1<<(bits-1) || n >= 1<<(bits-1)) {
			l.L.ArgError(arg, "integer overflow")
		}
		if item.kind == 'u' && uint64(n) >= 1<<bits {
			l.L.ArgError(arg, "unsigned overflow")
		}
	}
	var bytes [maxIntegerSize]byte
	binary.LittleEndian.PutUint64(bytes[:], uint64(n))
	if n < 0 && item.kind == 'i' {
		binary.LittleEndian.PutUint64(bytes[8:], math.MaxUint64)
	}
	return l.appendBytes(out, bytes[:item.size])
}

func (l *packing) appendFloat(out []byte, n float64, size int) []byte {
	var bytes [8]byte
	if size == 4 {
		binary.LittleEndian.PutUint32(bytes[:], math.Float32bits(float32(n)))
	} else {
		binary.LittleEndian.PutUint64(bytes[:], math.Float64bits(n))
	}
	return l.appendBytes(out, bytes[:size])
}

// appendBytes appends little-endian bytes in the order of the format.
func (l *packing) appendBytes(out, bytes []byte) []byte {
	if l.big {
		slices.Reverse(bytes)
	}
	return append(out, bytes...)
}

// stringPackSize is packsize(format).
func stringPackSize(L *lua.LState) int {
	t, l, total := currentThread(L), newPacking(L), 0
	for l.rest != "" {
		item := l.next(total)
		t.spend(1)
		if item.kind == 's' || item.kind == 'z' {
			L.ArgError(1, "variable-length format")
		}
		if total += item.padding + item.size; total > maxPacked {
			L.ArgError(1, "format result too large")
		}
	}
	L.Push(lua.LNumber(total))
	return 1
}

// stringUnpack is unpack(format, s, position): the values, and the position behind them.
func stringUnpack(L *lua.LState) int {
	t, l, s := currentThread(L), newPacking(L), textArg(L, 2)
	at := fromEnd(optIntegerArg(L, 3, 1), len(s)) - 1
	if at < 0 || at > len(s) {
		L.ArgError(3, "initial position out of string")
	}
	var values []lua.LValue
	for l.rest != "" {
		item := l.next(at)
		if item.padding+item.size > len(s)-at {
			L.ArgError(2, "data string too short")
		}
		at += item.padding
		if v := l.value(t, item, s[at:]); v != nil {
			if len(values) >= maxUnpacked {
				L.RaiseError("too many results")
			}
			values = append(values, v)
			t.charge(2 * valueSize)
		}
		at += l.length(item, values)
		t.spend(1)
	}
	values = append(values, lua.LNumber(at+1))
	return compile.Push(L, values)
}

// length is how many bytes the item took whose value was the last one.
func (l *packing) length(item packed, values []lua.LValue) int {
	switch item.kind {
	case 's':
		return item.size + len(lua.LVAsString(values[len(values)-1]))
	case 'z':
		return len(lua.LVAsString(values[len(values)-1])) + 1
	}
	return item.size
}

// value is the item at the begin of s, or nothing for padding.
func (l *packing) value(t *thread, item packed, s string) lua.LValue {
	switch item.kind {
	case 'i', 'u':
		return t.vm.integer(l.integer(s[:item.size], item.kind == 'i'))
	case 'f':
		bytes := l.bytes(s[:item.size])
		if item.size == 4 {
			return lua.LNumber(math.Float32frombits(binary.LittleEndian.Uint32(bytes)))
		}
		return lua.LNumber(math.Float64frombits(binary.LittleEndian.Uint64(bytes)))
	case 'c':
		return lua.LString(s[:item.size])
	case 's':
		n := l.integer(s[:item.size], false)
		if n < 0 || n > int64(len(s)-item.size) {
			l.L.ArgError(2, "data string too short")
		}
		return lua.LString(s[item.size : item.size+int(n)])
	case 'z':
		n := strings.IndexByte(s, 0)
		if n < 0 {
			l.L.ArgError(2, "unfinished string for format 'z'")
		}
		return lua.LString(s[:n])
	}
	return nil
}

// integer reads up to 16 bytes, of which those beyond 8 may only repeat the sign.
func (l *packing) integer(s string, signed bool) int64 {
	bytes := l.bytes(s)
	var low [8]byte
	copy(low[:], bytes)
	n := int64(binary.LittleEndian.Uint64(low[:]))
	if bits := len(bytes) * 8; bits < 64 && signed {
		n = n << (64 - bits) >> (64 - bits)
	}
	for _, b := range bytes[min(8, len(bytes)):] {
		if b != 0 && (!signed || n >= 0 || b != 0xff) {
			l.L.RaiseError("%d-byte integer does not fit into Lua Integer", len(bytes))
		}
	}
	return n
}

// bytes are those of s, the lowest first.
func (l *packing) bytes(s string) []byte {
	bytes := []byte(s)
	if l.big {
		slices.Reverse(bytes)
	}
	return bytes
}
