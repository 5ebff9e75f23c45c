package core

import (
	lua "github.com/yuin/gopher-lua"

	"assay.rs/core/internal/format"
)

// stringFormat is format(layout, ...) with the conversions of Lua, not those of Go.
func stringFormat(L *lua.LState) int {
	rest := textArg(L, 1)
	t := currentThread(L)
	t.copies(len(rest))
	out := make([]byte, 0, len(rest)+numberSize)
	for arg := 2; rest != ""; {
		text, spec, after, err := format.Next(rest)
		if err != nil {
			L.RaiseError("%s", err.Error())
		}
		out = append(out, text...)
		rest = after
		if spec.Verb == 0 {
			continue
		}
		if arg > L.GetTop() {
			L.ArgError(arg, "no value")
		}
		before := len(out)
		out = appendFormatted(L, t, out, &spec, arg)
		if len(out) > maxText {
			L.RaiseError("resulting string too large")
		}
		t.copies(len(out) - before)
		arg++
	}
	L.Push(lua.LString(out))
	return 1
}

// appendFormatted writes argument arg.
func appendFormatted(L *lua.LState, t *thread, out []byte, spec *format.Spec, arg int) []byte {
	switch spec.Verb {
	case 's':
		s := t.tostringIn(L, L.Get(arg))
		t.chargeCopy(len(s))
		return spec.AppendText(out, s)
	case 'q':
		s := textArg(L, arg)
		t.chargeCopy(2 * len(s))
		return format.AppendQuoted(out, s)
	case 'c':
		return spec.AppendText(out, string([]byte{byte(integerArg(L, arg))}))
	case 'd', 'i', 'u', 'o', 'x', 'X':
		return spec.AppendInteger(out, wholeArg(L, arg, spec.Verb))
	default:
		return spec.AppendFloat(out, numberArg(L, arg))
	}
}

// chargeCopy charges a long text that is appended to another, and the room that this makes grow.
func (t *thread) chargeCopy(n int) {
	if n >= chargedFrom {
		t.charge(2 * n)
	}
}

// wholeArg is argument i as an integer of 64 bits. One without a sign may use all of them.
func wholeArg(L *lua.LState, i int, verb byte) int64 {
	v := L.Get(i)
	if v.Type() == lua.LTString {
		v = lua.LNumber(numberArg(L, i))
	}
	if n, ok := bits64(v); ok {
		return n
	}
	f := numberArg(L, i)
	signed := verb == 'd' || verb == 'i'
	if !signed && f >= 1<<63 && f < 1<<64 {
		return int64(uint64(f))
	}
	L.ArgError(i, errInteger.Error())
	return 0
}
