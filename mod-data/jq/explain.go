package jq

import (
	"context"
	"fmt"
	"strings"

	"github.com/itchyny/gojq"
)

// Explain says what was compared when a strict query gave false for v: `got "ok"` of `.status == "nope"`. show writes a
// value. It is empty when the query is not made of comparisons, or when they gave several values.
func (q *Query) Explain(ctx context.Context, v any, show func(v any) string, values ...any) string {
	if q.strict == nil {
		return ""
	}
	parsed, err := parse(q.text)
	if err != nil {
		return ""
	}
	e := explanation{q, ctx, v, show, values}
	return e.of(parsed, func(part *gojq.Query) *gojq.Query { return part }, false)
}

// explanation is what is needed to run a part of a query.
type explanation struct {
	query  *Query
	ctx    context.Context //nolint:containedctx // of one call
	v      any
	show   func(v any) string
	values []any
}

// of explains the query q that in puts in its place. named says that its operands do not show from the whole.
func (e explanation) of(q *gojq.Query, in func(*gojq.Query) *gojq.Query, named bool) string {
	switch {
	case len(q.FuncDefs) > 0 || len(q.Patterns) > 0:
		return ""
	case q.Op == gojq.OpPipe:
		return e.of(q.Right, func(part *gojq.Query) *gojq.Query { return in(pipe(q.Left, part)) }, named)
	case q.Op == gojq.OpAnd:
		if got, ok := e.one(in(q.Left)); ok && got == true {
			return e.of(q.Right, in, true)
		}
		return e.of(q.Left, in, true)
	case q.Term != nil && q.Term.Query != nil && len(q.Term.SuffixList) == 0:
		return e.of(q.Term.Query, in, named)
	case q.Op >= gojq.OpEq && q.Op <= gojq.OpLe:
		return e.compared(q, in, named)
	}
	if got, ok := e.one(in(q)); ok && named {
		return fmt.Sprintf("%s is %s", q, e.show(got))
	}
	return ""
}

// compared shows the operands of a comparison that are no constants.
func (e explanation) compared(q *gojq.Query, in func(*gojq.Query) *gojq.Query, named bool) string {
	var texts []string
	for _, side := range []*gojq.Query{q.Left, q.Right} {
		if e.query.strict.constant(side) {
			continue
		}
		v, ok := e.one(in(side))
		if !ok {
			return ""
		}
		if len(texts) == 0 && !named {
			texts = append(texts, "got "+e.show(v))
		} else {
			texts = append(texts, fmt.Sprintf("%s is %s", side, e.show(v)))
		}
	}
	return strings.Join(texts, ", ")
}

// one is the only output of a part.
func (e explanation) one(part *gojq.Query) (any, bool) {
	// Compiling changes a query: take a copy, as text.
	q, err := CompileStrict(part.String(), Strict{Roots: e.query.strict.Roots, RootsAreInput: e.query.strict.RootsAreInput, Env: e.query.strict.Env}, e.query.variables...)
	if err != nil {
		return nil, false
	}
	out, err := q.Run(e.ctx, e.v, e.values...)
	if err != nil || len(out) != 1 {
		return nil, false
	}
	return out[0], true
}
