package check

import (
	"slices"

	"assay.rs/mod-data/yaml"
)

// Section reads a map by a table of keys of its own, which is made when there is such a map. what names it in
// messages: "expect".
func Section(what string, table func() []Key) Value {
	var made []Key
	return Value{func() schema { return tableSchema(table()) }, func(r *Reader, n *yaml.Node) {
		if made == nil {
			made = table()
		}
		r.keys(n, "'"+what+"'", made)
	}}
}

// FilledSection is [Section] for a map that says nothing when it is empty.
func FilledSection(what string, table func() []Key) Value {
	return Section(what, table).then(func(r *Reader, n *yaml.Node) {
		if len(n.Pairs) == 0 {
			r.Fail(n, "'%s' is empty: it expects nothing", what)
		}
	})
}

// OneOrMany reads a value or a list of values. each reads one and keeps it; reset forgets those of `defaults`.
func OneOrMany(each Value, reset func()) Value {
	return Value{
		func() schema {
			return schema{"anyOf": []any{each.schema(), schema{"type": "array", "items": each.schema(), "minItems": 1}}}
		},
		func(r *Reader, n *yaml.Node) {
			reset()
			if n.Kind != yaml.List {
				each.read(r, n)
				return
			}
			if len(n.Items) == 0 {
				r.Fail(n, "must not be empty: it would assert nothing")
			}
			for _, item := range n.Items {
				each.read(r, item)
			}
		},
	}
}

// ListOf reads a list, which may not be empty.
func ListOf(each Value) Value {
	return Value{func() schema { return schema{"type": "array", "items": each.schema(), "minItems": 1} }, func(r *Reader, n *yaml.Node) {
		if n.Kind != yaml.List || len(n.Items) == 0 {
			r.Fail(n, "must be a list that is not empty, not %s", describe(n))
			return
		}
		for _, item := range n.Items {
			each.read(r, item)
		}
	}}
}

// Words reads a list of strings that are known before anything runs.
func Words(into *[]string) Value {
	list := ListOf(Value{func() schema { return schema{"type": "string"} }, func(r *Reader, n *yaml.Node) {
		var s string
		before := r.problems.Len()
		Word(&s).read(r, n)
		if r.problems.Len() > before {
			return
		}
		if slices.Contains(*into, s) {
			r.Fail(n, "%q is in the list twice", clip(s))
			return
		}
		*into = append(*into, s)
	}})
	return Value{list.schema, func(r *Reader, n *yaml.Node) {
		*into = nil // what a level above said is replaced
		list.read(r, n)
	}}
}

// Named is one entry of a map whose keys its author chose.
type Named struct {
	Name string
	Text Template
}

// Texts reads a map of names to texts, in the order of the file. Numbers and booleans count as their text.
// legal says whether a name is allowed, with the reason when it is not; nil allows all.
func Texts(into *[]Named, legal func(name string) string) Value {
	described := func() schema {
		return schema{"type": "object", "additionalProperties": schema{"type": []any{"string", "number", "boolean"}}}
	}
	return Value{described, func(r *Reader, n *yaml.Node) {
		if n.Kind != yaml.Map {
			r.Fail(n, "must be a map of names to texts, not %s", describe(n))
			return
		}
		out := slices.Clone(*into)
		for _, p := range n.Pairs {
			s, ok := scalarText(p.Value)
			if !ok {
				r.Fail(p.Value, "'%s' must be a string, not %s", clip(p.Key), describe(p.Value))
				continue
			}
			if legal != nil {
				if why := legal(p.Key); why != "" {
					r.Fail(&yaml.Node{Line: p.Line, Col: p.Col}, "%s", why)
					continue
				}
			}
			t, ok := r.template(p.Value, s)
			if !ok {
				continue
			}
			out = slices.DeleteFunc(out, func(have Named) bool { return have.Name == p.Key })
			out = append(out, Named{p.Key, t})
		}
		*into = out
	}}
}
