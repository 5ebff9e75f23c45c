package compile

import (
	"slices"

	lua "github.com/yuin/gopher-lua"

	"assay.rs/core/syntax"
)

const (
	maxRegisters = 249 // of one function: the machine counts them, and one more, in 8 bits
	maxLocals    = 200
	maxUpvalues  = 255
)

// function is one function of the machine being compiled. Beside those of the
// source, what follows a variable with <close> in its block is one.
type function struct {
	*generator
	parent *function
	node   syntax.NodeID // its FunctionBody, or the Block of the chunk
	pool   *pool

	code   []uint32
	lines  []int
	calls  []lua.DbgCall
	protos []*lua.FunctionProto
	locals []lua.DbgLocalInfo
	told   []int // indices in locals of what is in scope

	upvalues []upvalue
	params   int
	vararg   bool // takes ...
	needsArg bool // makes the table arg of Lua 5.1

	free, most int                 // the first free register; the most ever used
	active     []syntax.VariableID // variables in scope, in order of their registers
	block      *block
	loop       *loop
	labels     map[syntax.NodeID]placed // compiled already
	gotos      map[syntax.NodeID]jumps  // to labels further down
	exits      *exits                   // if it is the rest of a block: how it is left
}

// upvalue is a variable of an outer function, or a helper.
type upvalue struct {
	variable  syntax.VariableID // 0: a helper
	helper    Helper
	fromLocal bool // held by a register of the parent, else by an upvalue of it
	index     int
}

func (f *function) reset() {
	*f = function{
		generator: f.generator,
		code:      f.code[:0], lines: f.lines[:0], calls: f.calls[:0], protos: f.protos[:0],
		locals: f.locals[:0], told: f.told[:0],
		upvalues: f.upvalues[:0], active: f.active[:0],
	}
}

// finish ends the function: its last return, its place among the functions of
// its pool.
func (f *function) finish(firstLine, lastLine int) *lua.FunctionProto {
	f.leave(lastLine)
	f.emit(lastLine, abc(lua.OP_RETURN, 0, 1, 0))
	f.optimize()
	proto := &lua.FunctionProto{
		SourceName: f.source, LineDefined: firstLine, LastLineDefined: lastLine,
		NumUpvalues: uint8(len(f.upvalues)), NumParameters: uint8(f.params),
		NumUsedRegisters: uint8(max(f.most, 1) + 1),
		Code:             append([]uint32(nil), f.code...), DbgSourcePositions: append([]int(nil), f.lines...),
		DbgCalls: append([]lua.DbgCall(nil), f.calls...), FunctionPrototypes: append([]*lua.FunctionProto(nil), f.protos...),
	}
	if f.vararg {
		proto.IsVarArg = lua.VarArgIsVarArg
		if f.needsArg {
			proto.IsVarArg |= lua.VarArgHasArg | lua.VarArgNeedsArg
		}
	}
	if len(f.upvalues) > 0 {
		proto.DbgUpvalues = make([]string, len(f.upvalues))
		for i, u := range f.upvalues {
			proto.DbgUpvalues[i] = u.helper.String()
			if u.variable != 0 {
				proto.DbgUpvalues[i] = f.lasting(f.bindings.Variables[u.variable].Name)
			}
		}
	}
	if n := len(f.locals); n > 0 {
		locals := append([]lua.DbgLocalInfo(nil), f.locals...)
		proto.DbgLocals = make([]*lua.DbgLocalInfo, n)
		for i := range locals {
			proto.DbgLocals[i] = &locals[i]
		}
	}
	f.pool.protos = append(f.pool.protos, proto)
	if f.parent != nil {
		f.spare = append(f.spare, f)
	}
	return proto
}

// alloc takes n registers and is the first of them. id is blamed if there are
// too many.
func (f *function) alloc(id syntax.NodeID, n int) int {
	r := f.free
	f.free += n
	if f.free > f.most {
		if f.free > maxRegisters {
			f.fail(id, "too much at once: the function needs more than %d registers for variables and intermediate values", maxRegisters)
		}
		f.most = f.free
	}
	return r
}

// loadConstant puts constant k into a register.
func (f *function) loadConstant(line, dst, k int) { f.emit(line, abx(lua.OP_LOADK, dst, k)) }

// constant is the index of a string among the function's constants.
func (f *function) constant(id syntax.NodeID, s string) int {
	return f.checkConstant(id, f.pool.str(s))
}

func (f *function) numeral(id syntax.NodeID, v float64) int {
	return f.checkConstant(id, f.pool.number(v))
}

func (f *function) checkConstant(id syntax.NodeID, k int) int {
	if k >= maxConstant {
		f.fail(id, "too many constants: a function can have %d", maxConstant)
	}
	return k
}

// upvalue is the index of the upvalue of f that is the variable v.
func (f *function) upvalue(id syntax.NodeID, v syntax.VariableID) int {
	for i, u := range f.upvalues {
		if u.variable == v {
			return i
		}
	}
	u := upvalue{variable: v, fromLocal: f.owner[v] == f.parent}
	if u.fromLocal {
		u.index = int(f.register[v])
	} else {
		u.index = f.parent.upvalue(id, v)
	}
	return f.addUpvalue(id, u)
}

// helperUpvalue is the index of the upvalue of f that is a helper.
func (f *function) helperUpvalue(id syntax.NodeID, h Helper) int {
	for i, u := range f.upvalues {
		if u.variable == 0 && u.helper == h {
			return i
		}
	}
	u := upvalue{helper: h}
	if f.parent == nil {
		f.helpers = append(f.helpers, h)
	} else {
		u.index = f.parent.helperUpvalue(id, h)
	}
	return f.addUpvalue(id, u)
}

func (f *function) addUpvalue(id syntax.NodeID, u upvalue) int {
	if len(f.upvalues) >= maxUpvalues {
		f.fail(id, "too many outer variables: a function can use %d", maxUpvalues)
	}
	f.upvalues = append(f.upvalues, u)
	return len(f.upvalues) - 1
}

// closure puts a new function of the prototype child, compiled by inner, into a
// register.
func (f *function) closure(line, dst int, inner *function, child *lua.FunctionProto) {
	f.protos = append(f.protos, child)
	f.emit(line, abx(lua.OP_CLOSURE, dst, len(f.protos)-1))
	for _, u := range inner.upvalues {
		if u.fromLocal {
			f.emit(line, abc(lua.OP_MOVE, 0, u.index, 0))
		} else {
			f.emit(line, abc(lua.OP_GETUPVAL, 0, u.index, 0))
		}
	}
}

// functionBody compiles the function of a FunctionBody node into a register.
func (f *function) functionBody(id syntax.NodeID, dst int, method bool) {
	n := f.tree.Node(id)
	kids := f.kids(id)
	inner := f.generator.open(f, id)
	inner.vararg = n.Flags&syntax.HasVararg != 0
	if method {
		inner.implicit(id, "self")
		inner.params++
	}
	named := syntax.NodeID(0)
	for _, kid := range kids[:n.Split] {
		if f.kind(kid) == syntax.Declared {
			inner.declare(kid)
			inner.params++
		} else if k := f.tree.Node(kid); k.Token != k.First {
			named = kid
		}
	}
	if inner.vararg {
		inner.arg(id, kids[n.Split], named != 0)
	}
	if named != 0 {
		r := inner.helper(named, inner.line(named), HelperPack)
		inner.emit(inner.line(named), abc(lua.OP_VARARG, inner.free, 0, 0))
		inner.callHelper(inner.line(named), r, -1, HelperPack)
		inner.activate(named)
	}
	inner.statements(f.kids(kids[n.Split]), kids[n.Split])
	line := f.line(id)
	proto := inner.finish(line, f.tree.LastLine(id))
	f.closure(line, dst, inner, proto)
}

// arg declares the table arg that Lua 5.1 gives a vararg function, if the
// function uses it. It is nil in a function that uses ... .
func (f *function) arg(id, body syntax.NodeID, named bool) {
	v := f.implicitVariable(id, "arg")
	if v == 0 || !f.bindings.Variables[v].Used && !f.bindings.Variables[v].Assigned {
		return
	}
	f.needsArg = !named && !f.usesVararg(body)
	f.implicit(id, "arg")
}

// usesVararg reports whether ... is an expression below id, in this function.
func (f *function) usesVararg(id syntax.NodeID) bool {
	switch f.kind(id) {
	case syntax.VarargExpression:
		return true
	case syntax.FunctionBody:
		return false
	}
	return slices.ContainsFunc(f.kids(id), f.usesVararg)
}
