package jq

import (
	"cmp"
	"fmt"

	"github.com/itchyny/gojq"
)

// Strict is how an expression is read whose outputs decide something: what jq quietly takes for null or for true
// is an error.
//
// Ordering comparisons of values of different types and of NaN, and the length of null, end the run with a
// [*ComparisonError]. Constant operands of `and` and `or`, and comparisons that are the same for every input, are errors of [CompileStrict].
type Strict struct {
	// Names is told of each path that the expression reads below one of Roots: of $vars.list[0].host it is told "vars",
	// "list", 0, "host", and of [] nil. What may be missing, left of // or before a ?, is only told by its name. Its
	// error is one of the expression. nil allows all.
	Names func(root, name string, below ...any) error

	// Roots are the variables, without their dollar, whose parts must be named: $vars alone is an error.
	Roots []string

	// Fixed are those of Roots that are known before the run: a verdict that reads them alone says nothing of the input.
	Fixed []string

	// Mistaken is told of .root.name where the input is not the roots. Its error is one of the expression. nil allows all.
	Mistaken func(root, name string) error

	// RootsAreInput makes .vars.x the same as $vars.x, and anything else that is read of the input an error.
	RootsAreInput bool

	// Env finds what env.NAME and $ENV.NAME stand for. A name that it does not find is an error of the expression.
	Env func(name string) (string, bool)

	// Verdict says that an output of true is a success: an expression that gives true for every input is an error.
	Verdict bool

	alternatives int                    // the // that the query is on the left of
	stands       map[string]*gojq.Query // what the variables and functions of the query stand for
	given        *gojq.Query            // what stands in front of | and the query; nil when not known
}

// CompileStrict is Compile with what s asks for. Other variables than s.Roots are constants.
func CompileStrict(text string, s Strict, variables ...string) (*Query, error) {
	parsed, err := parse(text)
	if err != nil {
		return nil, err
	}
	if err := s.verdict(parsed); err != nil {
		return nil, err
	}
	blind := s.Verdict && !s.reads(parsed)
	if err := s.query(parsed, true); err != nil {
		return nil, err
	}
	if blind {
		return nil, fmt.Errorf("%s reads nothing of the input: it says nothing about it", text)
	}
	q, err := compile(text, parsed, variables)
	if err != nil {
		return nil, err
	}
	s.Names, s.Mistaken = nil, nil // what they say was heard
	q.strict = &s
	return q, nil
}

// query checks q and all in it, and makes its comparisons strict. whole says that it is given the input itself.
func (s *Strict) query(q *gojq.Query, whole bool) error {
	if q == nil {
		return nil
	}
	defer s.define(q)()
	if err := s.operands(q); err != nil {
		return err
	}
	ordering := q.Op == gojq.OpGt || q.Op == gojq.OpLt || q.Op == gojq.OpGe || q.Op == gojq.OpLe
	var left, right string
	if ordering {
		left, right = q.Left.String(), q.Right.String()
	}
	var said [2]string
	if q.Op == gojq.OpAnd || q.Op == gojq.OpOr {
		said = [2]string{q.Left.String(), q.Right.String()}
	}
	for _, def := range q.FuncDefs {
		if err := s.query(def.Body, false); err != nil {
			return err
		}
	}
	if err := s.term(q.Term, whole); err != nil {
		return err
	}
	below := whole && (q.Op != gojq.OpPipe || len(q.Patterns) > 0) && q.Op != gojq.OpModify
	if err := s.left(q, whole); err != nil {
		return err
	}
	if err := s.right(q, below); err != nil {
		return err
	}
	if q.Op == gojq.OpAnd || q.Op == gojq.OpOr {
		q.Left, q.Right = truthful(q.Left, said[0]), truthful(q.Right, said[1])
	}
	if ordering {
		compare := call("guard order", q.Left, q.Right, number(int(q.Op)), text(left), text(right))
		*q = *replaced(q, compare)
	}
	return nil
}

// truthful is q, whose outputs must be true, false or null: jq takes the text "false" for true.
func truthful(q *gojq.Query, said string) *gojq.Query {
	return pipe(q, call("guard truth", text(said)))
}

func (s *Strict) left(q *gojq.Query, whole bool) error {
	if q.Op == gojq.OpAlt {
		s.alternatives++
		defer func() { s.alternatives-- }()
	}
	return s.query(q.Left, whole)
}

func (s *Strict) right(q *gojq.Query, below bool) error {
	defer func(before *gojq.Query) { s.given = before }(s.given)
	if s.given = nil; q.Op == gojq.OpPipe && len(q.Patterns) == 0 {
		s.given = q.Left
	}
	return s.query(q.Right, below)
}

// operands refuses operators that are the same for every input.
func (s *Strict) operands(q *gojq.Query) error {
	switch q.Op {
	case gojq.OpAnd, gojq.OpOr:
		for side, operand := range map[string]*gojq.Query{"left": q.Left, "right": q.Right} {
			if s.constant(operand) {
				return fmt.Errorf("the %s side of '%s' is the constant %s%s", side, q.Op, operand, meant(q, operand))
			}
		}
		return s.logical(q)
	case gojq.OpAssign, gojq.OpModify, gojq.OpUpdateAlt:
		if s.Verdict && s.constant(q.Right) {
			return fmt.Errorf("%s puts %s in before it is looked at: write == to compare", q, q.Right)
		}
	case gojq.OpAdd, gojq.OpMul:
		if s.Verdict && q.Right.Term != nil && q.Right.Term.Type == gojq.TermTypeObject && s.constant(q.Right) && plain(q.Left) {
			return fmt.Errorf("%s puts %s in before it is looked at: a default stands on the left", q, q.Right)
		}
	case gojq.OpEq, gojq.OpNe, gojq.OpGt, gojq.OpLt, gojq.OpGe, gojq.OpLe:
		switch left, right := q.Left.String(), q.Right.String(); {
		case s.constant(q.Left) && s.constant(q.Right):
			return fmt.Errorf("%s compares two constants", q)
		case left == right && left != "input":
			return fmt.Errorf("%s compares %s with itself", q, left)
		}
		if err := s.lengths(q); err != nil {
			return err
		}
		return typeName(q)
	}
	return nil
}

// meant is what `.s == "ok" or "degraded"` was to say.
func meant(q, operand *gojq.Query) string {
	other := q.Left
	if operand == q.Left {
		other = q.Right
	}
	if other.Op == gojq.OpAnd || other.Op == gojq.OpOr {
		other = other.Right
	}
	if other.Op < gojq.OpEq || other.Op > gojq.OpLe {
		return ""
	}
	return fmt.Sprintf(": did you mean %s %s %s?", other.Left, other.Op, operand)
}

// term checks a term, and puts a value where one of the environment is read.
func (s *Strict) term(t *gojq.Term, whole bool) error {
	if t == nil {
		return nil
	}
	if whole {
		if err := s.input(t); err != nil {
			return err
		}
	}
	if t.Type == gojq.TermTypeFunc {
		if err := cmp.Or(s.needless(t.Func), s.named(t)); err != nil {
			return err
		}
	}
	defer func(before *gojq.Query) { s.given = before }(s.given)
	s.given = nil
	var first error
	subqueries(t, func(part *gojq.Query, same bool) {
		if err := s.query(part, whole && same); first == nil {
			first = err
		}
	})
	conditions(t)
	if t.Type == gojq.TermTypeFunc && t.Func.Name == "length" && len(t.Func.Args) == 0 {
		*t = gojq.Term{Type: gojq.TermTypeQuery, SuffixList: t.SuffixList, Query: pipe(call("guard some"), call("length"))}
	}
	if t.Type == gojq.TermTypeFunc && t.Func.Name == "not" && len(t.Func.Args) == 0 {
		*t = gojq.Term{Type: gojq.TermTypeQuery, SuffixList: t.SuffixList, Query: pipe(call("guard truth", text("what not is given")), call("not"))}
	}
	return first
}

func text(s string) *gojq.Query {
	return &gojq.Query{Term: &gojq.Term{Type: gojq.TermTypeString, Str: &gojq.String{Str: s}}}
}
