package regex

import (
	"assay.rs/core"
	"assay.rs/core/spec"
)

// match is one match as a script sees it.
type match struct {
	text        string
	groups      []*string // nil for a group that took no part
	named       map[string]string
	start, stop int // from 1, both inclusive
}

func matchType() core.Type[match] {
	return core.Record("regex.Match", "A place where a pattern matched.",
		core.NewKey("match", core.String(), func(m *match) *string { return &m.text }, "The text that matched."),
		core.NewKey("groups", groupsType(), func(m *match) *[]*string { return &m.groups },
			"The texts of the groups, in the order of their opening parentheses; `nil` for a group that took no part."),
		core.NewKey("named", core.MapOf(core.String()), func(m *match) *map[string]string { return &m.named },
			"The texts of the groups `(?P<name>...)` that took part, by name."),
		core.NewKey("start", core.Int(), func(m *match) *int { return &m.start }, "The position of the first byte, from 1."),
		core.NewKey("stop", core.Int(), func(m *match) *int { return &m.stop }, "The position of the last byte; of an empty match the one before `start`."),
	)
}

func groupsType() core.Type[[]*string] {
	text := core.SpecOf(core.String())
	return core.Custom(spec.Type{Kind: spec.List, Elem: &text}, nil, func(c core.Call, groups []*string) core.Value {
		t := c.NewArray(len(groups))
		for i, group := range groups {
			if group != nil {
				_ = t.SetAt(core.NumberValue(float64(i+1)), core.TextValue(*group)) // the key is a number
			}
		}
		c.SetLen(t, len(groups))
		return t.Value()
	})
}

// matchSize is about what the tables of a match take, and groupSize what a group does.
const (
	matchSize = 600
	groupSize = 40
)

// match makes a match of the places that next gave.
func (s *search) match(found []int) (match, error) {
	m := match{text: s.text[found[0]:found[1]], start: found[0] + 1, stop: found[1], named: make(map[string]string)}
	groups := len(found)/2 - 1
	if err := s.results.Add(matchSize + groups*groupSize); err != nil {
		return m, err
	}
	m.groups = make([]*string, groups)
	for i := range m.groups {
		text, ok := s.group(found, i+1)
		if !ok {
			continue
		}
		m.groups[i] = &text
		if name := s.p.names[i+1]; name != "" {
			m.named[name] = text
		}
	}
	return m, nil
}

// group is the text of the group i of a match, and whether it took part.
func (s *search) group(found []int, i int) (string, bool) {
	start, end := found[2*i], found[2*i+1]
	if start < 0 {
		return "", false
	}
	return s.text[start:end], true
}
