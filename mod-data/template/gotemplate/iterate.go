package gotemplate

import (
	"errors"
	"fmt"
	"iter"
	"reflect"
	"sort"
	"text/template/parse"
)

// iterate executes a range.
func (r *run) iterate(dot reflect.Value, n *parse.RangeNode) error {
	defer r.forget(len(r.vars))
	v, err := r.pipe(dot, n.Pipe)
	if err != nil {
		return err
	}
	items, err := r.set.items(pointed(v), len(n.Pipe.Decl))
	if err != nil {
		return r.wrong(n.Pipe, "%w", err)
	}
	scope, any := len(r.vars), false
	for key, item := range items {
		any = true
		if err := r.set.spend(1, 0); err != nil {
			return r.wrong(n.Pipe, "%w", err)
		}
		r.bind(n.Pipe, key, item)
		err := r.walk(item, n.List)
		r.forget(scope)
		if errors.Is(err, errBreak) {
			break
		}
		if err != nil && !errors.Is(err, errContinue) {
			return err
		}
	}
	if !any && n.ElseList != nil {
		return r.walk(dot, n.ElseList)
	}
	return nil
}

// bind gives the variables of a range, which are the innermost, their values: the item, or the key and the item.
func (r *run) bind(p *parse.PipeNode, key, item reflect.Value) {
	values := []reflect.Value{key, item}[2-len(p.Decl):]
	for i, v := range values {
		if p.IsAssign {
			r.variable(p.Decl[i].Ident[0]).value = v
		} else {
			r.vars[len(r.vars)-len(values)+i].value = v
		}
	}
}

// items are the keys and items of a list, a map or a number, for a range with so many variables.
func (s *set) items(v reflect.Value, variables int) (iter.Seq2[reflect.Value, reflect.Value], error) {
	switch {
	case !v.IsValid():
		return func(func(key, item reflect.Value) bool) {}, nil
	case isInteger(v) && variables > 1:
		return nil, fmt.Errorf("can't use %v to iterate over more than one variable", v)
	case isInteger(v):
		return numbersBelow(v), nil
	case v.Kind() == reflect.Slice || v.Kind() == reflect.Array:
		return itemsOf(v), nil
	case v.Kind() == reflect.Map:
		if err := s.spendTimes(entrySize, v.Len()); err != nil {
			return nil, err
		}
		return entriesOf(v), nil
	}
	return nil, fmt.Errorf("range can't iterate over a value of type %s", v.Type())
}

func numbersBelow(limit reflect.Value) iter.Seq2[reflect.Value, reflect.Value] {
	return func(yield func(key, item reflect.Value) bool) {
		for i := 0; ; i++ {
			item := reflect.ValueOf(i).Convert(limit.Type())
			if compareIntegers(item, limit) >= 0 || !yield(reflect.Value{}, item) {
				return
			}
		}
	}
}

func itemsOf(list reflect.Value) iter.Seq2[reflect.Value, reflect.Value] {
	return func(yield func(key, item reflect.Value) bool) {
		for i := range list.Len() {
			if !yield(reflect.ValueOf(i), list.Index(i)) {
				return
			}
		}
	}
}

// entriesOf goes through a map in the order of its keys.
func entriesOf(m reflect.Value) iter.Seq2[reflect.Value, reflect.Value] {
	keys := m.MapKeys()
	sort.Slice(keys, func(i, j int) bool {
		if a, b := keys[i], keys[j]; isInteger(a) && isInteger(b) {
			return compareIntegers(a, b) < 0
		}
		return fmt.Sprint(keys[i]) < fmt.Sprint(keys[j])
	})
	return func(yield func(key, item reflect.Value) bool) {
		for _, key := range keys {
			if !yield(key, m.MapIndex(key)) {
				return
			}
		}
	}
}
