package compile

import (
	lua "github.com/yuin/gopher-lua"

	"assay.rs/core/syntax"
)

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// condition compiles jumps that are taken when an expression is true, or false,
// as when says. Else the code goes on behind it.
func (f *function) condition(id syntax.NodeID, when bool) jumps {
	kids := f.kids(id)
	line := f.line(id)
	switch f.kind(id) {
	case syntax.Paren:
		return f.condition(kids[0], when)
	case syntax.NilLiteral, syntax.FalseLiteral:
		return f.always(line, !when)
	case syntax.TrueLiteral, syntax.NumberLiteral, syntax.StringLiteral:
		return f.always(line, when)
	case syntax.Unary:
		if f.tree.Operator(id) == syntax.Not {
			return f.condition(kids[0], !when)
		}
	case syntax.Binary:
		switch op := f.tree.Operator(id); op {
		case syntax.And, syntax.Or:
			// One side alone decides a true or, and a false and.
			if decided := op == syntax.Or; decided == when {
				first := f.condition(kids[0], when)
				return f.join(f.condition(kids[1], when), first)
			}
			skip := f.condition(kids[0], !when)
			list := f.condition(kids[1], when)
			f.land(skip)
			return list
		case syntax.Equal, syntax.NotEqual, syntax.Less, syntax.LessEqual, syntax.More, syntax.MoreEqual:
			return f.comparison(id, op, when)
		}
	}
	free := f.free
	r := f.reg(id)
	f.free = free
	f.emit(line, abc(lua.OP_TEST, r, 0, bit(when)))
	return f.jump(line, 0)
}

// always is a jump that is always taken, or none.
func (f *function) always(line int, taken bool) jumps {
	if !taken {
		return 0
	}
	return f.jump(line, 0)
}

func (f *function) comparison(id syntax.NodeID, op syntax.TokenKind, when bool) jumps {
	kids := f.kids(id)
	line := f.line(id)
	if f.opts.GuardIntegers && f.mayBeInteger(op, kids[0], kids[1]) {
		h, negated := comparisonHelper(op)
		r := f.callOperator(id, h, kids)
		f.free = r
		f.emit(line, abc(lua.OP_TEST, r, 0, bit(when != negated)))
		return f.jump(line, 0)
	}
	free := f.free
	a := f.rk(kids[0])
	b := f.rk(kids[1])
	f.free = free
	switch op {
	case syntax.Equal:
		f.emit(line, abc(lua.OP_EQ, bit(when), a, b))
	case syntax.NotEqual:
		f.emit(line, abc(lua.OP_EQ, bit(!when), a, b))
	case syntax.Less:
		f.emit(line, abc(lua.OP_LT, bit(when), a, b))
	case syntax.More:
		f.emit(line, abc(lua.OP_LT, bit(when), b, a))
	case syntax.LessEqual:
		f.emit(line, abc(lua.OP_LE, bit(when), a, b))
	case syntax.MoreEqual:
		f.emit(line, abc(lua.OP_LE, bit(when), b, a))
	}
	return f.jump(line, 0)
}

func comparisonHelper(op syntax.TokenKind) (h Helper, negated bool) {
	switch op {
	case syntax.Equal:
		return HelperEqual, false
	case syntax.NotEqual:
		return HelperEqual, true
	case syntax.Less:
		return HelperLess, false
	case syntax.LessEqual:
		return HelperLessEqual, false
	case syntax.More:
		return HelperGreater, false
	default:
		return HelperGreaterEqual, false
	}
}

// mayBeInteger reports whether a comparison may be one of an int64 value with a
// number, which the machine refuses or finds unequal.
func (f *function) mayBeInteger(op syntax.TokenKind, a, b syntax.NodeID) bool {
	if op == syntax.Equal || op == syntax.NotEqual {
		// Values of one kind compare as they should; so does anything with what
		// no int64 value can be equal to.
		return !f.unlikeInteger(a) && !f.unlikeInteger(b) && !(f.surelyNumber(a) && f.surelyNumber(b))
	}
	return !(f.surelyNumber(a) && f.surelyNumber(b)) && f.kind(a) != syntax.StringLiteral && f.kind(b) != syntax.StringLiteral
}

// unlikeInteger reports whether an expression is never equal to an int64 value,
// all of which lie beyond 2^53.
func (f *function) unlikeInteger(id syntax.NodeID) bool {
	switch f.kind(id) {
	case syntax.NilLiteral, syntax.TrueLiteral, syntax.FalseLiteral, syntax.StringLiteral, syntax.Table, syntax.FunctionBody, syntax.Concatenation:
		return true
	}
	v, ok := f.folded(id, 0)
	return ok && v >= -1<<53 && v <= 1<<53
}

// surelyNumber reports whether an expression is a plain number, if it has a
// value at all.
func (f *function) surelyNumber(id syntax.NodeID) bool {
	if _, ok := f.folded(id, 0); ok {
		return true
	}
	if f.kind(id) != syntax.NameExpression {
		return false
	}
	v := f.bindings.Variables[f.bindings.Of(id)]
	return v.Kind == syntax.LoopVariable && !v.Assigned && f.isNumericFor(v.Node)
}

// isNumericFor reports whether a Declared node is the variable of a numeric for,
// which the machine holds to be a number.
func (f *function) isNumericFor(declared syntax.NodeID) bool {
	next := f.tree.Nodes[declared].End
	return f.tree.Tokens[next].Kind == syntax.Assign
}

// boolean puts the truth of a comparison or a not into a register.
func (f *function) boolean(id syntax.NodeID, dst int) {
	line := f.line(id)
	if f.kind(id) == syntax.Unary && f.isPlain(f.kids(id)[0]) {
		free := f.free
		r := f.reg(f.kids(id)[0])
		f.emit(f.line(f.kids(id)[0]), abc(lua.OP_NOT, dst, r, 0))
		f.free = free
		return
	}
	yes := f.condition(id, true)
	f.emit(line, abc(lua.OP_LOADBOOL, dst, 0, 1))
	f.land(yes)
	f.emit(line, abc(lua.OP_LOADBOOL, dst, 1, 0))
}

// isPlain reports whether an expression is no condition made of others.
func (f *function) isPlain(id syntax.NodeID) bool {
	switch f.kind(id) {
	case syntax.Paren:
		return f.isPlain(f.kids(id)[0])
	case syntax.Binary:
		switch f.tree.Operator(id) {
		case syntax.And, syntax.Or, syntax.Equal, syntax.NotEqual, syntax.Less, syntax.LessEqual, syntax.More, syntax.MoreEqual:
			return false
		}
	case syntax.Unary:
		return f.tree.Operator(id) != syntax.Not
	case syntax.NilLiteral, syntax.TrueLiteral, syntax.FalseLiteral, syntax.NumberLiteral, syntax.StringLiteral:
		return false
	}
	return true
}

// keep compiles the left side of an and or an or: if it is as when says, its
// value goes into dst and the jumps are taken. Else the code goes on, and dst is
// untouched.
func (f *function) keep(id syntax.NodeID, when bool, dst int) jumps {
	kids := f.kids(id)
	line := f.line(id)
	switch f.kind(id) {
	case syntax.Paren:
		return f.keep(kids[0], when, dst)
	case syntax.NilLiteral, syntax.FalseLiteral:
		if when {
			return 0
		}
		f.simple(id, dst)
		return f.jump(line, 0)
	case syntax.TrueLiteral, syntax.NumberLiteral, syntax.StringLiteral:
		if !when {
			return 0
		}
		f.simple(id, dst)
		return f.jump(line, 0)
	}
	if f.kind(id) == syntax.Binary {
		switch op := f.tree.Operator(id); op {
		case syntax.And, syntax.Or:
			if decided := op == syntax.Or; decided == when {
				first := f.keep(kids[0], when, dst)
				return f.join(f.keep(kids[1], when, dst), first)
			}
			skip := f.condition(kids[0], !when)
			list := f.keep(kids[1], when, dst)
			f.land(skip)
			return list
		}
	}
	if !f.isPlain(id) {
		skip := f.condition(id, !when)
		f.emit(line, abc(lua.OP_LOADBOOL, dst, bit(when), 0))
		list := f.jump(line, 0)
		f.land(skip)
		return list
	}
	free := f.free
	r := f.reg(id)
	f.free = free
	if r == dst {
		f.emit(line, abc(lua.OP_TEST, r, 0, bit(when)))
	} else {
		f.emit(line, abc(lua.OP_TESTSET, dst, r, bit(when)))
	}
	return f.jump(line, 0)
}
