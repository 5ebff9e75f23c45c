package compile

import (
	lua "github.com/yuin/gopher-lua"

	"assay.rs/core/syntax"
)

// declare gives the variable of a Declared node the next free register and makes
// it active.
func (f *function) declare(id syntax.NodeID) {
	r := f.alloc(id, 1)
	f.bind(id, f.bindings.Of(id), r)
}

// activate makes the variable of a Declared node active in the last register
// taken.
func (f *function) activate(id syntax.NodeID) { f.bind(id, f.bindings.Of(id), f.free-1) }

func (f *function) bind(id syntax.NodeID, v syntax.VariableID, r int) {
	f.owner[v] = f
	f.register[v] = uint8(r)
	f.active = append(f.active, v)
	f.debugLocals(f.bindings.Variables[v].Name)
	if len(f.active) > maxLocals {
		f.fail(id, "too many local variables: a function can have %d at a time", maxLocals)
	}
}

// debugLocals tells debuggers of variables in the registers after those that
// they know of.
func (f *function) debugLocals(names ...string) {
	for _, name := range names {
		f.told = append(f.told, len(f.locals))
		f.locals = append(f.locals, lua.DbgLocalInfo{Name: f.lasting(name), StartPc: f.pc()})
	}
}

// endLocals tells debuggers that only the first n variables go on.
func (f *function) endLocals(n int) {
	for _, i := range f.told[n:] {
		f.locals[i].EndPc = f.pc() - 1
	}
	f.told = f.told[:n]
}

// implicit declares self or arg, which no node declares.
func (f *function) implicit(id syntax.NodeID, name string) {
	r := f.alloc(id, 1)
	f.bind(id, f.implicitVariable(id, name), r)
}

// implicitVariable is the variable that a function has without declaring it.
func (f *function) implicitVariable(id syntax.NodeID, name string) syntax.VariableID {
	return f.bindings.Implicit(id, name)
}

// local is the register of the variable v if it is one of this function.
func (f *function) local(v syntax.VariableID) (int, bool) {
	if v == 0 || f.owner[v] != f {
		return 0, false
	}
	return int(f.register[v]), true
}

// localOf is the register of a NameExpression that is a variable of this
// function.
func (f *function) localOf(id syntax.NodeID) (int, bool) {
	if f.kind(id) != syntax.NameExpression {
		return 0, false
	}
	return f.local(f.bindings.Of(id))
}

// capturedFrom reports whether an inner function holds one of the active
// variables from the given one on.
func (f *function) capturedFrom(level int) bool {
	for _, v := range f.active[level:] {
		if f.captured[v] {
			return true
		}
	}
	return false
}

// closeFrom detaches the captured variables from a level on, whose registers
// start at base.
func (f *function) closeFrom(line, level, base int) {
	if f.capturedFrom(level) {
		f.emit(line, abc(lua.OP_CLOSE, base, 0, 0))
	}
}

// getGlobal puts the global that a node names into a register.
func (f *function) getGlobal(id syntax.NodeID, dst int) {
	f.emit(f.line(id), abx(lua.OP_GETGLOBAL, dst, f.constant(id, f.tree.Name(id))))
}

// setGlobal assigns a register to the global that a node names.
func (f *function) setGlobal(id syntax.NodeID, value int) {
	f.emit(f.line(id), abx(lua.OP_SETGLOBAL, value, f.constant(id, f.tree.Name(id))))
}
