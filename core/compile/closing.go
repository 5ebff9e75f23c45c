package compile

import (
	"slices"

	lua "github.com/yuin/gopher-lua"

	"assay.rs/core/syntax"
)

// What follows a variable with <close> in its block is compiled as a function of
// its own, which HelperScope calls protected, closes the variable and gives back
// how the function was left: no code at its end, else one of these. The code
// behind the call then goes on there. Codes from codeGoto on are labels.
const (
	codeReturn = 1 // the results are those of the return statement
	codeBreak  = 2
	codeGoto   = 3
)

// exits are the ways in which the rest of a block is left.
type exits struct {
	from, to syntax.TokenID // the tokens of the rest
	returns  bool
	breaks   bool
	labels   [][2]syntax.NodeID // label and the block it stands in
}

// outside reports whether a label of the same block is not in the rest.
func (e *exits) outside(t *syntax.Tree, label syntax.NodeID) bool {
	first := t.Nodes[label].First
	return first < e.from || first >= e.to
}

// code is what the rest returns in order to go to a label.
func (e *exits) code(label, in syntax.NodeID) float64 {
	for i, l := range e.labels {
		if l[0] == label {
			return float64(codeGoto + i)
		}
	}
	e.labels = append(e.labels, [2]syntax.NodeID{label, in})
	return float64(codeGoto + len(e.labels) - 1)
}

// exit returns a code.
func (f *function) exit(line int, code float64) {
	r := f.alloc(f.node, 1)
	f.loadConstant(line, r, f.numeral(f.node, code))
	f.emit(line, abc(lua.OP_RETURN, r, 2, 0))
	f.free = r
}

// closes reports whether a LocalStatement has a variable with <close>.
func (f *function) closes(id syntax.NodeID) bool { return f.closed(id) != 0 }

func (f *function) closed(id syntax.NodeID) syntax.NodeID {
	for _, kid := range f.kids(id)[:f.tree.Node(id).Split] {
		if f.tree.Nodes[kid].Flags&syntax.AttributeClose != 0 {
			return kid
		}
	}
	return 0
}

// closing compiles the rest of a block behind the LocalStatement id. Labels at
// its end stand outside the scope of the variable, and so behind the call.
func (f *function) closing(id syntax.NodeID, rest []syntax.NodeID) {
	n := len(rest)
	for n > 0 && f.kind(rest[n-1]) == syntax.LabelStatement {
		n--
	}
	f.scope(id, rest[:n], 0)
	for _, label := range rest[n:] {
		f.statement(label)
	}
}

// repeatClosing compiles a repeat whose body declares a variable with <close>:
// the condition is computed in its scope and leaves it like a break.
func (f *function) repeatClosing(start, line int, before, rest, kids []syntax.NodeID) {
	f.statements(before[:len(before)-1], kids[0])
	declaration := before[len(before)-1]
	f.statement(declaration)
	f.scope(declaration, rest, kids[1])
	f.leave(line)
	f.jumpTo(line, start)
	f.end()
}

// scope compiles the protected call of the rest of a block, and behind it where
// to go on. until is the condition of a repeat that ends the rest, if any.
func (f *function) scope(id syntax.NodeID, rest []syntax.NodeID, until syntax.NodeID) {
	line := f.line(id)
	variable := f.closed(id)
	for _, v := range f.active {
		f.captured[v] = true // the rest holds them, as far as it uses them
	}
	free := f.free
	r := f.helper(id, line, HelperScope)
	f.loadConstant(line, f.alloc(id, 1), f.constant(id, f.tree.Name(variable)))
	value, _ := f.local(f.bindings.Of(variable))
	f.emit(line, abc(lua.OP_MOVE, f.alloc(id, 1), value, 0))
	e, vararg := f.rest(id, rest, until)
	args := 3
	if vararg {
		f.alloc(id, 1)
		f.emit(line, abc(lua.OP_VARARG, f.free-1, 0, 0))
		args = -1
	}
	f.emitCall(line, r, args+1, 2, HelperScope.String())
	f.free = r + 2
	f.goOn(id, line, e, r)
	f.free = free
}

// rest compiles the rest of a block as a function into the next register.
func (f *function) rest(id syntax.NodeID, rest []syntax.NodeID, until syntax.NodeID) (*exits, bool) {
	line := f.line(id)
	dst := f.alloc(id, 1)
	inner := f.generator.open(f, f.node)
	end := f.tree.Node(id).End
	inner.exits = &exits{from: end, to: end}
	if n := len(rest); n > 0 {
		inner.exits.to = f.tree.Node(rest[n-1]).End
	}
	for _, kid := range append(slices.Clip(rest), until) {
		inner.vararg = inner.vararg || f.vararg && kid != 0 && f.usesVararg(kid)
	}
	inner.statements(rest, f.block.node)
	if until != 0 {
		again := inner.condition(until, false)
		inner.exits.breaks = true
		inner.exit(inner.line(until), codeBreak)
		inner.land(again)
	}
	last := line
	if n := len(rest); n > 0 {
		last = f.tree.LastLine(rest[n-1])
	}
	e, vararg := inner.exits, inner.vararg
	proto := inner.finish(line, last)
	f.closure(line, dst, inner, proto)
	return e, vararg
}

// goOn compiles what follows the call of a rest whose code is in register r and
// whose results are behind it.
func (f *function) goOn(id syntax.NodeID, line int, e *exits, r int) {
	if e.returns {
		next := f.unlessCode(id, line, r, codeReturn)
		f.returnResults(id, line, r+1)
		f.land(next)
	}
	if e.breaks {
		next := f.unlessCode(id, line, r, codeBreak)
		f.breakStatement(line)
		f.land(next)
	}
	for i, label := range e.labels {
		next := f.unlessCode(id, line, r, codeGoto+i)
		f.gotoLabel(line, label[0], label[1])
		f.land(next)
	}
}

func (f *function) unlessCode(id syntax.NodeID, line, r, code int) jumps {
	free := f.free
	k := f.operand(id, f.numeral(id, float64(code)))
	f.free = free
	f.emit(line, abc(lua.OP_EQ, 0, r, k))
	return f.jump(line, 0)
}

// returnResults returns what the rest of a block returned.
func (f *function) returnResults(id syntax.NodeID, line, results int) {
	first := f.free
	if f.exits != nil {
		f.exits.returns = true
		f.loadConstant(line, f.alloc(id, 1), f.numeral(id, codeReturn))
	}
	h := f.helper(id, line, HelperUnpack)
	f.emit(line, abc(lua.OP_MOVE, f.alloc(id, 1), results, 0))
	f.emitCall(line, h, 2, -1, HelperUnpack.String())
	f.emit(line, abc(lua.OP_RETURN, first, 0, 0))
	f.free = first
}
