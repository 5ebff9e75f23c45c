package gotemplate

import (
	"bytes"
	"errors"
	"fmt"
	"html"
	"reflect"
	"text/template"
	"text/template/parse"
)

// run is one call of a template.
type run struct {
	set  *set
	tree *parse.Tree
	out  *output
	vars []variable // the innermost last
}

type variable struct {
	name  string
	value reflect.Value
}

// How an action leaves an iteration.
var (
	errBreak    = errors.New("break outside of a range")
	errContinue = errors.New("continue outside of a range")
)

// output asks for what is written to it.
type output struct {
	bytes.Buffer
	spend func(steps, bytes int) error
}

func (o *output) Write(p []byte) (int, error) {
	if err := o.spend(1, len(p)); err != nil {
		return 0, err
	}
	return o.Buffer.Write(p)
}

// enter counts a call of a template, which [set.leave] ends.
func (s *set) enter() error {
	if s.depth++; s.depth > maxDepth {
		return fmt.Errorf("templates call each other deeper than %d", maxDepth)
	}
	return s.spend(1, 1<<10)
}

func (s *set) leave() { s.depth-- }

// render writes what a template makes of dot.
func (s *set) render(out *output, tree *parse.Tree, dot reflect.Value) error {
	r := &run{set: s, tree: tree, out: out, vars: []variable{{"$", dot}}}
	return r.walk(dot, tree.Root)
}

// wrong is an error with the place of a node, and the places of the calls that led there.
func (r *run) wrong(n parse.Node, format string, args ...any) error {
	err := fmt.Errorf(format, args...)
	calls := 0
	if inner, ok := errors.AsType[*Error](err); ok {
		if calls = inner.calls + 1; calls >= maxTold {
			return inner
		}
	}
	place, text := r.tree.ErrorContext(n)
	return &Error{Message: fmt.Sprintf("%s: executing %q at <%s>: %v", place, r.tree.Name, text, err), cause: err, calls: calls}
}

// walk executes a node of a template. Its error is an [*Error], [errBreak] or [errContinue].
func (r *run) walk(dot reflect.Value, n parse.Node) error {
	switch n := n.(type) {
	case *parse.ListNode:
		for _, n := range n.Nodes {
			if err := r.walk(dot, n); err != nil {
				return err
			}
		}
	case *parse.TextNode:
		if _, err := r.out.Write(n.Text); err != nil {
			return r.wrong(n, "%w", err)
		}
	case *parse.ActionNode:
		v, err := r.pipe(dot, n.Pipe)
		if err != nil || len(n.Pipe.Decl) > 0 {
			return err
		}
		if err := r.print(n.Pipe, v); err != nil {
			return r.wrong(n.Pipe, "%w", err)
		}
	case *parse.IfNode:
		return r.branch(dot, &n.BranchNode)
	case *parse.WithNode:
		return r.branch(dot, &n.BranchNode)
	case *parse.RangeNode:
		return r.iterate(dot, n)
	case *parse.TemplateNode:
		return r.template(dot, n)
	case *parse.BreakNode:
		return errBreak
	case *parse.ContinueNode:
		return errContinue
	}
	return nil
}

// template calls another template, which sees none of the variables.
func (r *run) template(dot reflect.Value, n *parse.TemplateNode) error {
	v, err := r.pipe(dot, n.Pipe)
	if err != nil {
		return err
	}
	defer r.set.leave()
	if err := r.set.enter(); err != nil {
		return r.wrong(n, "%w", err)
	}
	return r.set.render(r.out, r.set.trees[n.Name], v)
}

// print writes the value of a pipeline: nothing for nil, which is what a missing key gives.
func (r *run) print(p *parse.PipeNode, v reflect.Value) error {
	if v = concrete(v); !v.IsValid() {
		return nil
	}
	if err := r.set.measured(v, true, 0); err != nil {
		return err
	}
	if !r.set.config.Escape || rendersItself(p) {
		_, err := fmt.Fprint(r.out, printable(v))
		return err
	}
	text := fmt.Sprint(printable(v))
	if err := r.set.spend(1, 5*len(text)); err != nil {
		return err
	}
	_, err := r.out.Write([]byte(html.EscapeString(text)))
	return err
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

// printable is v as package fmt shall see it: what a pointer points at, unless the pointer tells its text itself.
func printable(v reflect.Value) any {
	for v.Kind() == reflect.Pointer && !v.IsNil() {
		switch x := v.Interface().(type) {
		case error, fmt.Stringer:
			return x
		}
		v = v.Elem()
	}
	return v.Interface()
}

// branch executes an if or a with.
func (r *run) branch(dot reflect.Value, b *parse.BranchNode) error {
	defer r.forget(len(r.vars))
	v, err := r.pipe(dot, b.Pipe)
	if err != nil {
		return err
	}
	switch {
	case !truth(v) && b.ElseList == nil:
		return nil
	case !truth(v):
		return r.walk(dot, b.ElseList)
	case b.NodeType == parse.NodeWith:
		return r.walk(v, b.List)
	}
	return r.walk(dot, b.List)
}

func truth(v reflect.Value) bool {
	if !v.IsValid() {
		return false
	}
	is, _ := template.IsTrue(v.Interface())
	return is
}

// forget ends the scope of all variables but the first n.
func (r *run) forget(n int) { r.vars = r.vars[:n] }

func (r *run) variable(name string) *variable {
	for i := len(r.vars) - 1; i >= 0; i-- {
		if r.vars[i].name == name {
			return &r.vars[i]
		}
	}
	return &variable{} // not reached: the parser refuses the template
}

// concrete is what an interface holds; nothing for nil.
func concrete(v reflect.Value) reflect.Value {
	if v.Kind() == reflect.Interface {
		return v.Elem()
	}
	return v
}

// pointed is what is at the end of pointers and interfaces, or the first of them that is nil.
func pointed(v reflect.Value) reflect.Value {
	for (v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface) && !v.IsNil() {
		v = v.Elem()
	}
	return v
}
