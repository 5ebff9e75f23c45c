package gotemplate

import (
	"errors"
	"fmt"
	"reflect"
	"text/template/parse"
)

// callee is a function or method that a template calls.
type callee struct {
	name  string
	fn    reflect.Value
	bound []reflect.Value // the receiver of a method

	guarded bool // asks for memory before it works
	deep    bool // for all that is in its arguments
	limit   func(args []reflect.Value) error
}

// parameters tells how many arguments a template has to give, and whether it may give more.
func (f callee) parameters() (n int, variadic bool) {
	t := f.fn.Type()
	n = t.NumIn() - len(f.bound)
	if t.IsVariadic() {
		return n - 1, true
	}
	return n, false
}

// parameter is the type of an argument.
func (f callee) parameter(i int) reflect.Type {
	t := f.fn.Type()
	if n, variadic := f.parameters(); variadic && i >= n {
		return t.In(t.NumIn() - 1).Elem()
	}
	return t.In(i + len(f.bound))
}

// function evaluates a call of a function by its name, at being what errors of the function show.
func (r *run) function(n *parse.IdentifierNode, at parse.Node, a arguments) (reflect.Value, error) {
	if f, ok := r.set.callee(n.Ident); ok {
		return r.call(f, at, a)
	}
	switch n.Ident {
	case "and", "or":
		return r.decide(n, a)
	}
	b := comparisons()[n.Ident]
	if a.number() < b.least || b.exact && a.number() > b.least {
		return reflect.Value{}, r.miscounted(n, n.Ident, b.least, !b.exact, a)
	}
	args := make([]reflect.Value, 0, a.number())
	for i := range a.number() {
		v, err := r.argument(n, a, i, reflect.TypeFor[any]())
		if err != nil {
			return v, err
		}
		args = append(args, concrete(v))
	}
	v, err := b.run(args)
	if err != nil {
		return v, r.wrong(at, "error calling %s: %w", n.Ident, err)
	}
	return v, nil
}

// decide evaluates and and or, which leave out the arguments behind the one that decides.
func (r *run) decide(n *parse.IdentifierNode, a arguments) (v reflect.Value, err error) {
	if a.number() == 0 {
		return v, r.miscounted(n, n.Ident, 1, true, a)
	}
	for i := range a.number() {
		if v, err = r.argument(n, a, i, reflect.TypeFor[any]()); err != nil {
			return v, err
		}
		if v = concrete(v); truth(v) == (n.Ident == "or") {
			break
		}
	}
	return v, nil
}

func (r *run) miscounted(n parse.Node, name string, want int, more bool, a arguments) error {
	least := ""
	if more {
		least = "at least "
	}
	return r.wrong(n, "wrong number of args for %s: want %s%d got %d", name, least, want, a.number())
}

// call evaluates the arguments, calls f, and gives its result.
func (r *run) call(f callee, at parse.Node, a arguments) (reflect.Value, error) {
	head := at
	if c, ok := at.(*parse.CommandNode); ok {
		head = c.Args[0]
	}
	n, variadic := f.parameters()
	if a.number() < n || a.number() > n && !variadic {
		return reflect.Value{}, r.miscounted(head, f.name, n, variadic, a)
	}
	args := append(make([]reflect.Value, 0, len(f.bound)+a.number()), f.bound...)
	for i := range a.number() {
		v, err := r.argument(head, a, i, f.parameter(i))
		if err != nil {
			return v, err
		}
		args = append(args, v)
	}
	v, err := r.set.invoke(f, args)
	if err != nil {
		return v, r.wrong(at, "error calling %s: %w", f.name, err)
	}
	return v, nil
}

// invoke calls f. What it panics with is an error.
func (s *set) invoke(f callee, args []reflect.Value) (v reflect.Value, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = panicked(p)
		}
	}()
	t := f.fn.Type()
	if t.IsVariadic() {
		fixed := t.NumIn() - 1
		rest := reflect.MakeSlice(t.In(fixed), 0, len(args)-fixed)
		args = append(args[:fixed:fixed], reflect.Append(rest, args[fixed:]...))
	}
	if f.guarded {
		if err := s.measureArguments(args, t.IsVariadic(), f.deep); err != nil {
			return v, err
		}
	}
	if f.limit != nil {
		if err := f.limit(args); err != nil {
			return v, err
		}
	}
	var results []reflect.Value
	if t.IsVariadic() {
		results = f.fn.CallSlice(args)
	} else {
		results = f.fn.Call(args)
	}
	if len(results) == 2 && !results[1].IsNil() {
		return v, results[1].Interface().(error)
	}
	return results[0], nil
}

// argument is the value of an argument for a parameter of type t. at is the place of one that was piped.
func (r *run) argument(at parse.Node, a arguments, i int, t reflect.Type) (reflect.Value, error) {
	if i == len(a.nodes) {
		v, err := fitted(a.piped[0], t)
		if err != nil {
			return v, r.wrong(at, "%w", err)
		}
		return v, nil
	}
	switch n := a.nodes[i].(type) {
	case *parse.NilNode:
		if nilable(t) {
			return reflect.Zero(t), nil
		}
		return reflect.Value{}, r.wrong(n, "cannot assign nil to %s", t)
	case *parse.BoolNode, *parse.NumberNode, *parse.StringNode:
		return r.literal(n, t)
	default:
		v, err := r.operand(a.dot, n)
		if err != nil {
			return v, err
		}
		if v, err = fitted(v, t); err != nil {
			return v, r.wrong(n, "%w", err)
		}
		return v, nil
	}
}

func nilable(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Interface, reflect.Map, reflect.Pointer, reflect.Slice:
		return true
	}
	return false
}

// fitted is v as a parameter of type t takes it.
func fitted(v reflect.Value, t reflect.Type) (reflect.Value, error) {
	if !v.IsValid() {
		if nilable(t) {
			return reflect.Zero(t), nil
		}
		return v, fmt.Errorf("invalid value; expected %s", t)
	}
	if v.Kind() == reflect.Interface && !v.IsNil() && !v.Type().AssignableTo(t) {
		v = v.Elem()
	}
	switch {
	case v.Type().AssignableTo(t):
		return v, nil
	case v.Kind() == reflect.Pointer && v.Type().Elem().AssignableTo(t):
		if v.IsNil() {
			return v, errors.New("dereference of nil pointer of type " + t.String())
		}
		return v.Elem(), nil
	case v.CanAddr() && v.Addr().Type().AssignableTo(t):
		return v.Addr(), nil
	}
	return v, fmt.Errorf("wrong type for value; expected %s; got %s", t, v.Type())
}
