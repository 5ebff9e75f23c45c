package jinja

import (
	"fmt"
	"slices"
	"strings"

	"assay.rs/core/nearest"
)

// given are the arguments of a call.
type given struct {
	list  []value
	names []string
	named map[string]value
}

func (r *run) given(args arguments) (*given, error) {
	a := &given{list: make([]value, len(args.list))}
	for i, x := range args.list {
		var err error
		if a.list[i], err = x.eval(r); err != nil {
			return nil, err
		}
	}
	if args.spread != nil {
		v, err := args.spread.eval(r)
		if err != nil {
			return nil, err
		}
		more, err := r.iterate(v)
		if err == nil {
			err = r.spend(len(more), len(more)*itemSize)
		}
		if err != nil {
			return nil, r.fail(args.spread.place(), err)
		}
		a.list = append(a.list, more...)
	}
	for i, x := range args.named {
		v, err := x.eval(r)
		if err == nil {
			err = a.name(args.names[i], v)
		}
		if err != nil {
			return nil, r.fail(x.place(), err)
		}
	}
	if args.spreadNamed == nil {
		return a, nil
	}
	v, err := args.spreadNamed.eval(r)
	if err != nil {
		return nil, err
	}
	return a, r.fail(args.spreadNamed.place(), r.nameAll(a, v))
}

// name adds an argument that has a name.
func (a *given) name(name string, v value) error {
	if _, twice := a.named[name]; twice {
		return fmt.Errorf("the argument '%s' is given twice", name)
	}
	if a.named == nil {
		a.named = make(map[string]value)
	}
	a.names = append(a.names, name)
	a.named[name] = v
	return nil
}

// nameAll adds the entries of a dict.
func (r *run) nameAll(a *given, v value) error {
	d, ok := v.(*dict)
	if !ok {
		return fmt.Errorf("a dict expected behind **, got %s", r.subject(v))
	}
	if err := r.spend(len(d.keys), len(d.keys)*entrySize); err != nil {
		return err
	}
	for _, key := range d.keys {
		if err := a.name(key, d.m[key]); err != nil {
			return err
		}
	}
	return nil
}

// bound are the arguments of a builtin, by the numbers of its parameters.
type bound struct {
	r      *run
	params []string
	values []value
	has    []bool
	more   []value // behind the last parameter, when that is "..."
	named  map[string]value
	err    error // the first argument that was of the wrong kind
}

// bind gives the parameters their arguments. "..." at the end takes any that are left.
func (r *run) bind(a *given, params []string) (*bound, error) {
	rest := len(params) > 0 && params[len(params)-1] == "..."
	if rest {
		params = params[:len(params)-1]
	}
	b := &bound{r: r, params: params, values: make([]value, len(params)), has: make([]bool, len(params))}
	n := min(len(a.list), len(params))
	copy(b.values, a.list[:n])
	for i := range n {
		b.has[i] = true
	}
	if b.more = a.list[n:]; len(b.more) > 0 && !rest {
		return nil, fmt.Errorf("%d arguments at most, got %d", len(params), len(a.list))
	}
	for _, name := range a.names {
		i := slices.Index(params, name)
		switch {
		case i >= 0 && b.has[i]:
			return nil, fmt.Errorf("the argument '%s' is given twice", name)
		case i >= 0:
			b.values[i], b.has[i] = a.named[name], true
		case rest:
			if b.named == nil {
				b.named = make(map[string]value)
			}
			b.named[name] = a.named[name]
		default:
			return nil, unknownArgument(name, params)
		}
	}
	return b, nil
}

func unknownArgument(name string, params []string) error {
	if near, ok := nearest.Name(name, params); ok {
		return fmt.Errorf("unknown argument '%s': did you mean '%s'?", name, near)
	}
	return fmt.Errorf("unknown argument '%s'", name)
}

func (b *bound) wrong(i int, want string) {
	if b.err == nil {
		b.err = fmt.Errorf("argument '%s': %s expected, got %s", b.params[i], want, b.r.subject(b.values[i]))
	}
}

func (b *bound) int(i int, otherwise int64) int64 {
	if !b.has[i] || b.values[i] == nil {
		return otherwise
	}
	n, ok := whole(b.values[i])
	if f, isFloat := b.values[i].(float64); isFloat && f == float64(int64(f)) {
		n, ok = int64(f), true
	}
	if !ok {
		b.wrong(i, "integer")
		return otherwise
	}
	return n
}

// width is an int that texts are made as wide as.
func (b *bound) width(i int, otherwise int64) int {
	n := b.int(i, otherwise)
	const most = 1 << 20
	if n < 0 || n > most {
		if b.err == nil {
			b.err = fmt.Errorf("argument '%s': 0 to %d expected, got %d", b.params[i], most, n)
		}
		return 0
	}
	return int(n)
}

func (b *bound) str(i int, otherwise string) string {
	if !b.has[i] || b.values[i] == nil {
		return otherwise
	}
	s, ok := str(b.values[i])
	if !ok {
		b.wrong(i, "string")
	}
	return s
}

func (b *bound) bool(i int, otherwise bool) bool {
	if !b.has[i] {
		return otherwise
	}
	return truth(b.values[i])
}

func (b *bound) need(i int) {
	if !b.has[i] && b.err == nil {
		b.err = fmt.Errorf("the argument '%s' is missing", b.params[i])
	}
}

func (x *call) eval(r *run) (value, error) {
	fn, err := r.callee(x.fn)
	if err != nil {
		return nil, err
	}
	a, err := r.given(x.args)
	if err != nil {
		return nil, err
	}
	v, err := r.call(fn, x.place(), a, nil)
	if err == nil {
		return v, nil
	}
	return nil, r.fail(x.place(), err)
}

// callee is what a call calls: where the name of a method and the key of a dict are the same, the method.
func (r *run) callee(x expr) (value, error) {
	a, ok := x.(*attribute)
	if !ok {
		return x.eval(r)
	}
	v, err := a.x.eval(r)
	if err != nil {
		return nil, err
	}
	if fn, ok := method(v, a.name); ok {
		return fn, nil
	}
	got, err := r.attr(v, a.name)
	return got, r.fail(a.place(), err)
}

// call calls a function, a macro, or a recursive loop. caller is the body of a call block.
func (r *run) call(fn value, where int, a *given, caller *macro) (value, error) {
	if err := r.spend(1, 0); err != nil {
		return nil, err
	}
	switch fn := fn.(type) {
	case *function:
		v, err := fn.call(r, where, a)
		if err != nil && !placed(err) {
			err = fmt.Errorf("%s: %w", fn.name, err)
		}
		return v, err
	case *macro:
		return fn.call(r, a, caller)
	case *loop:
		return fn.again(r, a)
	case undefined:
		return nil, fmt.Errorf("%s is undefined and cannot be called", fn.what)
	}
	return nil, fmt.Errorf("%s cannot be called", article(fn))
}

// macro is a macro as a value.
type macro struct {
	def    *macroDef
	scope  *scope // where it was defined
	escape bool
}

func (m *macro) kind() string { return "macro" }

func (m *macro) attr(name string) (value, bool) {
	switch name {
	case "name":
		return m.def.name, true
	case "arguments":
		l := &list{tuple: true}
		for _, p := range m.def.params {
			l.items = append(l.items, p)
		}
		return l, true
	}
	return nil, false
}

func (s *macroStmt) exec(r *run) error {
	r.scope.set(s.macro.name, &macro{s.macro, r.scope, r.escape})
	return r.fail(s.place(), r.spend(1, entrySize))
}

func (s *callStmt) exec(r *run) error {
	fn, err := r.callee(s.call.fn)
	if err != nil {
		return err
	}
	a, err := r.given(s.call.args)
	if err != nil {
		return err
	}
	v, err := r.call(fn, s.place(), a, &macro{s.caller, r.scope, r.escape})
	if err != nil {
		return r.fail(s.place(), err)
	}
	printed, err := r.text(v)
	if err != nil {
		return r.fail(s.place(), err)
	}
	return r.fail(s.place(), r.write(printed))
}

func (m *macro) call(r *run, a *given, caller *macro) (value, error) {
	if err := r.deeper(); err != nil {
		return nil, err
	}
	defer func() { r.depth-- }()
	outer, escape := r.source, r.escape
	r.source, r.escape = m.def.source, m.escape
	defer func() { r.source, r.escape = outer, escape }()
	return r.capture(func() error {
		return r.within(m.scope, func() error {
			if err := m.bind(r, a); err != nil {
				return fmt.Errorf("%s: %w", m.def.name, err)
			}
			switch {
			case caller == nil:
			case !m.def.calls && !m.def.kwargs:
				return fmt.Errorf("%s does not use caller(): the body of the call block would be lost", m.def.name)
			default:
				r.scope.set("caller", caller)
			}
			return r.body(m.def.body)
		})
	})
}

// bind sets the parameters of the macro.
func (m *macro) bind(r *run, a *given) error {
	def := m.def
	set := make(map[string]bool, len(def.params))
	n := min(len(a.list), len(def.params))
	for i := range n {
		r.scope.set(def.params[i], a.list[i])
		set[def.params[i]] = true
	}
	if more := a.list[n:]; def.varargs {
		r.scope.set("varargs", &list{items: more, tuple: true})
	} else if len(more) > 0 {
		return fmt.Errorf("%d arguments at most (%s), got %d", len(def.params), strings.Join(def.params, ", "), len(a.list))
	}
	kwargs := newDict(0)
	for _, name := range a.names {
		switch {
		case set[name]:
			return fmt.Errorf("the argument '%s' is given twice", name)
		case slices.Contains(def.params, name):
			r.scope.set(name, a.named[name])
			set[name] = true
		case def.kwargs:
			kwargs.set(name, a.named[name])
		default:
			return unknownArgument(name, def.params)
		}
	}
	if def.kwargs {
		r.scope.set("kwargs", kwargs)
	}
	first := len(def.params) - len(def.defaults)
	for i, name := range def.params {
		if set[name] {
			continue
		}
		if i < first {
			r.scope.set(name, undefined{"the argument '" + name + "' of " + def.name})
			continue
		}
		v, err := def.defaults[i-first].eval(r)
		if err != nil {
			return err
		}
		r.scope.set(name, v)
	}
	return nil
}
