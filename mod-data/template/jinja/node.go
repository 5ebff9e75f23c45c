package jinja

// expr is an expression.
type expr interface {
	eval(r *run) (value, error)
	place() int
}

// stmt is what stands outside of expressions.
type stmt interface {
	exec(r *run) error
}

// at is where something stands in the template.
type at int

func (a at) place() int { return int(a) }

// Expressions.
type (
	literal struct {
		at
		v value
	}
	name struct {
		at
		name string
	}
	listExpr struct {
		at
		items []expr
		tuple bool
	}
	dictExpr struct {
		at
		keys, values []expr
	}
	unary struct {
		at
		op string
		x  expr
	}
	binary struct {
		at
		op   string
		x, y expr
	}
	comparison struct {
		at
		first expr
		ops   []string
		rest  []expr
	}
	conditional struct {
		at
		cond, yes, no expr // no may be nil
	}
	attribute struct {
		at
		x    expr
		name string
	}
	index struct {
		at
		x, key expr
	}
	slicing struct {
		at
		x, from, to, step expr // each but x may be nil
	}
	call struct {
		at
		fn   expr
		args arguments
	}
	filterExpr struct {
		at
		x    expr // nil for that of a block
		name string
		args arguments
	}
	testExpr struct {
		at
		x    expr
		name string
		args arguments
	}
)

// arguments are those of a call, before they are evaluated.
type arguments struct {
	list  []expr
	names []string // of those that are named, in the order of named
	named []expr

	spread, spreadNamed expr // *x and **x, or nil
}

func (a *arguments) any() bool {
	return len(a.list)+len(a.named) > 0 || a.spread != nil || a.spreadNamed != nil
}

// Statements.
type (
	text  string
	print struct {
		at
		x expr
	}
	ifStmt struct {
		at
		conds []expr
		then  [][]stmt
		other []stmt
	}
	forStmt struct {
		at
		target    target
		items     expr
		cond      expr // may be nil
		recursive bool
		body      []stmt
		other     []stmt
	}
	loopControl struct {
		at
		err error
	}
	setStmt struct {
		at
		target target
		x      expr
	}
	setBlock struct {
		at
		target  target
		filters []*filterExpr
		body    []stmt
	}
	macroStmt struct {
		at
		macro *macroDef
	}
	callStmt struct {
		at
		call   *call
		caller *macroDef
	}
	filterStmt struct {
		at
		filters []*filterExpr
		body    []stmt
	}
	withStmt struct {
		at
		names  []string
		values []expr
		body   []stmt
	}
	escapeStmt struct {
		at
		on   expr
		body []stmt
	}
	doStmt struct {
		at
		x expr
	}
	blockStmt struct {
		at
		name     string
		required bool
		scoped   bool
		body     []stmt
		source   *source
	}
	extendsStmt struct {
		at
		name expr
	}
	includeStmt struct {
		at
		name    expr
		missing bool // is ignored
		context bool
	}
	importStmt struct {
		at
		name    expr
		as      string   // the whole template, or
		names   []string // these of it,
		aliases []string // under these names
		context bool
	}
)

// target is what set and for assign to: a name, an attribute of a namespace, or a tuple of targets.
type target struct {
	at
	name, attr string
	parts      []target // of a tuple, else nil
}

// macroDef is a macro as it is written.
type macroDef struct {
	at
	name     string
	params   []string
	defaults []expr // of the last parameters
	body     []stmt
	caller   bool // it is the body of a call block
	varargs  bool // it uses varargs, which take further arguments
	kwargs   bool // it uses kwargs, which take further named arguments
	calls    bool // it uses caller, the body of a call block
	source   *source
}

// template is a template that was read.
type template struct {
	*source
	body   []stmt
	blocks map[string]*blockStmt
}
