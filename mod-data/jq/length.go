package jq

import (
	"fmt"
	"maps"
	"strings"

	"github.com/itchyny/gojq"
)

// define notes what a name stands for that q binds, and gives what forgets it again.
func (s *Strict) define(q *gojq.Query) (forget func()) {
	before := s.stands
	if len(q.Patterns) == 1 && q.Patterns[0].Name != "" || len(q.FuncDefs) > 0 {
		s.stands = maps.Clone(before)
		if s.stands == nil {
			s.stands = map[string]*gojq.Query{}
		}
	}
	for _, def := range q.FuncDefs {
		s.stands[def.Name] = nil // a function with arguments hides one without
		if len(def.Args) == 0 {
			s.stands[def.Name] = def.Body
		}
	}
	if len(q.Patterns) == 1 && q.Patterns[0].Name != "" {
		s.stands[q.Patterns[0].Name] = q.Left
	}
	return func() { s.stands = before }
}

// last is the function that gives what q gives, and what that is given; nil when it is no plain call.
func (s *Strict) last(q *gojq.Query, depth int) (name string, given *gojq.Query) {
	switch {
	case q == nil || depth > 20:
		return "", nil
	case q.Op == gojq.OpPipe && len(q.Patterns) == 0:
		name, given = s.last(q.Right, depth+1)
		if given == nil {
			return name, q.Left
		}
		return name, pipe(q.Left, given)
	case q.Op != 0 || q.Term == nil || len(q.Term.SuffixList) > 0:
		return "", nil
	case q.Term.Query != nil:
		return s.last(q.Term.Query, depth+1)
	case q.Term.Type == gojq.TermTypeFormat && q.Term.Str == nil:
		return q.Term.Format, nil
	case q.Term.Type == gojq.TermTypeString && q.Term.Str.Queries != nil:
		return "tostring", nil // "\(.x)"
	case q.Term.Type != gojq.TermTypeFunc || len(q.Term.Func.Args) > 0:
		return "", nil
	}
	if stands := s.stands[q.Term.Func.Name]; stands != nil {
		return s.last(stands, depth+1)
	}
	return q.Term.Func.Name, nil
}

// lengths refuses what holds for every length, and for the text that null is made.
func (s *Strict) lengths(q *gojq.Query) error {
	side, other, op := q.Left, q.Right, q.Op
	if s.constant(side) {
		side, other = other, side
		op = map[gojq.Operator]gojq.Operator{gojq.OpLt: gojq.OpGt, gojq.OpLe: gojq.OpGe, gojq.OpGt: gojq.OpLt, gojq.OpGe: gojq.OpLe}[op]
		if q.Op == gojq.OpEq || q.Op == gojq.OpNe {
			op = q.Op
		}
	}
	if err := limitless(q); err != nil {
		return err
	}
	bound := other.String()
	name, given := s.last(side, 0)
	if op == gojq.OpNe && never(name, other) {
		return fmt.Errorf("%s: %s never gives %s", q, name, other)
	}
	negative := len(bound) > 1 && bound[0] == '-'
	empty := op == gojq.OpNe && bound == `""` || op == gojq.OpGt && bound == `""`
	if name == "length" {
		switch {
		case op == gojq.OpGe && (bound == "0" || negative), (op == gojq.OpGt || op == gojq.OpNe) && negative:
			return fmt.Errorf("%s: a length is never less than 0", q)
		case op == gojq.OpNe && bound == "null":
			return fmt.Errorf("%s: a length is never null", q)
		}
		empty = (op == gojq.OpGt || op == gojq.OpNe) && bound == "0" || op == gojq.OpGe && bound == "1"
		if given == nil {
			given = s.given
		}
		if given != nil && countable(inList(ungrouped(given))) {
			return fmt.Errorf("%s: the list %s has the same length whatever there is", q, given)
		}
		if literal, isText := literalText(other); isText && op == gojq.OpNe {
			return fmt.Errorf("%s: a length is never %q", q, literal)
		}
		name, _ = s.last(given, 0)
	}
	switch name {
	case "tostring", "tojson", "@text", "@json", "type":
		if empty {
			return fmt.Errorf("%s holds for null as well, whose %s is a text: leave out %s", q, name, name)
		}
	}
	return nil
}

// limitless refuses a comparison with what no number is beyond, or nothing is equal to.
func limitless(q *gojq.Query) error {
	for _, side := range []*gojq.Query{q.Left, q.Right} {
		switch side.String() {
		case "nan", "-nan":
			return fmt.Errorf("%s: nothing is equal to nan, and it has no order: write isnan", q)
		case "infinite", "-infinite":
			if q.Op != gojq.OpEq && q.Op != gojq.OpNe {
				return fmt.Errorf("%s: each number is within what is infinite", q)
			}
		}
	}
	return nil
}

// countable tells whether what is in a list has a number of items that does not depend on the input.
func countable(q *gojq.Query) bool {
	if q != nil && q.Op == gojq.OpComma {
		return countable(q.Left) && countable(q.Right)
	}
	return q != nil && single(q)
}

func ungrouped(q *gojq.Query) *gojq.Query {
	for q.Op == 0 && q.Term != nil && q.Term.Type == gojq.TermTypeQuery && len(q.Term.SuffixList) == 0 {
		q = q.Term.Query
	}
	return q
}

// never tells whether a function gives no such constant.
func never(name string, constant *gojq.Query) bool {
	literal, isText := literalText(constant)
	isNumber := constant.Op == 0 && constant.Term != nil && constant.Term.Type == gojq.TermTypeNumber
	switch name {
	case "tostring", "tojson", "@text", "@json", "type":
		return isNumber
	case "ascii_downcase":
		return isNumber || isText && strings.ToLower(literal) != literal
	case "ascii_upcase":
		return isNumber || isText && strings.ToUpper(literal) != literal
	case "tonumber", "floor", "ceil", "round", "fabs", "sqrt":
		return isText
	}
	return false
}
