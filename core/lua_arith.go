package core

import lua "github.com/yuin/gopher-lua"

// arithmeticEvents are the metamethods of the machine's instructions for arithmetic, in their order.
func arithmeticEvents() []string {
	return []string{"__add", "__sub", "__mul", "__div", "__mod", "__pow", "__unm"}
}

// textArith is each of them for texts that are numbers. gopher-lua by itself takes "010" for 8, and "1_0" for 10.
func textArith(L *lua.LState) int {
	f, ok := faultOf(L)
	if !ok {
		L.RaiseError("attempt to perform arithmetic on a string value")
	}
	op, _, _, _ := f.code()
	event := arithmeticEvents()[min(max(op-lua.OP_ADD, 0), lua.OP_UNM-lua.OP_ADD)]
	a, okA := plainNumber(L.Get(1))
	if op == lua.OP_UNM && okA {
		L.Push(lua.LNumber(-a))
		return 1
	}
	b, okB := plainNumber(L.Get(2))
	if okA && okB && op != lua.OP_UNM {
		L.Push(lua.LNumber(floatOperator(event)(a, b)))
		return 1
	}
	return otherArith(L, event)
}

// plainNumber is a number, or a text that reads as one.
func plainNumber(v lua.LValue) (float64, bool) {
	switch v := v.(type) {
	case lua.LNumber:
		return float64(v), true
	case lua.LString:
		return parseNumber(string(v))
	}
	return 0, false
}

// otherArith leaves it to the operand that is no text.
func otherArith(L *lua.LState, event string) int {
	for i := 1; i <= 2; i++ {
		v := L.Get(i)
		if v.Type() == lua.LTString {
			continue
		}
		if mm := L.GetMetaField(v, event); mm != lua.LNil {
			L.Push(mm)
			L.Push(L.Get(1))
			L.Push(L.Get(2))
			L.Call(2, 1)
			return 1
		}
	}
	L.RaiseError("attempt to perform arithmetic on a string value")
	return 0
}
