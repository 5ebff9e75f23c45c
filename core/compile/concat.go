package compile

import (
	lua "github.com/yuin/gopher-lua"
)

func isText(v lua.LValue) bool { return v.Type() == lua.LTString || v.Type() == lua.LTNumber }

// maxNumber is how many bytes a number takes as text, at most.
const maxNumber = 32

// textSize is the size of a text, or more than that of a number.
func textSize(v lua.LValue) int {
	if s, ok := v.(lua.LString); ok {
		return len(s)
	}
	return maxNumber
}

func appendText(text []byte, v lua.LValue) []byte {
	if n, ok := v.(lua.LNumber); ok {
		return AppendNumber(text, float64(n))
	}
	return append(text, lua.LVAsString(v)...)
}

// join concatenates values from right to left. What is joined at once is charged before.
func join(L *lua.LState, values []lua.LValue, charge func(L *lua.LState, bytes int)) lua.LValue {
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
		first, size := i, textSize(right)+textSize(values[i])
		for first > 0 && isText(values[first-1]) {
			first--
			size += textSize(values[first])
		}
		charge(L, size)
		text := make([]byte, 0, size)
		for _, v := range values[first : i+1] {
			text = appendText(text, v)
		}
		right = lua.LString(appendText(text, right))
		i = first - 1
	}
	return right
}

func uncharged(*lua.LState, int) {}

// Concat is HelperConcat without a budget.
func Concat(L *lua.LState) int {
	n := L.GetTop()
	if text, ok := joinTexts(L, n); ok {
		L.Push(text)
		return 1
	}
	return JoinArguments(L, uncharged)
}

// JoinArguments is HelperConcat for operands of any kind. It calls charge with the size of each text before it
// makes it.
func JoinArguments(L *lua.LState, charge func(L *lua.LState, bytes int)) int {
	values := make([]lua.LValue, L.GetTop())
	for i := range values {
		values[i] = L.Get(i + 1)
	}
	L.Push(join(L, values, charge))
	return 1
}

// JoinList is HelperConcatList. It calls charge with the size of each text before it makes it.
func JoinList(L *lua.LState, charge func(L *lua.LState, bytes int)) int {
	values := make([]lua.LValue, L.CheckInt(1))
	t := L.CheckTable(2)
	for i := range values {
		values[i] = t.RawGetInt(i + 1)
	}
	L.Push(join(L, values, charge))
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
