package core

import (
	_ "unsafe" // for go:linkname

	lua "github.com/yuin/gopher-lua"

	"assay.rs/core/compile"
)

// jumpTable is how gopher-lua does each of its instructions; one is true when the function that it ends is the one
// that base called.
//
//go:linkname jumpTable github.com/yuin/gopher-lua.jumpTable
var jumpTable [lua.OP_NOP + 1]func(L *lua.LState, instruction uint32, base *callFrame) int //nolint:gochecknoglobals // it is gopher-lua's

// callGFunction calls the function in Go of the current frame.
//
//go:linkname callGFunction github.com/yuin/gopher-lua.callGFunction
func callGFunction(L *lua.LState, tailcall bool) bool

// run is the loop of gopher-lua that does the instructions of a script, with two things that its own has not: it
// counts down to the next look, where gopher-lua would ask a context before each instruction, and it compares
// int64 values with numbers.
func (t *thread) run(L *lua.LState, base *callFrame) {
	in := inside(L)
	if in.currentFrame.Fn.IsG {
		callGFunction(L, false)
		return
	}
	for {
		frame := in.currentFrame
		instruction := frame.Fn.Proto.Code[frame.Pc]
		frame.Pc++
		if t.left--; t.left <= 0 && !t.look() {
			L.RaiseError("%s", t.Err().Error())
		}
		op := int(instruction >> 26)
		if op >= lua.OP_EQ {
			switch {
			case op <= lua.OP_LE:
				if t.compares(L, in, op, instruction) {
					continue
				}
			case op == lua.OP_FORPREP:
				refuseStepZero(L, in, instruction)
			case op == lua.OP_NOP:
				giveKeys(in, instruction)
			}
		}
		if jumpTable[op](L, instruction, base) == 1 {
			return
		}
	}
}

// isConstant marks an operand that is a constant of the function, not a register.
const isConstant = 0x100

// compares does a comparison of two numbers, and those that gopher-lua refuses: of an int64 value with a number, and of
// two values of which only one has a metamethod for it. It is false for another one.
func (t *thread) compares(L *lua.LState, in *luaState, op int, instruction uint32) bool {
	if op == lua.OP_EQ && t.vm.int64s == nil {
		return false
	}
	frame := in.currentFrame
	operand := func(at uint32) lua.LValue {
		if at&isConstant != 0 {
			return frame.Fn.Proto.Constants[at&^isConstant]
		}
		return in.reg.array[frame.LocalBase+int(at)]
	}
	a, b := operand(instruction&0x1ff), operand(instruction>>9&0x1ff)
	holds, ok := t.holds(L, op, a, b)
	if !ok {
		return false
	}
	if wanted := instruction>>18&0xff != 0; holds != wanted {
		frame.Pc++
	}
	return true
}

func (t *thread) holds(L *lua.LState, op int, a, b lua.LValue) (holds, ok bool) {
	if x, isNumber := a.(lua.LNumber); isNumber && op != lua.OP_EQ {
		if y, isNumber := b.(lua.LNumber); isNumber {
			return op == lua.OP_LT && x < y || op == lua.OP_LE && x <= y, true
		}
	}
	if t.vm.int64s != nil {
		if order, ok := compareInt64(a, b); ok {
			return order == 0 && op != lua.OP_LT || order < 0 && op != lua.OP_EQ, true
		}
	}
	switch kind := a.Type(); {
	case op == lua.OP_EQ, kind == b.Type() && kind != lua.LTTable && kind != lua.LTUserData:
		return false, false
	}
	return ordered(L, op, a, b)
}

// ordered asks the metamethod of either of two values, of the first one if both have one.
func ordered(L *lua.LState, op int, a, b lua.LValue) (holds, ok bool) {
	event := "__lt"
	if op == lua.OP_LE {
		event = "__le"
	}
	mm := L.GetMetaField(a, event)
	if mm == lua.LNil {
		mm = L.GetMetaField(b, event)
	}
	if mm == lua.LNil {
		return false, false
	}
	L.Push(mm)
	L.Push(a)
	L.Push(b)
	L.Call(2, 1)
	result := L.Get(-1)
	L.Pop(1)
	return lua.LVAsBool(result), true
}

// refuseStepZero raises for a numeric for that would not end.
func refuseStepZero(L *lua.LState, in *luaState, instruction uint32) {
	step := in.currentFrame.LocalBase + int(instruction>>18&0xff) + 2
	if in.reg.array[step] == lua.LNumber(0) {
		L.RaiseError("'for' step is zero")
	}
}

// giveKeys gives a new table the keys that its constructor is about to set.
func giveKeys(in *luaState, instruction uint32) {
	frame := in.currentFrame
	t, ok := in.reg.array[frame.LocalBase+int(instruction>>18&0xff)].(*lua.LTable)
	if shape := compile.Shape(frame.Fn.Proto, instruction); ok && shape != nil {
		shape.Give(t)
	}
}
