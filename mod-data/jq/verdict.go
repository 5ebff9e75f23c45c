package jq

import (
	"fmt"
	"slices"
	"strings"

	"github.com/itchyny/gojq"
)

// verdict refuses what is true whatever the input.
func (s *Strict) verdict(q *gojq.Query) error {
	if !s.Verdict {
		return nil
	}
	if s.constant(q) && q.Op != gojq.OpComma {
		return fmt.Errorf("%s is a constant: it says nothing about the input", q)
	}
	if onlyTrue(q, nil) {
		return fmt.Errorf("%s is true for every input", q)
	}
	return alwaysTrue(q)
}

// alwaysTrue looks at what gives the outputs of q.
func alwaysTrue(q *gojq.Query) error {
	if q == nil {
		return nil
	}
	var parts []*gojq.Query
	switch {
	case q.Op == gojq.OpAlt && isTrue(q.Right):
		return fmt.Errorf("%s gives true for false as well: write it as %s != false", q, q.Left)
	case q.Op == gojq.OpPipe && isCall(q.Right, "any") && givesTrue(inList(q.Left)):
		return fmt.Errorf("%s has true among what it looks at", q)
	case q.Op == gojq.OpPipe:
		parts = []*gojq.Query{q.Right}
	case q.Op == gojq.OpComma, q.Op == gojq.OpAnd, q.Op == gojq.OpOr, q.Op == gojq.OpAlt:
		parts = []*gojq.Query{q.Left, q.Right}
	case q.Term == nil:
	case q.Term.Query != nil:
		parts = []*gojq.Query{q.Term.Query}
	case q.Term.Try != nil && isTrue(q.Term.Try.Catch):
		return fmt.Errorf("%s gives true for every error", q)
	case q.Term.If != nil:
		parts = []*gojq.Query{q.Term.If.Then, q.Term.If.Else}
		for _, e := range q.Term.If.Elif {
			parts = append(parts, e.Then)
		}
	}
	for _, part := range parts {
		if err := alwaysTrue(part); err != nil {
			return err
		}
	}
	return nil
}

// onlyTrue tells whether q gives true, and nothing else, for every input for which it gives anything, and whether
// it does so is not what it asks: a select in front of true does ask. trues are functions that are like that.
func onlyTrue(q *gojq.Query, trues []string) bool {
	if q == nil {
		return false
	}
	for _, def := range q.FuncDefs {
		if len(def.Args) == 0 && onlyTrue(def.Body, trues) {
			trues = append(slices.Clip(trues), def.Name)
		}
	}
	switch {
	case q.Op == gojq.OpPipe:
		return onlyTrue(q.Right, trues) && plain(q.Left)
	case q.Op == gojq.OpComma, q.Op == gojq.OpAlt, q.Op == gojq.OpAnd, q.Op == gojq.OpOr:
		return onlyTrue(q.Left, trues) && onlyTrue(q.Right, trues)
	case q.Term == nil || len(q.Term.SuffixList) > 0:
		return false
	}
	switch t := q.Term; t.Type {
	case gojq.TermTypeTrue:
		return true
	case gojq.TermTypeQuery:
		return onlyTrue(t.Query, trues)
	case gojq.TermTypeLabel:
		return onlyTrue(t.Label.Body, trues)
	case gojq.TermTypeFunc:
		return len(t.Func.Args) == 0 && slices.Contains(trues, t.Func.Name)
	case gojq.TermTypeIf:
		all := onlyTrue(t.If.Then, trues) && onlyTrue(t.If.Else, trues)
		for _, e := range t.If.Elif {
			all = all && onlyTrue(e.Then, trues)
		}
		return all
	default:
		return false
	}
}

// plain tells whether q gives something for every input, and asks nothing of it: the input, a part of it, what these look like or
// whether they are equal.
func plain(q *gojq.Query) bool {
	switch {
	case q.Op == gojq.OpPipe, q.Op == gojq.OpEq, q.Op == gojq.OpNe:
		return plain(q.Left) && plain(q.Right)
	case q.Term == nil || q.Op != 0:
		return false
	}
	switch t := q.Term; t.Type {
	case gojq.TermTypeIdentity, gojq.TermTypeIndex, gojq.TermTypeRecurse, gojq.TermTypeNumber, gojq.TermTypeNull, gojq.TermTypeFalse:
	case gojq.TermTypeString:
		return t.Str.Queries == nil
	case gojq.TermTypeQuery:
		return len(t.SuffixList) == 0 && plain(t.Query)
	case gojq.TermTypeFunc:
		return len(t.SuffixList) == 0 && len(t.Func.Args) == 0 && slices.Contains([]string{"type", "tojson", "tostring", "recurse"}, t.Func.Name)
	default:
		return false
	}
	return !slices.ContainsFunc(q.Term.SuffixList, func(s *gojq.Suffix) bool { return s.Iter || s.Optional })
}

func isTrue(q *gojq.Query) bool {
	return q != nil && q.Term != nil && (q.Term.Type == gojq.TermTypeTrue || q.Term.Query != nil && isTrue(q.Term.Query))
}

// constant tells whether q reads nothing.
func (s *Strict) constant(q *gojq.Query) bool {
	switch {
	case q == nil:
		return true
	case len(q.FuncDefs) > 0 || len(q.Patterns) > 0:
		return false
	case q.Term == nil:
		return s.constant(q.Left) && s.constant(q.Right)
	case q.Term.Type == gojq.TermTypeFunc:
		name, ok := strings.CutPrefix(q.Term.Func.Name, "$")
		return ok && name != "ENV" && !slices.Contains(s.Roots, name) && strings.HasPrefix(name, "__")
	}
	switch q.Term.Type {
	case gojq.TermTypeNull, gojq.TermTypeTrue, gojq.TermTypeFalse, gojq.TermTypeNumber, gojq.TermTypeString, gojq.TermTypeFormat,
		gojq.TermTypeObject, gojq.TermTypeArray, gojq.TermTypeUnary, gojq.TermTypeQuery:
	default:
		return false
	}
	all := q.Term.Type != gojq.TermTypeFormat || q.Term.Str != nil
	if q.Term.Type == gojq.TermTypeObject { // {a} is {a: .a}
		all = !slices.ContainsFunc(q.Term.Object.KeyVals, func(kv *gojq.ObjectKeyVal) bool { return kv.Val == nil })
	}
	subqueries(q.Term, func(part *gojq.Query, _ bool) { all = all && s.constant(part) })
	return all
}
