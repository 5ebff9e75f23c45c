package check

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"assay.rs/mod-data/yaml"
)

// matcher is what a text must be like: a body, a header.
type matcher struct{ wants []want }

// want is one condition on a text.
type want struct {
	verb    string // contains, not_contains, matches, equals
	text    Template
	pattern *regexp.Regexp // of matches, when it is known before the run
}

// maxPattern bounds a regular expression: RE2 is linear in the text, not in the pattern.
const maxPattern = 10_000

// matcherValue reads a text, which must occur, or a map of conditions that must all hold.
func matcherValue(into *matcher, more ...Key) Value {
	one := func(verb string) Value {
		return OneOrMany(Value{func() schema { return schema{"type": "string"} }, func(r *Reader, n *yaml.Node) { r.want(into, verb, n) }}, func() {})
	}
	table := func() []Key {
		return append([]Key{
			{Name: "contains", Text: "A text, or texts, that must occur.", Value: one("contains")},
			{Name: "not_contains", Text: "A text, or texts, that must not occur.", Value: one("not_contains")},
			{Name: "matches", Text: "A regular expression (RE2) that must match somewhere.", Value: one("matches")},
			{Name: "equals", Text: "The whole text.", Value: one("equals")},
		}, more...)
	}
	return Value{func() schema { return schema{"anyOf": []any{schema{"type": "string"}, tableSchema(table())}} }, func(r *Reader, n *yaml.Node) {
		into.wants = nil
		switch n.Kind {
		case yaml.String:
			r.want(into, "contains", n)
		case yaml.Map:
			if len(n.Pairs) == 0 {
				r.Fail(n, "an empty map asserts nothing: use contains, not_contains, matches or equals")
			}
			r.keys(n, "the text's conditions", table())
		default:
			r.Fail(n, "must be a string or a map with contains, not_contains, matches or equals, not %s", describe(n))
		}
	}}
}

func (r *Reader) want(into *matcher, verb string, n *yaml.Node) {
	s, ok := stringOf(n)
	if !ok {
		r.Fail(n, "must be a string, not %s: put it in quotes", describe(n))
		return
	}
	t, ok := r.template(n, s)
	if !ok {
		return
	}
	w := want{verb: verb, text: t}
	if fixed, known := t.fixed(); known {
		if fixed == "" && verb != "equals" {
			r.Fail(n, "%s with an empty text says nothing: every text contains it", verb)
			return
		}
		if verb == "matches" {
			if w.pattern, ok = r.pattern(n, fixed); !ok {
				return
			}
		}
	} else if verb == "matches" {
		r.Fail(n, "${captures} cannot stand in a regular expression: use contains or equals")
		return
	}
	into.wants = append(into.wants, w)
}

func (r *Reader) pattern(n *yaml.Node, text string) (*regexp.Regexp, bool) {
	if len(text) > maxPattern {
		r.Fail(n, "a regular expression of %d bytes: at most %d", len(text), maxPattern)
		return nil, false
	}
	p, err := regexp.Compile(text)
	if err != nil {
		r.Fail(n, "invalid regular expression: %s", strings.TrimPrefix(err.Error(), "error parsing regexp: "))
		return nil, false
	}
	if matchesAny(p) {
		r.Fail(n, "the regular expression matches any text: it says nothing")
		return nil, false
	}
	return p, true
}

// matchesAny tells whether a pattern holds for every text of one line. Such a pattern matches the empty text, and there
// are few of those that mean something: they have both anchors.
func matchesAny(p *regexp.Regexp) bool {
	for _, text := range []string{"", "a", "Z9", "-1.5", "!", "\u00e9", "a b", `{"a":[]}`, strings.Repeat("x ", 500)} {
		if !p.MatchString(text) {
			return false
		}
	}
	return true
}

// assess judges a text; subject is what a message calls it: "body", "header Content-Type".
func (m matcher) assess(o *Outcome, subject, text string, a Attempt) {
	for _, w := range m.wants {
		wanted, err := w.text.Expand(a.Captures)
		expr := fmt.Sprintf("%s %s %q", subject, strings.ReplaceAll(w.verb, "_", " "), clip(a.Redact(wanted)))
		if err == nil && wanted == "" && w.verb != "equals" {
			err = fmt.Errorf("an empty text is in every text")
		}
		if err != nil {
			o.assess(Assertion{Expr: expr, Expected: wanted}, expr+": "+err.Error())
			continue
		}
		actual := a.Excerpt(text)
		found, message := Assertion{Expr: expr, Passed: w.holds(text, wanted), Expected: wanted, Actual: actual}, ""
		if !found.Passed {
			message = fmt.Sprintf("%s (got %s)", expr, quoted(actual))
		}
		o.assess(found, message)
	}
}

// holds reports whether text is as it must be.
func (m matcher) holds(text string, a Attempt) bool {
	for _, w := range m.wants {
		if wanted, err := w.text.Expand(a.Captures); err != nil || !w.holds(text, wanted) {
			return false
		}
	}
	return true
}

// forbids reports whether there is something that must not occur.
func (m matcher) forbids() bool {
	return slices.ContainsFunc(m.wants, func(w want) bool { return w.verb == "not_contains" })
}

func (w want) holds(text, wanted string) bool {
	switch w.verb {
	case "contains":
		return strings.Contains(text, wanted)
	case "not_contains":
		return !strings.Contains(text, wanted)
	case "matches":
		return w.pattern.MatchString(text)
	case "equals":
		return text == wanted
	}
	return false
}

// quoted shows a text in a message: on one line, not too long.
func quoted(s string) string {
	const limit = 120
	if runes := []rune(s); len(runes) > limit {
		return fmt.Sprintf("%q…", string(runes[:limit]))
	}
	return fmt.Sprintf("%q", s)
}
