package check

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"assay.rs/check/internal/source"
	"assay.rs/core/nearest"
	"assay.rs/core/spec"
	"assay.rs/mod-data/yaml"
)

// Key is one key that a map in a check file may have. A table of keys both reads the file and makes its JSON Schema, so
// that the two cannot disagree.
type Key struct {
	Name     string
	Text     string // one sentence for people and editors
	Required bool
	Value    Value // reads the value into a variable of the table's owner
	null     bool  // it may stand without a value
}

// Value reads one YAML value and says what it accepts. Make one with Text, Duration, Number and their like.
type Value struct {
	schema func() schema // what it accepts
	read   func(r *Reader, n *yaml.Node)
}

// Reader reads maps by tables of keys and gathers what is wrong, so that a file's author sees all of it at once.
type Reader struct {
	file     *source.File
	problems *source.Problems
	scope    *scope
	options  *Options
	origin   string  // the folder of the file
	parent   *Reader // of the file that includes this one, at includedAt

	includedAt *yaml.Node

	lines   []string
	queries map[string]compiled

	read   check // the check that is being read
	typ    string
	common [][]Key // the tables that read them

	bodies   map[string]Body // that are refillable, by type
	bodyKeys map[string][]Key
}

// Fail notes that something is wrong at a node.
func (r *Reader) Fail(n *yaml.Node, format string, args ...any) {
	// Redacted before it is cut: half a secret would not be recognised.
	message := r.scope.redactor.Text(fmt.Sprintf(format, args...))
	r.problems.Add(r.place(n), "%s", cut(message, 400))
}

func (r *Reader) place(n *yaml.Node) source.Place {
	if n == nil {
		return source.Place{File: r.file}
	}
	return source.Place{File: r.file, Line: n.Line, Col: n.Col}
}

// line is one line of the file, from 1; empty when there is none.
func (r *Reader) line(n int) string {
	if r.lines == nil {
		r.lines = strings.Split(r.file.Text, "\n")
	}
	if n > len(r.lines) {
		return ""
	}
	return r.lines[n-1]
}

// keys reads a map by its tables. Unknown and missing keys, and keys without value, are problems.
func (r *Reader) keys(n *yaml.Node, what string, tables ...[]Key) {
	if n.Kind != yaml.Map {
		r.Fail(n, "%s must be a map, not %s", what, n.Kind) // the value may be a secret, as in auth: TOKEN
		return
	}
	for _, p := range n.Pairs {
		if !hasKey(p.Key, tables...) {
			r.unknown(p, what, slices.Concat(tables...))
		}
	}
	for _, table := range tables {
		for i := range table {
			r.key(n, what, &table[i])
		}
	}
}

func (r *Reader) key(n *yaml.Node, what string, k *Key) {
	v := n.Get(k.Name)
	switch {
	case v == nil && k.Required:
		r.Fail(n, "%s has no '%s'", what, k.Name)
	case v == nil:
	case v.Kind == yaml.Null && !k.null:
		r.Fail(v, "'%s' has no value", k.Name)
	default:
		if instead := spec.Deprecated(k.Text); instead != "" && r.options.Log != nil {
			r.options.Log.Warn("a deprecated key", "key", k.Name, "at", r.place(v).String(), "instead", instead)
		}
		k.Value.read(r, v)
	}
}

func (r *Reader) unknown(p yaml.Pair, what string, table []Key) {
	known := make([]string, len(table))
	for i, k := range table {
		known[i] = k.Name
	}
	at := source.Place{File: r.file, Line: p.Line, Col: p.Col, Width: utf8.RuneCountInString(p.Key)}
	if hint := nearest.Hint(p.Key, known); hint != "" {
		r.problems.Add(at, "unknown key '%s' in %s: %s", clip(p.Key), what, hint)
		return
	}
	r.problems.Add(at, "unknown key '%s' in %s: known are %s", clip(p.Key), what, strings.Join(known, ", "))
}

// describe names a value as a person would: `the string "x"`, "the number 3", "a list".
func describe(n *yaml.Node) string {
	switch n.Kind {
	case yaml.String:
		return fmt.Sprintf("the string %q", n.Value)
	case yaml.Int, yaml.Float:
		return fmt.Sprintf("the number %v", n.Value)
	case yaml.Bool:
		return fmt.Sprintf("the boolean %v", n.Value)
	default:
		return n.Kind.String()
	}
}

func clip(s string) string { return cut(s, 80) }

func cut(s string, limit int) string {
	n := 0
	for i := range s {
		if n == limit {
			return s[:i] + "…"
		}
		n++
	}
	return s
}
