package gotemplate

import (
	"reflect"
	"strings"
	"text/template/parse"
)

// arguments are what a function or method is called with: nodes, and the value of the command before in the
// pipeline. They are evaluated when the types of the parameters are known.
type arguments struct {
	dot   reflect.Value
	nodes []parse.Node
	piped []reflect.Value // one or none
}

func (a arguments) number() int { return len(a.nodes) + len(a.piped) }

// pipe evaluates a pipeline and sets the variables that it declares.
func (r *run) pipe(dot reflect.Value, p *parse.PipeNode) (reflect.Value, error) {
	if p == nil {
		return reflect.Value{}, nil
	}
	var piped []reflect.Value
	for _, c := range p.Cmds {
		v, err := r.command(dot, c, piped)
		if err != nil {
			return reflect.Value{}, err
		}
		piped = []reflect.Value{concrete(v)}
	}
	for _, d := range p.Decl {
		if p.IsAssign {
			r.variable(d.Ident[0]).value = piped[0]
		} else {
			r.vars = append(r.vars, variable{d.Ident[0], piped[0]})
		}
	}
	return piped[0], nil
}

// command evaluates one command of a pipeline.
func (r *run) command(dot reflect.Value, c *parse.CommandNode, piped []reflect.Value) (reflect.Value, error) {
	a := arguments{dot, c.Args[1:], piped}
	switch n := c.Args[0].(type) {
	case *parse.IdentifierNode:
		return r.function(n, c, a)
	case *parse.FieldNode, *parse.ChainNode, *parse.VariableNode:
		return r.chain(n, a)
	default:
		if a.number() > 0 {
			return reflect.Value{}, r.wrong(n, "can't give argument to non-function %s", n)
		}
		return r.operand(dot, n)
	}
}

// operand evaluates a node that is given no arguments.
func (r *run) operand(dot reflect.Value, n parse.Node) (reflect.Value, error) {
	switch n := n.(type) {
	case *parse.DotNode:
		return dot, nil
	case *parse.PipeNode:
		return r.pipe(dot, n)
	case *parse.IdentifierNode:
		return r.function(n, n, arguments{dot: dot})
	case *parse.FieldNode, *parse.ChainNode, *parse.VariableNode:
		return r.chain(n, arguments{dot: dot})
	case *parse.NilNode:
		return reflect.Value{}, r.wrong(n, "nil is not a command")
	}
	return r.constant(n)
}

// constant is the value of a literal where no type is asked for.
func (r *run) constant(n parse.Node) (reflect.Value, error) {
	switch n := n.(type) {
	case *parse.BoolNode:
		return reflect.ValueOf(n.True), nil
	case *parse.StringNode:
		return reflect.ValueOf(n.Text), nil
	case *parse.NumberNode:
		switch {
		case n.IsComplex:
			return reflect.ValueOf(n.Complex128), nil
		case n.IsFloat && writtenAsFloat(n.Text):
			return reflect.ValueOf(n.Float64), nil
		case n.IsInt:
			return reflect.ValueOf(int(n.Int64)), nil
		}
		return reflect.Value{}, r.wrong(n, "%s overflows int", n.Text)
	}
	return reflect.Value{}, r.wrong(n, "can't evaluate command %q", n)
}

func writtenAsFloat(number string) bool {
	if strings.HasPrefix(number, "'") {
		return false
	}
	if strings.HasPrefix(strings.ToLower(number), "0x") {
		return strings.ContainsAny(number, "pP")
	}
	return strings.ContainsAny(number, ".eEpP")
}

// literal is the value of a literal for a parameter of type t.
func (r *run) literal(n parse.Node, t reflect.Type) (reflect.Value, error) {
	if t.Kind() == reflect.Interface && t.NumMethod() == 0 {
		return r.constant(n)
	}
	v, wanted := reflect.New(t).Elem(), ""
	number, isNumber := n.(*parse.NumberNode)
	switch {
	case v.Kind() == reflect.Bool:
		if b, ok := n.(*parse.BoolNode); ok {
			v.SetBool(b.True)
			return v, nil
		}
		wanted = "bool"
	case v.Kind() == reflect.String:
		if s, ok := n.(*parse.StringNode); ok {
			v.SetString(s.Text)
			return v, nil
		}
		wanted = "string"
	case v.CanInt():
		if isNumber && number.IsInt {
			v.SetInt(number.Int64)
			return v, nil
		}
		wanted = "integer"
	case v.CanUint():
		if isNumber && number.IsUint {
			v.SetUint(number.Uint64)
			return v, nil
		}
		wanted = "unsigned integer"
	case v.CanFloat():
		if isNumber && number.IsFloat {
			v.SetFloat(number.Float64)
			return v, nil
		}
		wanted = "float"
	default:
		return v, r.wrong(n, "can't handle %s for arg of type %s", n, t)
	}
	return v, r.wrong(n, "expected %s; found %s", wanted, n)
}
