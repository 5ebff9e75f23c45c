package gotemplate

import (
	"reflect"
	"text/template/parse"
)

// chain evaluates `.a.b`, `$x.a.b` or `(pipeline).a.b`. Arguments are for the method that the last name is.
func (r *run) chain(n parse.Node, a arguments) (reflect.Value, error) {
	v, names := a.dot, []string(nil)
	switch n := n.(type) {
	case *parse.FieldNode:
		names = n.Ident
	case *parse.VariableNode:
		v, names = r.variable(n.Ident[0]).value, n.Ident[1:]
	case *parse.ChainNode:
		if n.Node.Type() == parse.NodeNil {
			return v, r.wrong(n, "indirection through explicit nil in %s", n)
		}
		var err error
		if v, err = r.operand(a.dot, n.Node); err != nil {
			return v, err
		}
		names = n.Field
	}
	if len(names) == 0 && a.number() > 0 {
		return v, r.wrong(n, "can't give argument to non-function %s", n)
	}
	for i, name := range names {
		with := arguments{dot: a.dot}
		if i == len(names)-1 {
			with = a
		}
		var err error
		if v, err = r.field(v, name, n, with); err != nil {
			return v, err
		}
	}
	return v, nil
}

// field is a field of a struct, the value of a key in a map or the result of a method.
func (r *run) field(v reflect.Value, name string, n parse.Node, a arguments) (reflect.Value, error) {
	if !v.IsValid() {
		if r.set.config.Strict {
			return v, r.wrong(n, "nil data; no entry for key %q", name)
		}
		return v, nil
	}
	t := v.Type()
	v = pointed(v)
	if v.Kind() == reflect.Interface || v.Kind() == reflect.Pointer {
		return v, r.wrong(n, "nil pointer evaluating %s.%s", t, name)
	}
	if m, ok := method(v, name); ok {
		return r.call(m, n, a)
	}
	switch v.Kind() {
	case reflect.Struct:
		if f, ok := v.Type().FieldByName(name); ok && f.IsExported() {
			return v.FieldByIndex(f.Index), r.noArguments(name, n, a)
		}
	case reflect.Map:
		key := reflect.ValueOf(name)
		if !key.Type().AssignableTo(v.Type().Key()) {
			break
		}
		if err := r.noArguments(name, n, a); err != nil {
			return v, err
		}
		found := v.MapIndex(key)
		if !found.IsValid() && r.set.config.Strict {
			return v, r.wrong(n, "map has no entry for key %q", name)
		}
		return found, nil
	}
	return v, r.wrong(n, "can't evaluate field %s in type %s", name, t)
}

func (r *run) noArguments(name string, n parse.Node, a arguments) error {
	if a.number() > 0 {
		return r.wrong(n, "%s is not a method but has arguments", name)
	}
	return nil
}
