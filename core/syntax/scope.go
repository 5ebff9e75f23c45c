package syntax

// Variable is a local variable, or a name that a global declaration declares.
type Variable struct {
	Name     string
	Node     NodeID // Declared, VarargParameter, or the FunctionBody of an implicit one
	Function NodeID // the FunctionBody it belongs to; 0 for the chunk's own
	Kind     VariableKind
	Const    bool // cannot be assigned to
	Captured bool // an inner function uses it
	Assigned bool // assigned to after its declaration
	Used     bool
	Hides    VariableID // what the name meant before, or 0
}

// VariableKind says how a variable came to be.
type VariableKind uint8

// The kinds of variables.
const (
	LocalVariable     VariableKind = iota
	ParameterVariable              // of a function
	LoopVariable                   // of a for
	VarargVariable                 // args in function f(...args)
	ImplicitVariable               // self of a method, arg of a vararg function as in Lua 5.1
	DeclaredGlobal                 // global x
)

// VariableID is an index into Bindings.Variables. 0 is no variable: a global
// that nothing declares.
type VariableID uint32

// Global is a global name that a text uses.
type Global struct {
	Name        string
	First       NodeID // its first use
	Read, Write bool
}

// Bindings say what the names of a tree mean.
type Bindings struct {
	Variables []Variable // Variables[0] is no variable
	Globals   []Global   // in order of first use
	Errors    []Error    // by offset
	of        []VariableID
	targets   map[NodeID]label         // of gotos
	implicit  map[NodeID][2]VariableID // self and arg of functions
}

// Of is the variable that a NameExpression, Declared or VarargParameter node
// stands for: 0 for an undeclared global and for nodes of other kinds.
func (b *Bindings) Of(id NodeID) VariableID { return b.of[id] }

// Implicit is the variable self of a method, or arg of a vararg function, whose
// FunctionBody is id; 0 if it has none.
func (b *Bindings) Implicit(id NodeID, name string) VariableID {
	if name == "self" {
		return b.implicit[id][0]
	}
	return b.implicit[id][1]
}

// Target is the LabelStatement that a GotoStatement goes to and the Block that
// the label stands in, or 0, 0 where Errors tells that there is none.
func (b *Bindings) Target(id NodeID) (label, block NodeID) {
	l := b.targets[id]
	return l.node, l.block
}

// IsGlobal reports whether the NameExpression id is a global, declared or not.
func (b *Bindings) IsGlobal(id NodeID) bool {
	v := b.of[id]
	return v == 0 || b.Variables[v].Kind == DeclaredGlobal
}

// scope is a block being resolved.
type scope struct {
	parent   *scope
	block    NodeID
	mark     int // active variables before it
	loop     bool
	repeat   bool // its labels are followed by the condition
	labels   map[string]label
	gotos    []pendingGoto
	named    int // named global declarations in scope
	all      int // global * in scope
	allConst bool
	function *function
}

// function is a function being resolved.
type function struct {
	node   NodeID
	parent *function
	vararg bool
}

type label struct {
	node   NodeID
	block  NodeID
	active int // variables in scope at the label
}

type pendingGoto struct {
	node   NodeID
	active int // variables in scope at the goto, as far as the current block has them
}
