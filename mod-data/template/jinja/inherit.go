package jinja

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
)

// template renders t, with those that it extends, into out. Its names are in a scope inside of around.
func (r *run) template(t *template, around *scope, out *strings.Builder) error {
	outer := *r
	defer func() {
		depth := r.depth
		*r = outer
		r.depth = depth
	}()
	r.out, r.muted = out, false
	r.scope = around.inner()
	r.chain = &chain{top: r.scope, blocks: make(map[string][]*blockStmt)}
	r.scope.set("self", self{r.chain})
	for levels := 0; ; levels++ {
		if levels > maxDepth {
			return r.source.fail(0, false, nil, "more than %d templates extend each other", maxDepth)
		}
		r.source, r.chain.parent, r.muted = t.source, nil, false
		for name, b := range t.blocks {
			r.chain.blocks[name] = append(r.chain.blocks[name], b)
		}
		if err := r.body(t.body); err != nil {
			return err
		}
		if r.chain.parent == nil {
			return nil
		}
		t = r.chain.parent
	}
}

// load gives another template.
func (r *run) load(name string) (*template, error) {
	if t := r.loaded[name]; t != nil {
		return t, nil
	}
	if r.config.Load == nil {
		return nil, errors.New("templates cannot be loaded here")
	}
	text, err := r.config.Load(name)
	if err != nil {
		return nil, err
	}
	if err := r.spend(1, len(text)); err != nil {
		return nil, err
	}
	t, err := parse(r.config, r.library, name, text)
	if err == nil {
		r.loaded[name] = t
	}
	return t, err
}

// loadNamed gives the template whose name is the value of x, or the first one that exists of a list.
func (r *run) loadNamed(x expr) (*template, error) {
	v, err := x.eval(r)
	if err != nil {
		return nil, err
	}
	if name, ok := str(v); ok {
		t, err := r.load(name)
		return t, r.fail(x.place(), err)
	}
	l, ok := v.(*list)
	if !ok || len(l.items) == 0 {
		return nil, r.fail(x.place(), fmt.Errorf("the name of a template expected, got %s", kindOf(v)))
	}
	for _, item := range l.items {
		name, ok := str(item)
		if !ok {
			return nil, r.fail(x.place(), fmt.Errorf("the name of a template expected, got %s", kindOf(item)))
		}
		t, loadErr := r.load(name)
		if !errors.Is(loadErr, fs.ErrNotExist) {
			return t, r.fail(x.place(), loadErr)
		}
		err = loadErr
	}
	return nil, r.fail(x.place(), err)
}

func (s *extendsStmt) exec(r *run) error {
	if r.chain.parent != nil {
		return r.fail(s.place(), errors.New("a template extends one other at most"))
	}
	t, err := r.loadNamed(s.name)
	if err != nil {
		return err
	}
	r.chain.parent, r.muted = t, true
	return nil
}

func (s *blockStmt) exec(r *run) error {
	if r.chain.parent != nil {
		return nil // it stands where the other template has it
	}
	around := r.chain.top
	if s.scoped {
		around = r.scope
	}
	return r.block(r.chain.blocks[s.name], 0, around)
}

// block prints the block i of those that have the same name.
func (r *run) block(of []*blockStmt, i int, around *scope) error {
	b := of[i]
	outer := r.source
	r.source = b.source
	defer func() { r.source = outer }()
	if b.required && i == 0 {
		return r.fail(b.place(), fmt.Errorf("the block '%s' must be defined by the template that extends this one", b.name))
	}
	if err := r.deeper(); err != nil {
		return r.fail(b.place(), err)
	}
	defer func() { r.depth-- }()
	return r.within(around, func() error {
		r.scope.set("super", &function{"super", func(r *run, _ int, _ *given) (value, error) {
			if i+1 >= len(of) {
				return nil, fmt.Errorf("the block '%s' has no parent", b.name)
			}
			return r.capture(func() error { return r.block(of, i+1, around) })
		}})
		return r.body(b.body)
	})
}

// self gives the blocks of a template as functions.
type self struct{ chain *chain }

func (self) kind() string { return "self" }

func (s self) attr(name string) (value, bool) {
	of := s.chain.blocks[name]
	if len(of) == 0 {
		return nil, false
	}
	return &function{name, func(r *run, _ int, _ *given) (value, error) {
		return r.capture(func() error { return r.block(of, 0, s.chain.top) })
	}}, true
}

func (s *includeStmt) exec(r *run) error {
	t, err := r.loadNamed(s.name)
	if s.missing && errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := r.deeper(); err != nil {
		return r.fail(s.place(), err)
	}
	defer func() { r.depth-- }()
	around := r.scope
	if !s.context {
		around = nil
	}
	included, err := r.capture(func() error { return r.template(t, around, r.out) })
	if err != nil {
		return err
	}
	printed, _ := str(included)
	return r.fail(s.place(), r.write(printed))
}

// imported is a template as a value: its macros and variables.
type imported struct{ names map[string]value }

func (imported) kind() string { return "template" }

func (i imported) attr(name string) (value, bool) {
	v, ok := i.names[name]
	return v, ok && !strings.HasPrefix(name, "_")
}

func (s *importStmt) exec(r *run) error {
	t, err := r.loadNamed(s.name)
	if err != nil {
		return err
	}
	if err := r.deeper(); err != nil {
		return r.fail(s.place(), err)
	}
	defer func() { r.depth-- }()
	// The names are those of the scope that the template runs in, so it is this one that is kept.
	around := (*scope)(nil)
	if s.context {
		around = r.scope
	}
	module, err := r.names(t, around)
	if err != nil {
		return err
	}
	if s.as != "" {
		r.scope.set(s.as, module)
		return nil
	}
	for i, name := range s.names {
		v, ok := module.attr(name)
		if !ok {
			return r.fail(s.place(), fmt.Errorf("the template '%s' has no '%s'", t.name, name))
		}
		r.scope.set(s.aliases[i], v)
	}
	return nil
}

// names runs t for what it defines.
func (r *run) names(t *template, around *scope) (imported, error) {
	outer := *r
	r.scope = around.inner()
	r.chain = &chain{top: r.scope, blocks: make(map[string][]*blockStmt)}
	r.source, r.muted = t.source, true
	err := r.body(t.body)
	module := imported{r.scope.vars}
	depth := r.depth
	*r = outer
	r.depth = depth
	return module, err
}
