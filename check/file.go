package check

import (
	"fmt"
	"slices"
	"strings"

	"assay.rs/core/nearest"
	"assay.rs/mod-data/yaml"
)

const maxParallel = 1000

// topKeys is the table of a check file. The order is the order of reading: what others refer to comes first.
func topKeys(s *suite, sc *scope, includes *[]inclusion, checks, defaults **yaml.Node) []Key {
	table := []Key{
		{Name: "secrets", Text: "Values that no output shows, as ${secrets.name}.", Value: sc.secretsValue()},
		{Name: "vars_file", Text: "A file, relative to this one, with a map of vars in YAML or JSON. They win over vars.", Value: sc.varsFileValue()},
		{Name: "vars", Text: "Values for ${name}.", Value: sc.varsValue()},
		{Name: "include", Text: "Files, relative to this one, whose checks run before those here: [common/*.yaml].", Value: includeValue(includes)},
		{Name: "fixtures", Text: "Scripts that serve while the checks run.", Value: fixturesValue(&s.fixtures)},
		{Name: "name", Text: "What the document calls the run.", Value: Word(&s.name)},
		{Name: "timeout", Text: "How long the whole run may take.", Value: Duration(&s.timeout, false)},
		{Name: "parallel", Text: "How many checks run at once: false, true or a number.", Value: parallelValue(&s.parallel)},
		{Name: "fail_fast", Text: "Start no further check after one that failed.", Value: Flag(&s.failFast)},
	}
	table = append(table, s.base.pacing()...)
	return append(table,
		Key{Name: "defaults", Text: "What holds for each check that does not say otherwise.", Value: rawMap(defaults)},
		Key{Name: "checks", Text: "The checks.", Required: true, Value: Value{func() schema { return schema{"type": "array"} }, func(r *Reader, n *yaml.Node) {
			if n.Kind != yaml.List {
				r.Fail(n, "'checks' must be a list, not %s", describe(n))
				return
			}
			if len(n.Items) == 0 {
				r.Fail(n, "'checks' is empty: a run without checks would always pass")
				return
			}
			*checks = n
		}}},
	)
}

func rawMap(into **yaml.Node) Value {
	return Value{func() schema { return schema{"type": "object"} }, func(r *Reader, n *yaml.Node) {
		if n.Kind != yaml.Map {
			r.Fail(n, "must be a map, not %s", describe(n))
			return
		}
		*into = n
	}}
}

func parallelValue(into *int) Value {
	return Value{func() schema {
		return schema{"anyOf": []any{schema{"type": "boolean"}, schema{"type": "integer", "minimum": 1, "maximum": maxParallel}, schema{"type": "string", "pattern": `\$\{`}}}
	}, func(r *Reader, n *yaml.Node) {
		v, ok := r.resolved(n)
		if !ok {
			return
		}
		switch x := v.Value.(type) {
		case bool:
			*into = 1
			if x {
				*into = workers()
			}
			return
		case int:
			if v.Kind == yaml.Int && x >= 1 && x <= maxParallel {
				*into = x
				return
			}
		}
		r.Fail(n, "must be true, false or a number from 1 to %d, not %s", maxParallel, describe(v))
	}}
}

// suite reads a whole file, and those that it includes.
func (r *Reader) suite(root *yaml.Node, s *suite) {
	r.checks(root, s, s)
	r.duplicates(s)
	r.link(s)
}

// checks reads the checks of a file into s. What the file says of itself goes into own, which is s for the file of the run.
func (r *Reader) checks(root *yaml.Node, s, own *suite) {
	var checks, defaults *yaml.Node
	var includes []inclusion
	r.keys(root, "the file", topKeys(own, r.scope, &includes, &checks, &defaults))
	if root.Kind != yaml.Map {
		return
	}
	if s != own {
		r.refuseRunKeys(root)
	}
	r.include(s, includes)
	own.base.settle(r, root)
	level := own.base
	if defaults != nil {
		level = r.defaults(defaults, level)
	}
	if checks == nil {
		return
	}
	for i, n := range checks.Items {
		for _, e := range r.expand(n, i) {
			r.scope.item, r.scope.captures = e.item, nil
			c := r.check(n, e, level, defaults)
			c.vars = r.scope.vars
			s.checks = append(s.checks, c)
			s.sources = append(s.sources, checkSource{r, n, r.scope.captures})
			r.scope.item = nil
		}
	}
}

// defaults reads what holds for all checks: settings here, and the keys of types when a check is read.
func (r *Reader) defaults(n *yaml.Node, level settings) settings {
	var ignored *yaml.Node
	table := slices.Concat(level.pacing(), level.each())
	for _, t := range r.options.Types {
		table = append(table, Key{Name: t.Name, Text: "Keys for each check of type " + t.Name + ".", Value: rawMap(&ignored)})
	}
	r.keys(n, "'defaults'", table)
	level.settle(r, n)
	// The keys of a type are tried on a check that does not exist, so that mistakes show without one.
	for _, t := range r.options.Types {
		if d := n.Get(t.Name); d != nil && d.Kind == yaml.Map {
			keys := t.New().Keys()
			for i := range keys {
				keys[i].Required = false
			}
			r.keys(d, fmt.Sprintf("'defaults.%s'", t.Name), keys)
		}
	}
	r.scope.captures = nil
	return level
}

// entry is one use of an item of `checks`: foreach makes several.
type entry struct {
	item  *yaml.Node
	index int // of foreach; -1 without
	at    int // in `checks`
}

func (r *Reader) expand(n *yaml.Node, at int) []entry {
	f := n.Get("foreach")
	if f == nil || f.Kind == yaml.Null {
		return []entry{{index: -1, at: at}}
	}
	if f.Kind != yaml.List || len(f.Items) == 0 {
		r.Fail(f, "'foreach' must be a list that is not empty, not %s", describe(f))
		return []entry{{index: -1, at: at}}
	}
	list := make([]entry, len(f.Items))
	for i, item := range f.Items {
		if item.Kind == yaml.Null {
			r.Fail(item, "the item has no value")
		}
		list[i] = entry{item, i, at}
	}
	return list
}

// check reads one check. It always returns one, so that others can be judged as well.
func (r *Reader) check(n *yaml.Node, e entry, level settings, defaults *yaml.Node) *check {
	// All checks are read into the same place by the same tables, which are larger than most checks.
	if r.common == nil {
		r.common = commonKeys(&r.read, &r.typ)
	}
	r.read, r.typ = check{settings: level, place: r.place(n), selected: true}, ""
	r.one(n, e, defaults)
	c := r.read
	return &c
}

// one reads a check into r.read.
func (r *Reader) one(n *yaml.Node, e entry, defaults *yaml.Node) {
	c := &r.read
	what := fmt.Sprintf("check %d", e.at+1)
	if name, ok := stringOf(orNull(n.Get("name"))); ok {
		what = fmt.Sprintf("check '%s'", clip(name))
	}
	if n.Kind != yaml.Map {
		r.Fail(n, "%s must be a map, not %s", what, describe(n))
		return
	}
	if t, ok := stringOf(orNull(n.Get("type"))); ok {
		r.typ = t
	}
	t, known := r.typeNamed(r.typ)
	var own []Key
	if known {
		c.typ = t
		c.body, own = r.blank(t)
		r.inherit(own, defaults.Get(t.Name))
	} else {
		r.checkUnknownType(n, r.typ, what)
		own = r.tolerant(n, r.common)
	}
	r.keys(n, what, append(r.common, own)...)
	c.settings.settle(r, n)
	r.rename(c, n, e)
	if known {
		if filled, ok := c.body.(refillable); ok {
			c.body = filled.take()
		}
		c.body.Prepare(&Prep{r: r, n: n, Check: c.name})
	}
}

// refillable is a body into which many checks are read by the same keys.
type refillable interface {
	Body

	// take gives what was read as a body of its own, and leaves this one as a new one is.
	take() Body
}

// blank is a body without what a check says, and the keys that read it.
func (r *Reader) blank(t Type) (Body, []Key) {
	if b, ok := r.bodies[t.Name]; ok {
		return b, r.bodyKeys[t.Name]
	}
	b := t.New()
	keys := b.Keys()
	if _, ok := b.(refillable); ok {
		r.bodies[t.Name], r.bodyKeys[t.Name] = b, keys
	}
	return b, keys
}

func orNull(n *yaml.Node) *yaml.Node {
	if n == nil {
		return &yaml.Node{}
	}
	return n
}

// inherit fills a body with what `defaults` says of its type. Problems there were noted before.
func (r *Reader) inherit(table []Key, n *yaml.Node) {
	if n == nil || n.Kind != yaml.Map {
		return
	}
	for i, k := range table {
		if v := n.Get(k.Name); v != nil && v.Kind != yaml.Null {
			k.Value.read(r, v)
			table[i].Required = false
		}
	}
}

// tolerant accepts whatever else a check of an unknown type says: its keys are unknown as well.
func (r *Reader) tolerant(n *yaml.Node, common [][]Key) []Key {
	var table []Key
	for _, p := range n.Pairs {
		if !hasKey(p.Key, common...) {
			table = append(table, Key{Name: p.Key, null: true, Value: Value{nil, func(*Reader, *yaml.Node) {}}})
		}
	}
	return table
}

func hasKey(name string, tables ...[]Key) bool {
	for _, table := range tables {
		if slices.ContainsFunc(table, func(k Key) bool { return k.Name == name }) {
			return true
		}
	}
	return false
}

func (r *Reader) typeNamed(name string) (Type, bool) {
	for _, t := range r.options.Types {
		if t.Name == name {
			return t, true
		}
	}
	return Type{}, false
}

func (r *Reader) checkUnknownType(n *yaml.Node, typ, what string) {
	at := n.Get("type")
	if at == nil || typ == "" {
		return // told as a missing key, or as one of the wrong kind
	}
	where, ok := r.options.Elsewhere[typ]
	if !ok {
		where, ok = elsewhere(typ)
	}
	if ok {
		r.Fail(at, "unknown type '%s' in %s: %s", typ, what, where)
		return
	}
	var known []string
	for _, t := range r.options.Types {
		known = append(known, t.Name)
	}
	for t := range r.options.Elsewhere {
		known = append(known, t)
	}
	if hint := nearest.Hint(typ, known); hint != "" {
		r.Fail(at, "unknown type '%s' in %s: %s", clip(typ), what, hint)
		return
	}
	r.Fail(at, "unknown type '%s' in %s: known are %s", clip(typ), what, strings.Join(known[:len(r.options.Types)], ", "))
}
