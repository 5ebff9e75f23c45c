package jq

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/itchyny/gojq"
)

// input makes a variable of what is read of the input, where that is the roots.
func (s *Strict) input(t *gojq.Term) error {
	if !s.RootsAreInput {
		return s.mistaken(t)
	}
	names := make([]string, len(s.Roots))
	for i, root := range s.Roots {
		names[i] = "." + root + ".name"
	}
	wrong := fmt.Errorf("write %s: nothing else can be read here", strings.Join(names, " or "))
	switch t.Type {
	case gojq.TermTypeIdentity, gojq.TermTypeRecurse:
		return wrong
	case gojq.TermTypeIndex:
		name, ok := indexName(t.Index)
		if !ok || !slices.Contains(s.Roots, name) {
			return wrong
		}
		t.Type, t.Index, t.Func = gojq.TermTypeFunc, nil, &gojq.Func{Name: "$" + name}
	}
	return nil
}

// mistaken is about .vars.name where the input is something else.
func (s *Strict) mistaken(t *gojq.Term) error {
	if s.Mistaken == nil || t.Type != gojq.TermTypeIndex {
		return nil
	}
	root, ok := indexName(t.Index)
	name, _, found := s.path(t.SuffixList)
	if !ok || !found || !slices.Contains(s.Roots, root) {
		return nil
	}
	return s.Mistaken(root, name)
}

// named checks the names below a variable.
func (s *Strict) named(t *gojq.Term) error {
	root := strings.TrimPrefix(t.Func.Name, "$")
	env := t.Func.Name == "$ENV" || t.Func.Name == "env" && len(t.Func.Args) == 0
	if !env && (root == t.Func.Name || !slices.Contains(s.Roots, root)) {
		return nil
	}
	name, below, found := s.path(t.SuffixList)
	if !found {
		return fmt.Errorf("write %s.name: which one is meant must be seen before the run", t.Func.Name)
	}
	if !env {
		if s.Names == nil {
			return nil
		}
		return s.Names(root, name, below...)
	}
	if s.Env != nil {
		if value, ok := s.Env(name); ok {
			first := slices.IndexFunc(t.SuffixList, func(suffix *gojq.Suffix) bool { return suffix.Index != nil })
			*t = gojq.Term{Type: gojq.TermTypeString, Str: &gojq.String{Str: value}, SuffixList: t.SuffixList[first+1:]}
			return nil
		}
	}
	return fmt.Errorf("%s.%s: no environment variable has this name", t.Func.Name, name)
}

// path is the name that a term is followed by, and what follows that: names, numbers of items, and nil for [].
// It ends before what is computed, and before what may be missing.
func (s *Strict) path(suffixes []*gojq.Suffix) (name string, below []any, found bool) {
	for _, suffix := range suffixes {
		step, ok := stepOf(suffix)
		switch {
		case !found && suffix.Optional: // $vars? is $vars
			continue
		case !found:
			if name, found = step.(string); !found {
				return "", nil, false
			}
			continue
		case suffix.Optional && len(below) > 0:
			return name, below[:len(below)-1], true
		case suffix.Optional:
			continue
		case !ok || s.alternatives > 0:
			return name, below, true
		}
		below = append(below, step)
	}
	return name, below, found
}

// stepOf is the name in a suffix, the number in [1], nil for [].
func stepOf(suffix *gojq.Suffix) (step any, ok bool) {
	if suffix.Iter {
		return nil, true
	}
	if name, ok := indexName(suffix.Index); ok {
		return name, true
	}
	if suffix.Index == nil || suffix.Index.IsSlice || suffix.Index.Start == nil || suffix.Index.Start.Op != 0 {
		return nil, false
	}
	n, err := strconv.Atoi(suffix.Index.Start.String())
	return n, err == nil
}

// indexName is the name in .name, ."name" and ["name"].
func indexName(i *gojq.Index) (string, bool) {
	switch {
	case i == nil || i.IsSlice:
		return "", false
	case i.Name != "":
		return i.Name, true
	case i.Str != nil:
		return i.Str.Str, i.Str.Queries == nil
	}
	if q := i.Start; q.Term != nil && q.Term.Type == gojq.TermTypeString && len(q.Term.SuffixList) == 0 {
		return q.Term.Str.Str, q.Term.Str.Queries == nil
	}
	return "", false
}
