package compile

import (
	"fmt"

	"assay.rs/core/syntax"
)

// generator is a chunk being compiled.
type generator struct {
	source   string // the chunk's name
	tree     *syntax.Tree
	bindings *syntax.Bindings
	opts     Options

	main    *function
	helpers []Helper // upvalues of main

	// By syntax.VariableID:
	owner    []*function // the function whose register it has
	register []uint8
	captured []bool // an inner function holds it

	shapes int // that the pools have

	pools []*pool // the first is main's own, the last still takes functions
	spare []*function
}

func generate(name string, tree *syntax.Tree, bindings *syntax.Bindings, opts Options) *Chunk {
	n := len(bindings.Variables)
	g := &generator{
		source: name, tree: tree, bindings: bindings, opts: opts,
		owner: make([]*function, n), register: make([]uint8, n), captured: make([]bool, n),
		pools: []*pool{newPool()},
	}
	for i, v := range bindings.Variables {
		g.captured[i] = v.Captured
	}
	f := g.open(nil, tree.Root)
	g.main = f
	f.vararg = true
	f.statements(tree.Kids(tree.Root), tree.Root)
	lines := tree.Lines()
	proto := f.finish(0, lines)
	for _, p := range g.pools {
		p.finish()
	}
	return &Chunk{Name: name, Proto: proto, Helpers: g.helpers, Globals: bindings.Globals, Newer: tree.Newer}
}

// open begins a function; node is its FunctionBody or the chunk's Block.
func (g *generator) open(parent *function, node syntax.NodeID) *function {
	var f *function
	if n := len(g.spare); n > 0 {
		f = g.spare[n-1]
		g.spare = g.spare[:n-1]
		f.reset()
	} else {
		f = &function{generator: g, code: make([]uint32, 0, 32), lines: make([]int, 0, 32)}
	}
	f.parent, f.node = parent, node
	f.pool = g.pools[0]
	if parent != nil {
		f.pool = g.pools[len(g.pools)-1]
		if len(g.pools) == 1 || len(f.pool.values) >= fullPool {
			f.pool = newPool()
			g.pools = append(g.pools, f.pool)
		}
	}
	f.enter(node)
	return f
}

// fail ends the compilation with an error at a node.
func (g *generator) fail(id syntax.NodeID, format string, args ...any) {
	start, end := g.tree.Span(id)
	if text := g.tree.Source[start:end]; len(text) > 80 {
		end = start + 1
	}
	panic(limit{syntax.Error{Start: start, End: end, Message: fmt.Sprintf(format, args...)}})
}

// kids and the like keep the code below short.
func (g *generator) kids(id syntax.NodeID) []syntax.NodeID { return g.tree.Kids(id) }
func (g *generator) kind(id syntax.NodeID) syntax.NodeKind { return g.tree.Nodes[id].Kind }
func (g *generator) line(id syntax.NodeID) int             { return g.tree.Line(id) }
