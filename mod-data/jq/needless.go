package jq

import (
	"fmt"
	"regexp"
	"slices"

	"github.com/itchyny/gojq"
)

// needless refuses what holds for every text or list: the search for the empty one, a pattern that matches any
// text, a condition that is true.
func (s *Strict) needless(f *gojq.Func) error {
	if len(f.Args) == 0 {
		return nil
	}
	last := f.Args[len(f.Args)-1]
	switch f.Name {
	case "limit":
		if f.Args[0].String() == "0" {
			return fmt.Errorf("%s gives nothing, whatever there is", f)
		}
		if givesTrue(last) {
			return fmt.Errorf("%s has true among what it looks at", f)
		}
	case "any", "all":
		if isTrue(last) {
			return fmt.Errorf("%s asks for what is true of every item", f)
		}
		if f.Name == "any" && len(f.Args) == 2 && givesTrue(f.Args[0]) {
			return fmt.Errorf("%s has true among what it looks at", f)
		}
	case "first", "last", "nth", "isempty":
		if givesTrue(last) {
			return fmt.Errorf("%s has true among what it looks at", f)
		}
	case "setpath":
		if s.Verdict && s.constant(last) {
			return fmt.Errorf("%s puts %s in before it is looked at", f, last)
		}
	case "contains", "startswith", "endswith", "test":
		if f.Name == "test" { // test(pattern; flags), test([pattern, flags])
			last = f.Args[0]
			if list := inList(last); list != nil {
				for last = list; last.Op == gojq.OpComma; {
					last = last.Left
				}
			}
		}
		switch literal, isText := literalText(last); {
		case isText && literal == "":
			return fmt.Errorf("%s is true for every text", f)
		case isText && f.Name == "test" && matchesAny(literal):
			return fmt.Errorf("%s is true for every text: the pattern matches any", f)
		case f.Name == "contains" && hollow(last):
			return fmt.Errorf("%s is true whatever is in it", f)
		}
	}
	return nil
}

// givesTrue tells whether true stands among the outputs of q.
func givesTrue(q *gojq.Query) bool {
	switch {
	case q == nil:
		return false
	case q.Op == gojq.OpComma:
		return givesTrue(q.Left) || givesTrue(q.Right)
	case q.Op == 0 && q.Term != nil && q.Term.Query != nil && len(q.Term.SuffixList) == 0:
		return givesTrue(q.Term.Query)
	}
	return isTrue(q)
}

// inList is what is in a list that is written down; nil for anything else.
func inList(q *gojq.Query) *gojq.Query {
	if q.Op == 0 && q.Term != nil && q.Term.Type == gojq.TermTypeArray && len(q.Term.SuffixList) == 0 {
		return q.Term.Array.Query
	}
	return nil
}

// hollow tells whether q is an empty text, list or map, or one of nothing else.
func hollow(q *gojq.Query) bool {
	switch literal, isText := literalText(q); {
	case isText:
		return literal == ""
	case q.Op == gojq.OpComma:
		return hollow(q.Left) && hollow(q.Right)
	case q.Op != 0 || q.Term == nil || len(q.Term.SuffixList) > 0:
		return false
	}
	switch q.Term.Type {
	case gojq.TermTypeArray:
		return q.Term.Array.Query == nil || hollow(q.Term.Array.Query)
	case gojq.TermTypeObject:
		return !slices.ContainsFunc(q.Term.Object.KeyVals, func(kv *gojq.ObjectKeyVal) bool { return kv.Val == nil || !hollow(kv.Val) })
	default:
		return false
	}
}

// conditions looks at the texts of what decides: if, select, any and all take "false" for true.
func conditions(t *gojq.Term) {
	spoken := func(q *gojq.Query) *gojq.Query { return pipe(q, call("guard spoken")) }
	switch t.Type {
	case gojq.TermTypeIf:
		t.If.Cond = spoken(t.If.Cond)
		for _, e := range t.If.Elif {
			e.Cond = spoken(e.Cond)
		}
	case gojq.TermTypeFunc:
		if f := t.Func; f.Name == "select" && len(f.Args) == 1 || f.Name == "any" || f.Name == "all" {
			if len(f.Args) == 0 {
				f.Args = []*gojq.Query{call("guard spoken")}
				return
			}
			f.Args[len(f.Args)-1] = spoken(f.Args[len(f.Args)-1])
		}
	default:
	}
}

func literalText(q *gojq.Query) (string, bool) {
	if q.Term == nil || q.Term.Type != gojq.TermTypeString || q.Term.Str.Queries != nil || len(q.Term.SuffixList) > 0 {
		return "", false
	}
	return q.Term.Str.Str, true
}

// matchesAny tells whether a pattern matches the empty text, and texts of all kinds.
func matchesAny(pattern string) bool {
	p, err := regexp.Compile(pattern)
	if err != nil {
		return false // jq says so
	}
	return !slices.ContainsFunc([]string{"", "a", "Z9", "-1.5", "!", "\u00e9", "a b"}, func(text string) bool { return !p.MatchString(text) })
}
