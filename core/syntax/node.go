package syntax

// NodeKind says what a node is and which children it has. In the comments below
// [a b...] lists the children, ? marks one that may be absent, and "split" the
// index of the first child after the names or targets.
type NodeKind uint8

// The kinds of nodes.
const (
	NoNode NodeKind = iota // the zero NodeID

	Block // [statement...]

	LocalStatement    // [Declared... expression...] split: the first expression; local a, b = 1, 2
	GlobalStatement   // [Declared... expression...] split: the first expression; global a, b = 1, 2
	GlobalAll         // [] global *, global <const> *
	LocalFunction     // [Declared FunctionBody]
	GlobalFunction    // [Declared FunctionBody]
	FunctionStatement // [NameExpression or Index or Method, FunctionBody]
	AssignStatement   // [target... expression...] split: the first expression
	CallStatement     // [Call or MethodCall]
	DoStatement       // [Block]
	WhileStatement    // [condition Block]
	RepeatStatement   // [Block condition]
	IfStatement       // [condition Block, condition Block, ..., Block?] an odd count has an else
	NumericFor        // [Declared start limit step? Block]
	GenericFor        // [Declared... expression... Block] split: the first expression
	ReturnStatement   // [expression...]
	BreakStatement    // []
	GotoStatement     // [] Token is the label's name
	LabelStatement    // [] Token is the label's name
	BadStatement      // [expression?] what could not be read as a statement

	Declared        // [] a name that is being declared; Token is the name
	VarargParameter // [] ... or ...name; Token is the name or the dots
	FunctionBody    // [Declared... VarargParameter? Block] split: the Block

	NilLiteral       // []
	TrueLiteral      // []
	FalseLiteral     // []
	NumberLiteral    // []
	StringLiteral    // []
	VarargExpression // []
	NameExpression   // []
	Index            // [object Field] a.b
	Subscript        // [object key] a[b]
	Method           // [object Field] a:b, only as the name of a FunctionStatement
	Field            // [] the name after . or :, or before = in a table; Token is NoToken if missing
	Call             // [function argument...]
	MethodCall       // [object Field argument...]
	Paren            // [expression]
	Table            // [expression or NamedItem or KeyedItem...]
	NamedItem        // [Field value] {name = value}
	KeyedItem        // [key value] {[key] = value}
	Unary            // [operand] Token is the operator
	Binary           // [left right] Token is the operator
	Concatenation    // [operand...] two or more; Token is the first ..
	Missing          // [] an expression that should stand here; no text
)

// Attributes of a declared name.
const (
	AttributeConst Flags = 1 << iota // <const>
	AttributeClose                   // <close>
	AttributeOther                   // one that Lua does not know; an error tells of it
)

// Flags of other nodes.
const (
	HasVararg    Flags = 1 << iota // FunctionBody, Block at the root: takes ...
	MissingClose                   // Block: its end or until is missing; an error tells of it
)

// Flags are facts about a node that its kind does not tell.
type Flags uint8

// NodeID is an index into Tree.Nodes. The zero NodeID is no node.
type NodeID uint32

// Node is one piece of the tree. It covers the tokens [First, End): a node
// without text has First == End and stands before the token First.
type Node struct {
	Kind       NodeKind
	Flags      Flags
	Token      TokenID // the token that names it: keyword, name, literal, operator
	First, End TokenID
	kids, n    uint32 // its children in Tree.kids
	Split      uint32 // index of the first child after the names or targets
}
