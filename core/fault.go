package core

import (
	"strings"

	lua "github.com/yuin/gopher-lua"

	"assay.rs/core/compile"
)

// fault is an instruction of a script that the machine cannot do.
type fault struct {
	L     *lua.LState
	in    *luaState
	frame *callFrame // of the function with the instruction
	own   bool       // the instruction itself raises, not a function that it calls
}

// faultOf is what the machine raises an error for in L. Operators may call a function in Go, and that another one.
func faultOf(L *lua.LState) (fault, bool) {
	in := inside(L)
	frame := in.currentFrame
	for level := range 3 {
		if frame == nil {
			break
		}
		if !frame.Fn.IsG {
			return fault{L: L, in: in, frame: frame, own: level == 0}, frame.Pc > 0
		}
		frame = (*callFrame)(frame.Parent)
	}
	return fault{}, false
}

// operand is a value that an instruction reads.
type operand struct {
	value  lua.LValue
	origin compile.Origin
}

// named is " (local 'x')", or empty for a value that the source gives no name.
func (o operand) named() string {
	if o.origin.Kind == "" {
		return ""
	}
	return " (" + o.origin.Kind + " '" + shortened(o.origin.Name) + "')"
}

const maxNamed = 60

func shortened(name string) string {
	if len(name) > maxNamed {
		return name[:maxNamed] + "..."
	}
	return name
}

func (f fault) pc() int { return f.frame.Pc - 1 }

// code is the instruction, and its operands A, B and C.
func (f fault) code() (op, a, b, c int) {
	inst := f.frame.Fn.Proto.Code[f.pc()]
	return int(inst >> 26), int(inst>>18) & 0xff, int(inst & 0x1ff), int(inst>>9) & 0x1ff
}

// operand is the value of a register, or of a constant.
func (f fault) operand(at int) operand {
	p := f.frame.Fn.Proto
	o := operand{value: lua.LNil, origin: compile.OriginOf(p, f.pc(), at)}
	if at&isConstant != 0 {
		o.value = p.Constants[at&^isConstant]
	} else if v := f.register(at); v != nil {
		o.value = v
	}
	return o
}

func (f fault) register(at int) lua.LValue {
	if i := f.frame.LocalBase + at; i < len(f.in.reg.array) {
		return f.in.reg.array[i]
	}
	return nil
}

// reworded is what the machine raises, in the words of Lua 5.4 and with the name of what is wrong. hint, if not empty,
// tells a person what to do.
func reworded(L *lua.LState, message string) (text, hint string) {
	where := positionIn(L, 0)
	said := strings.TrimPrefix(message, where+" ")
	if said == message && where != "" {
		return message, ""
	}
	if argument, what, ok := strings.Cut(said, " to "); ok && strings.HasPrefix(argument, "bad argument #") {
		name, why, _ := strings.Cut(what, " (")
		return strings.TrimPrefix(where+" ", " ") + argument + " to '" + name + "' (" + why, ""
	}
	f, ok := faultOf(L)
	if !ok {
		return message, ""
	}
	words, culprit := f.words(said)
	if words == "" {
		return message, ""
	}
	question, hint := f.advice(culprit)
	return where + " " + words + question, hint
}

// words are those of Lua 5.4 for what gopher-lua says, or empty when there are none that are better.
func (f fault) words(said string) (words string, culprit operand) {
	switch {
	case said == "attempt to call a non-function object":
		return f.called()
	case strings.HasPrefix(said, "attempt to index a non-table object("):
		return f.indexed(strings.TrimPrefix(said, "attempt to index a non-table object("))
	case strings.HasPrefix(said, "cannot perform "), said == "__unm undefined", strings.HasPrefix(said, "attempt to perform arithmetic on a "):
		return f.wrong("attempt to perform arithmetic on a ", isArithmetic)
	case strings.HasPrefix(said, "attempt to perform bitwise operation on a "):
		return f.wrong("attempt to perform bitwise operation on a ", isNumber)
	case said == "number has no integer representation":
		return f.fractional()
	case strings.HasPrefix(said, "attempt to concatenate a "):
		return f.concatenated()
	case said == "__len undefined":
		_, _, b, _ := f.code()
		culprit = f.operand(b)
		return "attempt to get length of a " + luaTypeName(culprit.value) + " value" + culprit.named(), culprit
	case strings.HasPrefix(said, "attempt to compare "):
		return f.compared(strings.TrimPrefix(said, "attempt to compare ")), culprit
	case strings.HasPrefix(said, "for statement "):
		return f.loop()
	case said == "too many recursions in gettable":
		return "'__index' chain too long; possible loop", culprit
	case said == "too many recursions in settable":
		return "'__newindex' chain too long; possible loop", culprit
	}
	return "", culprit
}

func (f fault) called() (string, operand) {
	op, a, _, _ := f.code()
	if !f.own {
		return "attempt to call a value that is not a function", operand{}
	}
	switch op {
	case lua.OP_CALL, lua.OP_TAILCALL:
		callee := f.operand(a)
		return "attempt to call a " + luaTypeName(callee.value) + " value" + callee.named(), callee
	case lua.OP_TFORLOOP:
		iterator := operand{value: f.register(a), origin: compile.Origin{Kind: "for iterator", Name: "for iterator"}}
		return "attempt to call a " + luaTypeName(iterator.value) + " value" + iterator.named(), iterator
	}
	return "attempt to call a value that is not a function", operand{}
}

// indexed names the table of an index; said begins with the type of what was indexed in the end, which a chain of
// __index may lead to.
func (f fault) indexed(said string) (string, operand) {
	ended, _, _ := strings.Cut(said, ")")
	op, a, b, _ := f.code()
	var table operand
	switch op {
	case lua.OP_GETTABLE, lua.OP_GETTABLEKS, lua.OP_SELF:
		table = f.operand(b)
	case lua.OP_SETTABLE, lua.OP_SETTABLEKS:
		table = f.operand(a)
	}
	if !f.own || table.value == nil || table.value.Type().String() != ended {
		return "attempt to index a " + ended + " value", operand{}
	}
	return "attempt to index a " + luaTypeName(table.value) + " value" + table.named(), table
}

// wrong blames the first operand of an operator that does not fit.
func (f fault) wrong(words string, fits func(lua.LValue) bool) (string, operand) {
	for _, o := range f.operands() {
		if !fits(o.value) {
			return words + luaTypeName(o.value) + " value" + o.named(), o
		}
	}
	return "", operand{}
}

// concatenated blames the operand that the machine comes to first, which is the last but for the one behind it.
func (f fault) concatenated() (string, operand) {
	operands := f.operands()
	for i := len(operands) - 2; i >= 0; i-- {
		for _, o := range operands[i : i+2] {
			if _, ok := text(o.value); !ok && f.L.GetMetaField(o.value, "__concat") == lua.LNil {
				return "attempt to concatenate a " + luaTypeName(o.value) + " value" + o.named(), o
			}
		}
	}
	return "", operand{}
}

func (f fault) fractional() (string, operand) {
	for _, o := range f.operands() {
		if _, ok := bits64(o.value); !ok {
			return "number" + o.named() + " has no integer representation", o
		}
	}
	return "", operand{}
}

// operands are those of an operator: of the machine's own, or the arguments of a helper.
func (f fault) operands() []operand {
	op, a, b, c := f.code()
	switch {
	case op >= lua.OP_ADD && op <= lua.OP_POW:
		return []operand{f.operand(b), f.operand(c)}
	case op == lua.OP_UNM:
		return []operand{f.operand(b)}
	case op == lua.OP_CALL && b > 0 && compile.IsHelper(f.frame.Fn.Proto, f.pc(), a):
		var arguments []operand
		for i := a + 1; i < a+b; i++ {
			arguments = append(arguments, f.operand(i))
		}
		return arguments
	}
	return nil
}

// compared is "number with nil", or "two table values".
func (f fault) compared(said string) string {
	a, b, ok := strings.Cut(said, " with ")
	if op, _, x, y := f.code(); f.own && (op == lua.OP_LT || op == lua.OP_LE) {
		a, b = luaTypeName(f.operand(x).value), luaTypeName(f.operand(y).value)
	} else if !ok {
		return ""
	}
	if a == b {
		return "attempt to compare two " + a + " values"
	}
	return "attempt to compare " + a + " with " + b
}

// loop blames the value of a numeric for that is no number.
func (f fault) loop() (string, operand) {
	_, a, _, _ := f.code()
	for i, what := range []string{"initial value", "limit", "step"} {
		o := operand{value: f.register(a + i), origin: compile.ComputedOrigin(f.frame.Fn.Proto, f.pc(), a+i)}
		if o.value != nil && o.value.Type() != lua.LTNumber {
			return "'for' " + what + " must be a number, got a " + luaTypeName(o.value) + " value" + o.named(), o
		}
	}
	return "", operand{}
}

func isNumber(v lua.LValue) bool {
	_, ok := int64Of(v)
	return ok || v.Type() == lua.LTNumber
}

// isArithmetic tells whether a value is a number to an operator: texts may be.
func isArithmetic(v lua.LValue) bool {
	if s, ok := v.(lua.LString); ok {
		_, ok = parseNumber(string(s))
		return ok
	}
	return isNumber(v)
}
