package jinja

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

func (x *literal) eval(*run) (value, error) { return x.v, nil }

func (x *name) eval(r *run) (value, error) {
	if v, ok := r.scope.get(x.name); ok {
		return v, nil
	}
	if fn, ok := r.library.globals[x.name]; ok {
		return &function{x.name, fn}, nil
	}
	return undefined{"'" + x.name + "'"}, nil
}

func (x *listExpr) eval(r *run) (value, error) {
	if err := r.spend(1, len(x.items)*itemSize); err != nil {
		return nil, r.fail(x.place(), err)
	}
	l := &list{items: make([]value, len(x.items)), tuple: x.tuple}
	for i, item := range x.items {
		var err error
		if l.items[i], err = item.eval(r); err != nil {
			return nil, err
		}
	}
	return l, nil
}

func (x *dictExpr) eval(r *run) (value, error) {
	if err := r.spend(1, len(x.keys)*entrySize); err != nil {
		return nil, r.fail(x.place(), err)
	}
	d := newDict(len(x.keys))
	for i, k := range x.keys {
		kv, err := k.eval(r)
		if err != nil {
			return nil, err
		}
		key, err := r.key(kv)
		if err != nil {
			return nil, r.fail(k.place(), err)
		}
		v, err := x.values[i].eval(r)
		if err != nil {
			return nil, err
		}
		d.set(key, v)
	}
	return d, nil
}

// key is v as the key of a dict.
func (r *run) key(v value) (string, error) {
	switch v.(type) {
	case string, safe, bool, int64, float64, nil:
		return r.text(v)
	}
	return "", fmt.Errorf("%s cannot be a key", article(v))
}

func (x *unary) eval(r *run) (value, error) {
	v, err := x.x.eval(r)
	if err != nil {
		return nil, err
	}
	if x.op == "not" {
		return !truth(v), r.fail(x.place(), r.strict(v))
	}
	switch n := v.(type) {
	case int64:
		if x.op == "-" {
			return -n, nil
		}
		return n, nil
	case float64:
		if x.op == "-" {
			return -n, nil
		}
		return n, nil
	}
	return nil, r.fail(x.place(), fmt.Errorf("'%s' wants a number, got %s", x.op, r.subject(v)))
}

// subject names a value in an error: what is undefined by its name.
func (r *run) subject(v value) string {
	if u, ok := v.(undefined); ok {
		return u.what + ", which is undefined"
	}
	return kindOf(v)
}

func (x *binary) eval(r *run) (value, error) {
	a, err := x.x.eval(r)
	if err != nil {
		return nil, err
	}
	if x.op == "and" || x.op == "or" {
		if err := r.strict(a); err != nil {
			return nil, r.fail(x.x.place(), err)
		}
		if truth(a) == (x.op == "or") {
			return a, nil
		}
		return x.y.eval(r)
	}
	b, err := x.y.eval(r)
	if err != nil {
		return nil, err
	}
	v, err := r.operate(x.op, a, b)
	return v, r.fail(x.place(), err)
}

func (x *comparison) eval(r *run) (value, error) {
	a, err := x.first.eval(r)
	if err != nil {
		return nil, err
	}
	for i, op := range x.ops {
		b, err := x.rest[i].eval(r)
		if err != nil {
			return nil, err
		}
		holds, err := r.holds(op, a, b)
		if err != nil {
			return nil, r.fail(x.place(), err)
		}
		if !holds {
			return false, nil
		}
		a = b
	}
	return true, nil
}

func (r *run) holds(op string, a, b value) (bool, error) {
	if err := errors.Join(r.strict(a), r.strict(b)); err != nil {
		return false, err
	}
	switch op {
	case "==", "!=":
		same, err := r.equal(a, b, 0)
		return same == (op == "=="), err
	case "in", "not in":
		found, err := r.contains(b, a)
		return found == (op == "in"), err
	}
	order, err := r.compare(a, b, 0)
	switch op {
	case "<":
		return order < 0, err
	case "<=":
		return order <= 0, err
	case ">":
		return order > 0, err
	default:
		return order >= 0, err
	}
}

func (r *run) contains(in, v value) (bool, error) {
	if s, ok := str(in); ok {
		part, ok := str(v)
		if !ok {
			return false, fmt.Errorf("a string has no %s in it", kindOf(v))
		}
		return strings.Contains(s, part), r.spend(1+len(s)/64, 0)
	}
	if d, ok := in.(*dict); ok {
		key, err := r.key(v)
		if err != nil {
			return false, err
		}
		_, ok := d.m[key]
		return ok, nil
	}
	items, err := r.iterate(in)
	for i := 0; err == nil && i < len(items); i++ {
		var same bool
		if same, err = r.equal(items[i], v, 0); same {
			return true, nil
		}
	}
	return false, err
}

func (x *conditional) eval(r *run) (value, error) {
	cond, err := x.cond.eval(r)
	if err != nil {
		return nil, err
	}
	if err := r.strict(cond); err != nil {
		return nil, r.fail(x.cond.place(), err)
	}
	switch {
	case truth(cond):
		return x.yes.eval(r)
	case x.no == nil:
		return undefined{"the value of an 'if' without 'else'"}, nil
	}
	return x.no.eval(r)
}

func (x *attribute) eval(r *run) (value, error) {
	v, err := x.x.eval(r)
	if err != nil {
		return nil, err
	}
	got, err := r.attr(v, x.name)
	return got, r.fail(x.place(), err)
}

// attr is the entry or the attribute name of v.
func (r *run) attr(v value, name string) (value, error) {
	missing := undefined{"'" + name + "'"}
	switch v := v.(type) {
	case undefined:
		if r.config.Strict {
			return nil, v.err()
		}
		return missing, nil
	case *dict:
		if got, ok := v.m[name]; ok {
			return got, nil
		}
	case *list:
		if i := slices.Index(v.names, name); i >= 0 {
			return v.items[i], nil
		}
	case *namespace:
		if got, ok := v.m[name]; ok {
			return got, nil
		}
	case object:
		if got, ok := v.attr(name); ok {
			return got, nil
		}
	}
	if fn, ok := method(v, name); ok {
		return fn, nil
	}
	return missing, nil
}

func (x *index) eval(r *run) (value, error) {
	v, err := x.x.eval(r)
	if err != nil {
		return nil, err
	}
	key, err := x.key.eval(r)
	if err != nil {
		return nil, err
	}
	got, err := r.item(v, key)
	return got, r.fail(x.place(), err)
}

// item is v[key].
func (r *run) item(v, key value) (value, error) {
	if err := r.strict(key); err != nil {
		return nil, err
	}
	n, isInt := key.(int64)
	l, isList := v.(*list)
	s, isText := str(v)
	switch {
	case isList && isInt:
		if n < 0 {
			n += int64(len(l.items))
		}
		if n >= 0 && n < int64(len(l.items)) {
			return l.items[n], nil
		}
	case isText && isInt:
		if err := r.spend(1+len(s)/16, 0); err != nil {
			return nil, err
		}
		if n < 0 {
			n += int64(utf8.RuneCountInString(s))
		}
		for _, c := range s {
			if n == 0 {
				return string(c), nil
			}
			n--
		}
	default:
		name, err := r.key(key)
		if err != nil {
			return nil, err
		}
		return r.attr(v, name)
	}
	return undefined{fmt.Sprintf("the item %d", key)}, nil
}

func (x *slicing) eval(r *run) (value, error) {
	v, err := x.x.eval(r)
	if err != nil {
		return nil, err
	}
	var bounds [3]*int64
	for i, part := range []expr{x.from, x.to, x.step} {
		if part == nil {
			continue
		}
		b, err := part.eval(r)
		if err != nil {
			return nil, err
		}
		if n, ok := whole(b); ok {
			bounds[i] = &n
		} else if b != nil {
			return nil, r.fail(part.place(), fmt.Errorf("an integer expected, got %s", r.subject(b)))
		}
	}
	switch u := v.(type) {
	case *dict:
		return nil, r.fail(x.place(), errors.New("a dict has no slices"))
	case undefined:
		return u, r.fail(x.place(), r.strict(u))
	}
	items, err := r.iterate(v)
	if err != nil {
		return nil, r.fail(x.place(), err)
	}
	step := int64(1)
	if bounds[2] != nil {
		step = *bounds[2]
	}
	if step == 0 || step == math.MinInt64 {
		return nil, r.fail(x.place(), fmt.Errorf("the step of a slice must not be %d", step))
	}
	picked := &list{items: sliced(items, bounds[0], bounds[1], step)}
	if err := r.spend(len(picked.items), len(picked.items)*itemSize); err != nil {
		return nil, r.fail(x.place(), err)
	}
	if l, ok := v.(*list); ok {
		picked.tuple = l.tuple
		return picked, nil
	}
	var made strings.Builder
	for _, c := range picked.items {
		made.WriteString(c.(string))
	}
	return made.String(), nil
}

// sliced is items[from:to:step] as Python has it.
func sliced(items []value, from, to *int64, step int64) []value {
	n := int64(len(items))
	first, last := int64(0), n
	if step < 0 {
		first, last = n-1, -1
	}
	clamp := func(b *int64, otherwise int64) int64 {
		switch {
		case b == nil:
			return otherwise
		case *b < 0 && step > 0:
			return max(*b+n, 0)
		case *b < 0:
			return max(*b+n, -1)
		case step > 0:
			return min(*b, n)
		}
		return min(*b, n-1)
	}
	first, last = clamp(from, first), clamp(to, last)
	var picked []value
	for i := first; step > 0 && i < last || step < 0 && i > last; i += step {
		picked = append(picked, items[i])
		if step > n || step < -n {
			break
		}
	}
	return picked
}

func (x *filterExpr) eval(r *run) (value, error) {
	v, err := x.x.eval(r)
	if err != nil {
		return nil, err
	}
	return x.apply(r, v)
}

func (x *filterExpr) apply(r *run, v value) (value, error) {
	a, err := r.given(x.args)
	if err != nil {
		return nil, err
	}
	got, err := r.filter(x.name, v, a)
	if err != nil && !placed(err) {
		err = fmt.Errorf("filter '%s': %w", x.name, err)
	}
	return got, r.fail(x.place(), err)
}

func placed(err error) bool {
	_, ok := errors.AsType[*Error](err)
	return ok
}

func (x *testExpr) eval(r *run) (value, error) {
	v, err := x.x.eval(r)
	if err != nil {
		return nil, err
	}
	a, err := r.given(x.args)
	if err != nil {
		return nil, err
	}
	passed, err := r.test(x.name, v, a)
	if err != nil && !placed(err) {
		err = fmt.Errorf("test '%s': %w", x.name, err)
	}
	return passed, r.fail(x.place(), err)
}
