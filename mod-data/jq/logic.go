package jq

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/itchyny/gojq"
)

// logical refuses what `and` and `or` make true, or false, whatever the parts of the input are that are compared with
// constants: `.s != "a" or .s != "b"` holds for each text.
func (s *Strict) logical(q *gojq.Query) error {
	f := formula{strict: s, domains: map[string]map[string]bool{}, free: map[string]bool{}}
	holds := f.read(q, "")
	always, never, known := f.judge(holds)
	switch {
	case !known || !always && !never:
		return nil
	case always && q.Op == gojq.OpOr:
		return fmt.Errorf("%s is true for every input: did you mean 'and'?", q)
	case always:
		return fmt.Errorf("%s is true for every input", q)
	}
	return fmt.Errorf("%s is false for every input: nothing could pass", q)
}

// world says what the subjects of a formula are equal to, and which of its other parts hold.
type world struct {
	values map[string]string
	holds  map[string]bool
}

// formula is an expression as a matter of logic. A subject is what is compared with constants.
type formula struct {
	strict  *Strict
	domains map[string]map[string]bool // the constants that a subject is compared with
	free    map[string]bool            // what is not looked into
}

// anything is equal to none of the constants.
const anything = ""

// read gives the truth of q in a world. before is what q is given.
func (f *formula) read(q *gojq.Query, before string) func(world) bool {
	if len(q.FuncDefs) == 0 && len(q.Patterns) == 0 {
		switch {
		case q.Op == gojq.OpAnd, q.Op == gojq.OpOr:
			left, right, and := f.read(q.Left, before), f.read(q.Right, before), q.Op == gojq.OpAnd
			return func(w world) bool {
				if and {
					return left(w) && right(w)
				}
				return left(w) || right(w)
			}
		case q.Op == gojq.OpPipe && isCall(q.Right, "not"):
			left := f.read(q.Left, before)
			return func(w world) bool { return !left(w) }
		case q.Op == gojq.OpPipe && single(q.Left):
			return f.read(q.Right, before+q.Left.String()+" | ")
		case q.Op == gojq.OpEq || q.Op == gojq.OpNe:
			if holds := f.comparison(q, before); holds != nil {
				return holds
			}
		case q.Op == 0 && q.Term != nil && q.Term.Query != nil && len(q.Term.SuffixList) == 0:
			return f.read(q.Term.Query, before)
		}
	}
	name := before + q.String()
	f.free[name] = true
	return func(w world) bool { return w.holds[name] }
}

// comparison reads a comparison of one subject with a constant; any other one gives nil.
func (f *formula) comparison(q *gojq.Query, before string) func(world) bool {
	subject, constant := q.Left, q.Right
	if f.strict.constant(subject) {
		subject, constant = constant, subject
	}
	if !single(subject) || !f.strict.constant(constant) {
		return nil
	}
	name, value, equal := before+subject.String(), constant.String(), q.Op == gojq.OpEq
	if n, err := strconv.ParseFloat(value, 64); err == nil {
		value = strconv.FormatFloat(n, 'g', -1, 64)
	}
	if f.domains[name] == nil {
		f.domains[name] = map[string]bool{anything: true}
	}
	f.domains[name][value] = true
	return func(w world) bool { return (w.values[name] == value) == equal }
}

// maxWorlds bounds what is tried: beyond it nothing is known.
const maxWorlds = 4096

func (f *formula) judge(holds func(world) bool) (always, never, known bool) {
	n := 1
	for _, domain := range f.domains {
		n = min(n*len(domain), maxWorlds+1)
	}
	for range f.free {
		n = min(2*n, maxWorlds+1)
	}
	if n > maxWorlds || len(f.domains) == 0 {
		return false, false, false
	}
	subjects, free := slices.Sorted(maps.Keys(f.domains)), slices.Sorted(maps.Keys(f.free))
	always, never = true, true
	for i := range n {
		w := world{map[string]string{}, map[string]bool{}}
		for _, subject := range subjects {
			domain := slices.Sorted(maps.Keys(f.domains[subject]))
			w.values[subject] = domain[i%len(domain)]
			i /= len(domain)
		}
		for _, part := range free {
			w.holds[part] = i%2 == 1
			i /= 2
		}
		if holds(w) {
			never = false
		} else {
			always = false
		}
	}
	return always, never, true
}

// single tells whether q gives one output, the same one each time.
func single(q *gojq.Query) bool {
	switch {
	case len(q.FuncDefs) > 0 || len(q.Patterns) > 0:
		return false
	case q.Op == gojq.OpPipe:
		return single(q.Left) && single(q.Right)
	case q.Op != 0 || q.Term == nil:
		return false
	case q.Term.Query != nil && len(q.Term.SuffixList) == 0:
		return single(q.Term.Query)
	case plain(q):
		return true
	case q.Term.Type != gojq.TermTypeFunc || len(q.Term.Func.Args) > 0:
		return false
	case strings.HasPrefix(q.Term.Func.Name, "$"):
		return !slices.ContainsFunc(q.Term.SuffixList, func(s *gojq.Suffix) bool { return s.Iter || s.Optional })
	}
	switch q.Term.Func.Name {
	case "type", "length", "tostring", "ascii_downcase", "ascii_upcase", "keys", "tojson":
		return len(q.Term.SuffixList) == 0
	}
	return false
}

func isCall(q *gojq.Query, name string) bool {
	return q != nil && q.Op == 0 && q.Term != nil && q.Term.Type == gojq.TermTypeFunc && q.Term.Func.Name == name && len(q.Term.Func.Args) == 0
}

// endsIn tells whether q gives what the function gives.
func endsIn(q *gojq.Query, name string) bool {
	switch {
	case q.Op == gojq.OpPipe:
		return endsIn(q.Right, name)
	case q.Term != nil && q.Term.Query != nil && len(q.Term.SuffixList) == 0:
		return endsIn(q.Term.Query, name)
	}
	return isCall(q, name) && len(q.Term.SuffixList) == 0
}

// typeName refuses a comparison of a type with what is the name of none.
func typeName(q *gojq.Query) error {
	side, other := q.Left, q.Right
	if !endsIn(side, "type") {
		side, other = other, side
	}
	name, isText := literalText(other)
	if !endsIn(side, "type") || !isText || slices.Contains([]string{"null", "boolean", "number", "string", "array", "object"}, name) {
		return nil
	}
	return fmt.Errorf("%s: no type has this name: they are null, boolean, number, string, array, object", q)
}

// reads tells whether the input has a part in what q gives, or a root whose value comes with the run.
func (s *Strict) reads(q *gojq.Query) bool {
	switch {
	case q == nil:
		return false
	case len(q.FuncDefs) > 0:
		return true // as far as is known
	case q.Op == gojq.OpPipe && len(q.Patterns) == 0:
		return s.reads(q.Left)
	case q.Term == nil:
		return s.reads(q.Left) || s.reads(q.Right)
	}
	t, found := q.Term, false
	switch t.Type {
	case gojq.TermTypeIdentity, gojq.TermTypeRecurse, gojq.TermTypeIndex:
		return true
	case gojq.TermTypeObject:
		found = slices.ContainsFunc(t.Object.KeyVals, func(kv *gojq.ObjectKeyVal) bool { return kv.Val == nil })
	case gojq.TermTypeFunc:
		root, variable := strings.CutPrefix(t.Func.Name, "$")
		if variable {
			found = slices.Contains(s.Roots, root) && !slices.Contains(s.Fixed, root)
		} else {
			found = !slices.Contains([]string{"now", "env", "empty", "builtins", "infinite", "nan", "range", "null", "true", "false"}, t.Func.Name) &&
				(t.Func.Name != "error" || len(t.Func.Args) == 0)
		}
	case gojq.TermTypeFormat:
		found = t.Str == nil
	}
	subqueries(t, func(part *gojq.Query, same bool) { found = found || same && s.reads(part) })
	return found
}
