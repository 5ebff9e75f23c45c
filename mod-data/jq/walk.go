package jq

import "github.com/itchyny/gojq"

// The walk visits the parts of an expression innermost first and lets guard.go put checks in.

func guardQuery(q *gojq.Query) {
	if q == nil {
		return
	}
	for _, def := range q.FuncDefs {
		guardQuery(def.Body)
	}
	guardPatterns(q.Patterns)
	guardQuery(q.Left)
	guardQuery(q.Right)
	guardTerm(q.Term)
	guardOperator(q)
}

func guardPatterns(patterns []*gojq.Pattern) {
	for _, p := range patterns {
		guardPatterns(p.Array)
		for _, o := range p.Object {
			guardString(o.KeyString)
			guardQuery(o.KeyQuery)
			if o.Val != nil {
				guardPatterns([]*gojq.Pattern{o.Val})
			}
		}
	}
}

func guardTerm(t *gojq.Term) {
	if t == nil {
		return
	}
	guardIndex(t.Index)
	for _, s := range t.SuffixList {
		guardIndex(s.Index)
	}
	guardString(t.Str)
	guardQuery(t.Query)
	if t.Object != nil {
		for _, kv := range t.Object.KeyVals {
			guardString(kv.KeyString)
			guardQuery(kv.KeyQuery)
			guardQuery(kv.Val)
		}
	}
	if t.Array != nil {
		guardQuery(t.Array.Query)
	}
	if t.Unary != nil {
		guardTerm(t.Unary.Term)
	}
	guardControl(t)
	if t.Func != nil {
		for _, a := range t.Func.Args {
			guardQuery(a)
		}
		guardCall(t)
	}
	if t.Type == gojq.TermTypeFormat {
		guardFormat(t)
	}
}

func guardControl(t *gojq.Term) {
	if c := t.If; c != nil {
		guardQuery(c.Cond)
		guardQuery(c.Then)
		for _, e := range c.Elif {
			guardQuery(e.Cond)
			guardQuery(e.Then)
		}
		guardQuery(c.Else)
	}
	if c := t.Try; c != nil {
		guardQuery(c.Body)
		guardQuery(c.Catch)
	}
	if c := t.Reduce; c != nil {
		guardQuery(c.Query)
		guardPatterns(c.Patterns)
		guardQuery(c.Start)
		guardQuery(c.Update)
	}
	if c := t.Foreach; c != nil {
		guardQuery(c.Query)
		guardPatterns(c.Patterns)
		guardQuery(c.Start)
		guardQuery(c.Update)
		guardQuery(c.Extract)
	}
	if c := t.Label; c != nil {
		guardQuery(c.Body)
	}
}

func guardIndex(i *gojq.Index) {
	if i == nil {
		return
	}
	guardString(i.Str)
	guardQuery(i.Start)
	guardQuery(i.End)
}

// guardString checks each interpolated value: a text of many parts must fit as a whole.
func guardString(s *gojq.String) {
	if s == nil {
		return
	}
	for i, q := range s.Queries {
		guardQuery(q)
		if q.Term == nil || q.Term.Type != gojq.TermTypeString || q.Term.Str.Queries != nil {
			s.Queries[i] = pipe(q, call("guard text", number(len(s.Queries))))
		}
	}
}

// subqueries visits the queries directly inside of a term. same says that the query is given what the term is given.
func subqueries(t *gojq.Term, visit func(q *gojq.Query, same bool)) {
	each := func(same bool, queries ...*gojq.Query) {
		for _, q := range queries {
			if q != nil {
				visit(q, same)
			}
		}
	}
	str := func(s *gojq.String) {
		if s != nil {
			each(true, s.Queries...)
		}
	}
	index := func(i *gojq.Index) {
		if i != nil {
			str(i.Str)
			each(true, i.Start, i.End)
		}
	}
	index(t.Index)
	for _, s := range t.SuffixList {
		index(s.Index)
	}
	str(t.Str)
	each(true, t.Query)
	if t.Unary != nil {
		each(true, &gojq.Query{Term: t.Unary.Term})
	}
	if t.Array != nil {
		each(true, t.Array.Query)
	}
	if t.Object != nil {
		for _, kv := range t.Object.KeyVals {
			str(kv.KeyString)
			each(true, kv.KeyQuery, kv.Val)
		}
	}
	if t.Func != nil {
		for i, a := range t.Func.Args {
			each(sameInput(t.Func.Name, i, len(t.Func.Args)), a)
		}
	}
	if c := t.If; c != nil {
		each(true, c.Cond, c.Then, c.Else)
		for _, e := range c.Elif {
			each(true, e.Cond, e.Then)
		}
	}
	if c := t.Try; c != nil {
		each(true, c.Body)
		each(false, c.Catch)
	}
	if c := t.Reduce; c != nil {
		each(true, c.Query, c.Start)
		each(false, c.Update)
	}
	if c := t.Foreach; c != nil {
		each(true, c.Query, c.Start)
		each(false, c.Update, c.Extract)
	}
	if c := t.Label; c != nil {
		each(true, c.Body)
	}
}

// sameInput tells whether a builtin gives its argument what it is given itself. Of those that are not named it is not known.
func sameInput(name string, arg, arity int) bool {
	switch name {
	case "select", "first", "last", "isempty", "error", "range", "limit", "add", "IN", "has", "test", "startswith", "endswith",
		"contains", "inside", "join", "split", "ltrimstr", "rtrimstr", "not":
		return true
	case "any", "all":
		return arg == 0 && arity == 2
	}
	return false
}
