package compile

import (
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// Origin says where a value of a running function comes from, as the source names it: local 'x', global 'x', upvalue
// 'x', field 'x', method 'x' or constant 'x'. Without a kind, nothing in the source names the value.
type Origin struct {
	Kind  string
	Name  string
	Index int     // of a local its register, of an upvalue its place
	Of    *Origin // what a field or method was read from, when that has a name
}

// maxOrigin is how many fields, as in a.b.c, are told at most.
const maxOrigin = 8

// OriginOf says where the operand of an instruction comes from: the value in a register when the instruction pc runs,
// or a constant.
func OriginOf(p *lua.FunctionProto, pc, operand int) Origin {
	if operand&bitRK != 0 {
		return constantOrigin(p, operand&^bitRK)
	}
	return registerOrigin(p, pc, operand, maxOrigin)
}

// ComputedOrigin is [OriginOf] the expression whose value the instruction finds in a register of its own, such as the
// limit of a for.
func ComputedOrigin(p *lua.FunctionProto, pc, register int) Origin {
	return computedOrigin(p, pc, register, maxOrigin)
}

// IsHelper reports whether the register holds a helper when the instruction pc runs.
func IsHelper(p *lua.FunctionProto, pc, register int) bool {
	o := computedOrigin(p, pc, register, 0)
	return o.Kind == "upvalue" && strings.HasPrefix(o.Name, "(")
}

func registerOrigin(p *lua.FunctionProto, pc, register, deep int) Origin {
	if name, ok := localName(p, pc, register); ok && !strings.HasPrefix(name, "(") {
		return Origin{Kind: "local", Name: name, Index: register}
	}
	return computedOrigin(p, pc, register, deep)
}

func computedOrigin(p *lua.FunctionProto, pc, register, deep int) Origin {
	at := setter(p, pc, register)
	if at < 0 || deep < 0 {
		return Origin{}
	}
	inst := p.Code[at]
	a, b, c := int(inst>>shiftA)&maskA, int(inst&maskBC), int(inst>>shiftC)&maskBC
	switch int(inst >> shiftOp) {
	case lua.OP_MOVE, lua.OP_MOVEN:
		return registerOrigin(p, at, b, deep-1)
	case lua.OP_GETGLOBAL:
		return Origin{Kind: "global", Name: text(p, int(inst&maskBx))}
	case lua.OP_GETUPVAL:
		if b < len(p.DbgUpvalues) {
			return Origin{Kind: "upvalue", Name: p.DbgUpvalues[b], Index: b}
		}
	case lua.OP_GETTABLE, lua.OP_GETTABLEKS:
		return fieldOrigin(p, at, "field", b, c, deep)
	case lua.OP_SELF:
		if register == a {
			return fieldOrigin(p, at, "method", b, c, deep)
		}
		return registerOrigin(p, at, b, deep-1)
	case lua.OP_LOADK:
		return constantOrigin(p, int(inst&maskBx))
	}
	return Origin{}
}

func fieldOrigin(p *lua.FunctionProto, pc int, kind string, table, key, deep int) Origin {
	o := Origin{Kind: kind, Name: "?"}
	if key&bitRK != 0 {
		if name := text(p, key&^bitRK); name != "" {
			o.Name = name
		}
	} else if k := registerOrigin(p, pc, key, 0); k.Kind == "constant" {
		o.Name = k.Name
	}
	if of := registerOrigin(p, pc, table, deep-1); of.Kind != "" {
		o.Of = &of
	}
	return o
}

func constantOrigin(p *lua.FunctionProto, k int) Origin {
	if name := text(p, k); name != "" {
		return Origin{Kind: "constant", Name: name}
	}
	return Origin{}
}

// text is a constant that is a text, or empty.
func text(p *lua.FunctionProto, k int) string {
	if k < len(p.Constants) {
		if s, ok := p.Constants[k].(lua.LString); ok {
			return string(s)
		}
	}
	return ""
}

// localName is the name of the variable that has a register when the instruction pc runs. Variables take registers in
// the order of their declarations.
func localName(p *lua.FunctionProto, pc, register int) (string, bool) {
	at := 0
	for _, l := range p.DbgLocals {
		if l.StartPc > pc {
			break
		}
		if l.EndPc < pc {
			continue
		}
		if at == register {
			return l.Name, true
		}
		at++
	}
	return "", false
}

// setter is the instruction before pc that has set a register, whatever way the function took to pc; else -1.
func setter(p *lua.FunctionProto, pc, register int) int {
	found, joined := -1, 0 // what lies before joined may have been jumped over
	for at := 0; at < pc; at++ {
		inst := p.Code[at]
		a, b, c := int(inst>>shiftA)&maskA, int(inst&maskBC), int(inst>>shiftC)&maskBC
		sets := a == register
		skipped := 0
		switch int(inst >> shiftOp) {
		case lua.OP_JMP, lua.OP_FORPREP:
			sets = false
			if target := at + 1 + int(inst&maskBx) - maxJump; target <= pc {
				joined = max(joined, target)
			}
		case lua.OP_SETGLOBAL, lua.OP_SETUPVAL, lua.OP_SETTABLE, lua.OP_SETTABLEKS, lua.OP_EQ, lua.OP_LT, lua.OP_LE,
			lua.OP_TEST, lua.OP_RETURN, lua.OP_CLOSE, lua.OP_NOP:
			sets = false
		case lua.OP_SETLIST:
			sets = false
			if c == 0 {
				skipped = 1
			}
		case lua.OP_LOADBOOL:
			if c != 0 {
				joined = max(joined, min(at+2, pc))
			}
		case lua.OP_LOADNIL:
			sets = a <= register && register <= b
		case lua.OP_SELF:
			sets = register == a || register == a+1
		case lua.OP_CALL, lua.OP_TAILCALL, lua.OP_VARARG:
			sets = register >= a
		case lua.OP_TFORLOOP:
			sets = register >= a+3
		case lua.OP_FORLOOP:
			sets = register == a || register == a+3
		case lua.OP_CLOSURE:
			skipped = int(p.FunctionPrototypes[inst&maskBx].NumUpvalues)
		}
		switch {
		case sets && at < joined:
			found = -1
		case sets:
			found = at
		}
		at += skipped
	}
	return found
}
