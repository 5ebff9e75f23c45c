package compile

import (
	"strings"

	lua "github.com/yuin/gopher-lua"
)

func isText(v lua.LValue) bool { return v.Type() == lua.LTString || v.Type() == lua.LTNumber }

// textOf is the text of a text or number.
func textOf(v lua.LValue) string {
	if n, ok := v.(lua.LNumber); ok {
		return string(AppendNumber(nil, float64(n)))
	}
	return lua.LVAsString(v)
}

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
			b.WriteString(textOf(v))
		}
		b.WriteString(textOf(right))
		right = lua.LString(b.String())
		i = first - 1
	}
	return right
}

// Concat is HelperConcat without a budget.
func Concat(L *lua.LState) int {
	n := L.GetTop()
	if text, ok := joinTexts(L, n); ok {
		L.Push(text)
		return 1
	}
	values := make([]lua.LValue, n)
	for i := range values {
		values[i] = L.Get(i + 1)
	}
	L.Push(join(L, values))
	return 1
}

// joinTexts concatenates the n arguments if all are texts or numbers.
func joinTexts(L *lua.LState, n int) (lua.LString, bool) {
	var short [256]byte
	text := short[:0]
	for i := 1; i <= n; i++ {
		switch v := L.Get(i).(type) {
		case lua.LString:
			text = append(text, v...)
		case lua.LNumber:
			text = AppendNumber(text, float64(v))
		default:
			return "", false
		}
	}
	return lua.LString(text), true
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
