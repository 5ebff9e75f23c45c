package gotemplate

import (
	"fmt"
	"html"
	"text/template/parse"
)

// The hidden functions, behind what their names begin with, which no template can know.
const (
	stepName  = "step"  // at the beginning of each iteration
	enterName = "enter" // at the beginning of each template
	leaveName = "leave" // at its end
	printName = "print" // at the end of each pipeline that is printed

	escapeName = "escape" // the same, for HTML
)

func (s *set) hiddenFunctions() map[string]any {
	return map[string]any{
		s.hidden + stepName: func() (string, error) { return "", s.spend(1, 0) },
		s.hidden + enterName: func() (string, error) {
			if s.depth++; s.depth > maxDepth {
				return "", fmt.Errorf("templates call each other deeper than %d", maxDepth)
			}
			return "", s.spend(1, 1<<10)
		},
		s.hidden + leaveName: func() string {
			s.depth--
			return ""
		},
		s.hidden + printName:  s.printed,
		s.hidden + escapeName: s.escaped,
	}
}

// printed is what is printed of v: nothing of nil, which is what a missing key gives.
func (s *set) printed(v any) (any, error) {
	if v == nil {
		return "", nil
	}
	if err := s.measure(v, true); err != nil {
		return nil, err
	}
	return v, nil
}

// escaped is [set.printed] for HTML.
func (s *set) escaped(v any) (any, error) {
	v, err := s.printed(v)
	if err != nil {
		return nil, err
	}
	text := fmt.Sprint(v)
	return html.EscapeString(text), s.spend(1, 5*len(text))
}

// instrument puts the hidden actions into a template and gives the names of the templates that it calls.
func (s *set) instrument(t *parse.Tree) []string {
	w := &instrumenter{set: s}
	w.list(t.Root)
	t.Root.Nodes = append([]parse.Node{w.action(enterName, t.Root.Pos)}, t.Root.Nodes...)
	t.Root.Nodes = append(t.Root.Nodes, w.action(leaveName, t.Root.Pos))
	return w.called
}

type instrumenter struct {
	set    *set
	called []string
}

func (w *instrumenter) list(l *parse.ListNode) {
	if l == nil {
		return
	}
	for _, n := range l.Nodes {
		switch n := n.(type) {
		case *parse.ActionNode:
			w.pipe(n.Pipe)
			if len(n.Pipe.Decl) == 0 {
				name := printName
				if w.set.config.Escape && !rendersItself(n.Pipe) {
					name = escapeName
				}
				n.Pipe.Cmds = append(n.Pipe.Cmds, w.command(name, n.Pos))
			}
		case *parse.IfNode:
			w.branch(&n.BranchNode)
		case *parse.WithNode:
			w.branch(&n.BranchNode)
		case *parse.RangeNode:
			w.branch(&n.BranchNode)
			n.List.Nodes = append([]parse.Node{w.action(stepName, n.Pos)}, n.List.Nodes...)
		case *parse.TemplateNode:
			w.called = append(w.called, n.Name)
			w.pipe(n.Pipe)
		}
	}
}

func (w *instrumenter) branch(b *parse.BranchNode) {
	w.pipe(b.Pipe)
	w.list(b.List)
	w.list(b.ElseList)
}

// pipe makes the functions ready that a pipeline names.
func (w *instrumenter) pipe(p *parse.PipeNode) {
	if p == nil {
		return
	}
	for _, c := range p.Cmds {
		for _, arg := range c.Args {
			w.argument(arg)
		}
	}
}

func (w *instrumenter) argument(n parse.Node) {
	switch n := n.(type) {
	case *parse.IdentifierNode:
		w.set.use(n.Ident)
	case *parse.PipeNode:
		w.pipe(n)
	case *parse.ChainNode:
		w.argument(n.Node)
	}
}

// rendersItself tells whether a pipeline prints a template, which has escaped what it printed.
func rendersItself(p *parse.PipeNode) bool {
	for _, c := range p.Cmds {
		if name, ok := c.Args[0].(*parse.IdentifierNode); ok && (name.Ident == "include" || name.Ident == "tpl") {
			return true
		}
	}
	return false
}

func (w *instrumenter) command(name string, at parse.Pos) *parse.CommandNode {
	w.set.use(w.set.hidden + name)
	return &parse.CommandNode{NodeType: parse.NodeCommand, Pos: at, Args: []parse.Node{parse.NewIdentifier(w.set.hidden + name).SetPos(at)}}
}

func (w *instrumenter) action(name string, at parse.Pos) *parse.ActionNode {
	return &parse.ActionNode{NodeType: parse.NodeAction, Pos: at, Pipe: &parse.PipeNode{
		NodeType: parse.NodePipe, Pos: at, Cmds: []*parse.CommandNode{w.command(name, at)},
	}}
}
