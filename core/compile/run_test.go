package compile

import (
	"errors"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

// run compiles and runs a text, and gives what its print wrote.
func run(t testing.TB, text string, opts Options) (string, error) {
	t.Helper()
	chunk, err := Source("test", []byte(text), opts)
	if err != nil {
		return "", err
	}
	verify(t, chunk.Proto, len(chunk.Helpers))
	return execute(t, func(L *lua.LState) *lua.LFunction { return chunk.Function(L, Standard(L)) })
}

// execute runs a function and gives what its print wrote.
func execute(t testing.TB, function func(*lua.LState) *lua.LFunction) (string, error) {
	t.Helper()
	L := lua.NewState(lua.Options{RegistrySize: 1 << 14, RegistryMaxSize: 1 << 18, RegistryGrowStep: 4096, CallStackSize: 2000, MinimizeStackMemory: true})
	defer L.Close()
	var out strings.Builder
	L.SetGlobal("print", L.NewFunction(func(L *lua.LState) int {
		for i := 1; i <= L.GetTop(); i++ {
			if i > 1 {
				out.WriteByte('\t')
			}
			out.WriteString(L.ToStringMeta(L.Get(i)).String())
		}
		out.WriteByte('\n')
		return 0
	}))
	L.SetGlobal("pcall", L.NewFunction(func(L *lua.LState) int {
		args := make([]lua.LValue, L.GetTop()-1)
		for i := range args {
			args[i] = L.Get(2 + i)
		}
		results, err := Protect(L, L.Get(1), args)
		if err != nil {
			var raised *lua.ApiError
			if !errors.As(err, &raised) {
				t.Errorf("Protect: %v is no *lua.ApiError", err)
				return 0
			}
			results = []lua.LValue{raised.Object}
		}
		L.Push(lua.LBool(err == nil))
		for _, v := range results {
			L.Push(v)
		}
		return 1 + len(results)
	}))
	L.Push(function(L))
	err := L.PCall(0, 0, nil)
	return out.String(), err
}

// verify fails unless the code of a function keeps to what the machine trusts:
// registers, constants, upvalues and jumps inside their bounds.
func verify(t testing.TB, p *lua.FunctionProto, upvalues int) {
	t.Helper()
	if int(p.NumUpvalues) != upvalues || len(p.DbgUpvalues) != upvalues || len(p.Code) != len(p.DbgSourcePositions) {
		t.Fatalf("function at line %d: %d upvalues, want %d", p.LineDefined, p.NumUpvalues, upvalues)
	}
	for pc := 0; pc < len(p.Code); pc++ {
		inst := p.Code[pc]
		op, a, b, c, bx := int(inst>>26), int(inst>>18)&0xff, int(inst&0x1ff), int(inst>>9)&0x1ff, int(inst&0x3ffff)
		bad := func(what string) {
			t.Helper()
			t.Fatalf("function at line %d: instruction %d (operation %d, A %d, B %d, C %d): %s", p.LineDefined, pc, op, a, b, c, what)
		}
		reg := func(r int) {
			t.Helper()
			if r >= int(p.NumUsedRegisters) {
				bad("register out of bounds")
			}
		}
		rk := func(x int) {
			t.Helper()
			if x&bitRK == 0 {
				reg(x)
			} else if x&^bitRK >= len(p.Constants) {
				bad("constant out of bounds")
			}
		}
		text := func(x int) {
			t.Helper()
			if x&bitRK != 0 {
				if _, ok := p.Constants[x&^bitRK].(lua.LString); !ok {
					bad("constant is no string")
				}
			}
		}
		jump := func() {
			t.Helper()
			if to := pc + 1 + bx - maxJump; to < 0 || to >= len(p.Code) {
				bad("jump out of bounds")
			}
		}
		switch op {
		case lua.OP_MOVE, lua.OP_MOVEN, lua.OP_NOT:
			reg(a)
			reg(b)
			if op == lua.OP_MOVEN {
				for i := 1; i <= c; i++ {
					if int(p.Code[pc+i]>>26) != lua.OP_MOVE {
						bad("no move follows")
					}
				}
			}
		case lua.OP_LOADK:
			reg(a)
			if bx >= len(p.Constants) {
				bad("constant out of bounds")
			}
		case lua.OP_GETGLOBAL, lua.OP_SETGLOBAL:
			reg(a)
			if bx >= len(p.Constants) {
				bad("global out of bounds")
			}
			if _, ok := p.Constants[bx].(lua.LString); !ok {
				bad("global is no string")
			}
		case lua.OP_LOADNIL:
			reg(a)
			reg(b)
		case lua.OP_GETUPVAL, lua.OP_SETUPVAL:
			reg(a)
			if b >= upvalues {
				bad("upvalue out of bounds")
			}
		case lua.OP_GETTABLE, lua.OP_GETTABLEKS, lua.OP_SELF:
			reg(a)
			reg(b)
			rk(c)
			if op != lua.OP_GETTABLE {
				text(c)
			}
			if op == lua.OP_SELF {
				reg(a + 1)
			}
		case lua.OP_SETTABLE, lua.OP_SETTABLEKS:
			reg(a)
			rk(b)
			rk(c)
			if op == lua.OP_SETTABLEKS {
				text(b)
			}
		case lua.OP_ADD, lua.OP_SUB, lua.OP_MUL, lua.OP_DIV, lua.OP_MOD, lua.OP_POW:
			reg(a)
			rk(b)
			rk(c)
		case lua.OP_EQ, lua.OP_LT, lua.OP_LE:
			rk(b)
			rk(c)
			if int(p.Code[pc+1]>>26) != lua.OP_JMP {
				bad("no jump follows")
			}
		case lua.OP_TEST, lua.OP_TESTSET:
			reg(a)
			if op == lua.OP_TESTSET {
				reg(b)
			}
			if int(p.Code[pc+1]>>26) != lua.OP_JMP {
				bad("no jump follows")
			}
		case lua.OP_UNM, lua.OP_LEN:
			reg(a)
			rk(b)
		case lua.OP_CONCAT:
			reg(a)
			reg(c)
			if b > c {
				bad("no operands")
			}
		case lua.OP_JMP:
			jump()
		case lua.OP_FORLOOP, lua.OP_FORPREP:
			reg(a + 3)
			jump()
		case lua.OP_TFORLOOP:
			reg(a + 2 + max(c, 3))
			if int(p.Code[pc+1]>>26) != lua.OP_JMP {
				bad("no jump follows")
			}
		case lua.OP_CALL, lua.OP_TAILCALL:
			reg(a)
			reg(a + max(b-1, 0))
			reg(a + max(c-2, 0))
		case lua.OP_RETURN:
			reg(a)
			reg(a + max(b-2, 0))
		case lua.OP_VARARG:
			reg(a + max(b-2, 0))
			if p.IsVarArg == 0 {
				bad("function has no ...")
			}
		case lua.OP_SETLIST:
			reg(a + b)
			if c == 0 {
				pc++
			}
		case lua.OP_CLOSE, lua.OP_NEWTABLE, lua.OP_LOADBOOL:
			reg(a)
		case lua.OP_CLOSURE:
			reg(a)
			inner := p.FunctionPrototypes[bx]
			for i := 1; i <= int(inner.NumUpvalues); i++ {
				next := p.Code[pc+i]
				switch b := int(next & 0x1ff); int(next >> 26) {
				case lua.OP_MOVE:
					reg(b)
				case lua.OP_GETUPVAL:
					if b >= upvalues {
						bad("captured upvalue out of bounds")
					}
				default:
					bad("no capture follows")
				}
			}
			verify(t, inner, int(inner.NumUpvalues))
			pc += int(inner.NumUpvalues)
		case lua.OP_NOP:
			reg(a)
			if bx == 0 || int(p.Code[pc-1]>>26) != lua.OP_NEWTABLE || Shape(p, p.Code[pc]) == nil {
				bad("no keys for a new table")
			}
		default:
			bad("unknown operation")
		}
	}
	if last := p.Code[len(p.Code)-1]; int(last>>26) != lua.OP_RETURN {
		t.Fatalf("function at line %d does not end with a return", p.LineDefined)
	}
}
