package check

import (
	"slices"
	"strings"

	"assay.rs/core/nearest"
	"assay.rs/mod-data/yaml"
)

// capturer is a body that makes captures.
type capturer interface{ captureNames() []string }

// checkSource is what a check was read from, and the captures that it uses.
type checkSource struct {
	r    *Reader // of its file
	node *yaml.Node
	uses []captureUse
}

// link turns names into positions: needs, and the captures that a check uses, which are needs as well.
func (r *Reader) link(s *suite) {
	named := map[string][]int{}
	makers := map[string]int{}
	var names []string
	for i, c := range s.checks {
		for _, name := range unique(c.name, c.base) {
			named[name] = append(named[name], i)
			names = append(names, name)
		}
		r.makers(s, makers, i)
	}
	for i, c := range s.checks {
		from := s.sources[i].r
		for _, need := range items(s.sources[i].node.Get("needs")) {
			from.need(c, need, named, names)
		}
		for _, u := range s.sources[i].uses {
			maker, ok := makers[u.name]
			if !ok {
				from.Fail(u.at, "${captures.%s}: no check captures this%s", u.name, captureHint(u.name, makers))
				continue
			}
			if maker == i {
				from.Fail(u.at, "${captures.%s}: the check cannot use what it captures itself", u.name)
				continue
			}
			c.needs = append(c.needs, maker)
		}
		slices.Sort(c.needs)
		c.needs = slices.Compact(c.needs)
	}
	r.cycles(s)
	s.sources = nil
}

func (r *Reader) makers(s *suite, makers map[string]int, i int) {
	made, ok := s.checks[i].body.(capturer)
	if !ok {
		return
	}
	for _, name := range made.captureNames() {
		if other, taken := makers[name]; taken {
			r.problems.Add(s.checks[i].place, "'%s' is captured by '%s' too: a capture has one maker", name, s.checks[other].name)
		}
		makers[name] = i
	}
}

func unique(a, b string) []string {
	if a == b || b == "" {
		return []string{a}
	}
	return []string{a, b}
}

func items(n *yaml.Node) []*yaml.Node {
	if n == nil {
		return nil
	}
	return n.Items
}

func (r *Reader) need(c *check, at *yaml.Node, named map[string][]int, names []string) {
	s, ok := stringOf(at)
	if !ok {
		return // told already
	}
	name, ok := r.static(at, s)
	if !ok {
		return
	}
	found, ok := named[name]
	if !ok {
		message := "no check is called '" + clip(name) + "'"
		if hint := nearest.Hint(name, names); hint != "" {
			message += ": " + hint
		}
		r.Fail(at, "%s", message)
		return
	}
	c.needs = append(c.needs, found...)
}

func captureHint(name string, makers map[string]int) string {
	var known []string
	for k := range makers {
		known = append(known, k)
	}
	slices.Sort(known)
	if hint := nearest.Hint(name, known); hint != "" {
		return ": " + hint
	}
	return ""
}

// cycles refuses checks that wait for each other.
func (r *Reader) cycles(s *suite) {
	const (
		unseen = iota
		open
		done
	)
	state := make([]int, len(s.checks))
	var path []int
	var visit func(i int)
	visit = func(i int) {
		state[i] = open
		path = append(path, i)
		for _, n := range s.checks[i].needs {
			switch state[n] {
			case unseen:
				visit(n)
			case open:
				var names []string
				for _, p := range path[slices.Index(path, n):] {
					names = append(names, s.checks[p].name)
				}
				names = append(names, s.checks[n].name)
				r.problems.Add(s.checks[i].place, "checks wait for each other: %s", strings.Join(names, " -> "))
			}
		}
		path = path[:len(path)-1]
		state[i] = done
	}
	for i := range s.checks {
		if state[i] == unseen {
			visit(i)
		}
	}
}
