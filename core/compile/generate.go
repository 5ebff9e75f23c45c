package compile

import (
	"fmt"
	"strings"

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

	shapes   int  // that the pools have
	detached bool // what the chunk keeps of the source are copies

	pools []*pool // the first is main's own, the last still takes functions
	spare []*function
}

func generate(name string, tree *syntax.Tree, bindings *syntax.Bindings, opts Options) *Chunk {
	n := len(bindings.Variables)
	g := &generator{
		source: name, tree: tree, bindings: bindings, opts: opts,
		owner: make([]*function, n), register: make([]uint8, n), captured: make([]bool, n),
		pools: []*pool{newPool()}, detached: wasteful(tree),
	}
	g.pools[0].lasting = g.lasting
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
	for i := range bindings.Globals {
		bindings.Globals[i].Name = g.lasting(bindings.Globals[i].Name)
	}
	return &Chunk{Name: name, Proto: proto, Helpers: g.helpers, Globals: bindings.Globals, Newer: tree.Newer}
}

// largeSource is the size from which a source may be wasteful to keep.
const largeSource = 4 << 10

// wasteful tells whether most of a source is neither a name nor a text, such as comments: pieces of it that a chunk
// keeps would keep all of it.
func wasteful(tree *syntax.Tree) bool {
	if len(tree.Source) < largeSource {
		return false
	}
	kept := 0
	for _, token := range tree.Tokens {
		if token.Kind == syntax.Name || token.Kind == syntax.String || token.Kind == syntax.LongString {
			kept += int(token.End - token.Start)
		}
	}
	return kept < len(tree.Source)/2
}

// lasting is a piece of the source that outlives its compilation.
func (g *generator) lasting(piece string) string {
	if g.detached {
		return strings.Clone(piece)
	}
	return piece
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
			f.pool.lasting = g.lasting
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
