package compile

import lua "github.com/yuin/gopher-lua"

// few is how many values are pushed without a thought: gopher-lua's stack grows by more.
const few = 64

// Room makes room for n values on the stack of L at once: gopher-lua's stack grows by a fixed step, and each
// step copies it.
func Room(L *lua.LState, n int) {
	if n > few {
		top := L.GetTop()
		L.SetTop(top + n)
		L.SetTop(top)
	}
}

// Push pushes values and tells how many there are.
func Push(L *lua.LState, values []lua.LValue) int {
	Room(L, len(values))
	for _, v := range values {
		L.Push(v)
	}
	return len(values)
}
