package jinja

import (
	"errors"
	"fmt"
	"html"
	"strings"
)

// run is the rendering of a template.
type run struct {
	config  *Config
	library *library
	loaded  map[string]*template
	depth   int // of calls, included templates and blocks

	// Where it is.
	source *source
	scope  *scope
	out    *strings.Builder
	escape bool
	chain  *chain
	muted  bool // what is printed goes nowhere: the template extends another one
}

// scope holds the names of a part of a template. Names that it does not have are looked up around it.
type scope struct {
	vars   map[string]value
	around *scope
}

func (s *scope) inner() *scope { return &scope{around: s} }

func (s *scope) get(name string) (value, bool) {
	for ; s != nil; s = s.around {
		if v, ok := s.vars[name]; ok {
			return v, true
		}
	}
	return nil, false
}

func (s *scope) set(name string, v value) {
	if s.vars == nil {
		s.vars = make(map[string]value)
	}
	s.vars[name] = v
}

// chain is a template with those that it extends: the blocks of each name, the outermost template's last.
type chain struct {
	top    *scope
	parent *template // that the running template extends
	blocks map[string][]*blockStmt
}

// fail is err at a place of the running template; an error that has a place keeps it.
func (r *run) fail(where int, err error) error {
	if err == nil || errors.Is(err, errBreak) || errors.Is(err, errContinue) {
		return err
	}
	if placed, ok := errors.AsType[*Error](err); ok {
		return placed
	}
	return r.source.fail(where, false, err, "%v", err)
}

func (r *run) spend(steps, bytes int) error {
	if r.config.Spend == nil {
		return nil
	}
	return r.config.Spend(steps, bytes)
}

// write prints s.
func (r *run) write(s string) error {
	if r.muted {
		return nil
	}
	if err := r.spend(1, len(s)); err != nil {
		return err
	}
	r.out.WriteString(s)
	return nil
}

// escaped is s for HTML. Where it escapes, it takes at most five times as much.
func (r *run) escaped(s string) (string, error) {
	if err := r.spend(1, 5*len(s)); err != nil {
		return "", err
	}
	return html.EscapeString(s), nil
}

// deeper goes into a call, a block or another template.
func (r *run) deeper() error {
	if r.depth++; r.depth > maxDepth {
		return fmt.Errorf("calls, blocks and templates nest deeper than %d", maxDepth)
	}
	return r.spend(1, entrySize)
}

// capture gives what a part of a template prints.
func (r *run) capture(body func() error) (value, error) {
	out, muted := r.out, r.muted
	r.out, r.muted = &strings.Builder{}, false
	err := body()
	printed := r.out.String()
	r.out, r.muted = out, muted
	if r.escape {
		return safe(printed), err
	}
	return printed, err
}

func (r *run) body(body []stmt) error {
	for _, s := range body {
		if err := r.spend(1, 0); err != nil {
			return err
		}
		if err := s.exec(r); err != nil {
			return err
		}
	}
	return nil
}

// within runs a body in a scope inside of the given one.
func (r *run) within(around *scope, body func() error) error {
	outer := r.scope
	r.scope = around.inner()
	err := body()
	r.scope = outer
	return err
}

func (t text) exec(r *run) error { return r.write(string(t)) }

func (s *print) exec(r *run) error {
	v, err := s.x.eval(r)
	if err != nil {
		return err
	}
	printed, err := r.text(v)
	if err != nil {
		return r.fail(s.place(), err)
	}
	if _, marked := v.(safe); r.escape && !marked {
		if printed, err = r.escaped(printed); err != nil {
			return r.fail(s.place(), err)
		}
	}
	return r.fail(s.place(), r.write(printed))
}

func (s *ifStmt) exec(r *run) error {
	for i, cond := range s.conds {
		v, err := cond.eval(r)
		if err != nil {
			return err
		}
		if err := r.strict(v); err != nil {
			return r.fail(cond.place(), err)
		}
		if truth(v) {
			return r.body(s.then[i])
		}
	}
	return r.body(s.other)
}

// strict refuses what is undefined where that is an error.
func (r *run) strict(v value) error {
	if u, ok := v.(undefined); ok && r.config.Strict {
		return u.err()
	}
	return nil
}

func (s *setStmt) exec(r *run) error {
	v, err := s.x.eval(r)
	if err != nil {
		return err
	}
	return r.fail(s.place(), r.assign(s.target, v))
}

// assignParts gives the items of v to the targets of a tuple.
func (r *run) assignParts(t target, v value) error {
	items, err := r.iterate(v)
	if err != nil || len(items) != len(t.parts) {
		if _, ok := v.(undefined); ok && r.config.Strict {
			return err
		}
		return fmt.Errorf("%s cannot be unpacked into %d names", described(v), len(t.parts))
	}
	for i, part := range t.parts {
		if err := r.assign(part, items[i]); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) assign(t target, v value) error {
	if t.parts != nil {
		return r.assignParts(t, v)
	}
	if t.attr == "" {
		r.scope.set(t.name, v)
		return r.fail(t.place(), r.spend(1, entrySize))
	}
	to, _ := r.scope.get(t.name)
	ns, ok := to.(*namespace)
	if !ok {
		return r.fail(t.place(), fmt.Errorf("'%s' is no namespace: attributes of %s cannot be set", t.name, article(to)))
	}
	ns.set(t.attr, v)
	return r.fail(t.place(), r.spend(1, entrySize))
}

func (s *setBlock) exec(r *run) error {
	v, err := r.capture(func() error { return r.within(r.scope, func() error { return r.body(s.body) }) })
	if err == nil {
		v, err = r.filtered(v, s.filters)
	}
	if err != nil {
		return err
	}
	return r.assign(s.target, v)
}

// filtered passes v through the filters of a block.
func (r *run) filtered(v value, filters []*filterExpr) (value, error) {
	for _, f := range filters {
		var err error
		if v, err = f.apply(r, v); err != nil {
			return nil, err
		}
	}
	return v, nil
}

func (s *filterStmt) exec(r *run) error {
	v, err := r.capture(func() error { return r.within(r.scope, func() error { return r.body(s.body) }) })
	if err == nil {
		v, err = r.filtered(v, s.filters)
	}
	if err != nil {
		return err
	}
	printed, err := r.text(v)
	if err != nil {
		return r.fail(s.place(), err)
	}
	return r.fail(s.place(), r.write(printed))
}

func (s *withStmt) exec(r *run) error {
	values := make([]value, len(s.values))
	for i, x := range s.values {
		var err error
		if values[i], err = x.eval(r); err != nil {
			return err
		}
	}
	return r.within(r.scope, func() error {
		for i, name := range s.names {
			r.scope.set(name, values[i])
		}
		return r.body(s.body)
	})
}

func (s *escapeStmt) exec(r *run) error {
	on, err := s.on.eval(r)
	if err != nil {
		return err
	}
	outer := r.escape
	r.escape = truth(on)
	err = r.within(r.scope, func() error { return r.body(s.body) })
	r.escape = outer
	return err
}

func (s *doStmt) exec(r *run) error {
	_, err := s.x.eval(r)
	return err
}
