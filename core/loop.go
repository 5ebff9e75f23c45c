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
			if op <= lua.OP_LE && t.vm.int64s != nil && compares(in, op, instruction) {
				continue
			}
			if op == lua.OP_NOP {
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

// compares does an instruction that compares an int64 value with it or a number, for which gopher-lua asks no metamethod,
// and is false when it is another one.
func compares(in *luaState, op int, instruction uint32) bool {
	frame := in.currentFrame
	operand := func(at uint32) lua.LValue {
		if at&isConstant != 0 {
			return frame.Fn.Proto.Constants[at&^isConstant]
		}
		return in.reg.array[frame.LocalBase+int(at)]
	}
	a, b := operand(instruction&0x1ff), operand(instruction>>9&0x1ff)
	order, ok := compareInt64(a, b)
	if !ok {
		return false
	}
	holds := false
	switch op {
	case lua.OP_EQ:
		holds = order == 0
	case lua.OP_LT:
		holds = order < 0
	case lua.OP_LE:
		holds = order <= 0
	}
	if wanted := instruction>>18&0xff != 0; holds != wanted {
		frame.Pc++
	}
	return true
}

// giveKeys gives a new table the keys that its constructor is about to set.
func giveKeys(in *luaState, instruction uint32) {
	frame := in.currentFrame
	t, ok := in.reg.array[frame.LocalBase+int(instruction>>18&0xff)].(*lua.LTable)
	if shape := compile.Shape(frame.Fn.Proto, instruction); ok && shape != nil {
		shape.Give(t)
	}
}
