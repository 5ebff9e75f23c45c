package jq

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

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

// plain tells whether q is the input or a part of it, and so gives one output.
func plain(q *gojq.Query) bool {
	if q.Term == nil || q.Op != 0 || q.Term.Type != gojq.TermTypeIdentity && q.Term.Type != gojq.TermTypeIndex {
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

// input makes a variable of what is read of the input, where that is the roots.
func (s *Strict) input(t *gojq.Term) error {
	if !s.RootsAreInput {
		return s.mistaken(t)
	}
	names := make([]string, len(s.Roots))
	for i, root := range s.Roots {
		names[i] = "." + root + ".name"
	}
	wrong := fmt.Errorf("write %s: nothing else can be read here", strings.Join(names, " or "))
	switch t.Type {
	case gojq.TermTypeIdentity, gojq.TermTypeRecurse:
		return wrong
	case gojq.TermTypeIndex:
		name, ok := indexName(t.Index)
		if !ok || !slices.Contains(s.Roots, name) {
			return wrong
		}
		t.Type, t.Index, t.Func = gojq.TermTypeFunc, nil, &gojq.Func{Name: "$" + name}
	}
	return nil
}

// mistaken is about .vars.name where the input is something else.
func (s *Strict) mistaken(t *gojq.Term) error {
	if s.Mistaken == nil || t.Type != gojq.TermTypeIndex {
		return nil
	}
	root, ok := indexName(t.Index)
	name, _, found := s.path(t.SuffixList)
	if !ok || !found || !slices.Contains(s.Roots, root) {
		return nil
	}
	return s.Mistaken(root, name)
}

// named checks the names below a variable.
func (s *Strict) named(t *gojq.Term) error {
	root := strings.TrimPrefix(t.Func.Name, "$")
	env := t.Func.Name == "$ENV" || t.Func.Name == "env" && len(t.Func.Args) == 0
	if !env && (root == t.Func.Name || !slices.Contains(s.Roots, root)) {
		return nil
	}
	name, below, found := s.path(t.SuffixList)
	if !found {
		return fmt.Errorf("write %s.name: which one is meant must be seen before the run", t.Func.Name)
	}
	if !env {
		if s.Names == nil {
			return nil
		}
		return s.Names(root, name, below...)
	}
	if s.Env != nil {
		if value, ok := s.Env(name); ok {
			first := slices.IndexFunc(t.SuffixList, func(suffix *gojq.Suffix) bool { return suffix.Index != nil })
			*t = gojq.Term{Type: gojq.TermTypeString, Str: &gojq.String{Str: value}, SuffixList: t.SuffixList[first+1:]}
			return nil
		}
	}
	return fmt.Errorf("%s.%s: no environment variable has this name", t.Func.Name, name)
}

// path is the name that a term is followed by, and what follows that: names, numbers of items, and nil for [].
// It ends before what is computed, and before what may be missing.
func (s *Strict) path(suffixes []*gojq.Suffix) (name string, below []any, found bool) {
	for _, suffix := range suffixes {
		step, ok := stepOf(suffix)
		switch {
		case !found && suffix.Optional: // $vars? is $vars
			continue
		case !found:
			if name, found = step.(string); !found {
				return "", nil, false
			}
			continue
		case suffix.Optional && len(below) > 0:
			return name, below[:len(below)-1], true
		case suffix.Optional:
			continue
		case !ok || s.alternatives > 0:
			return name, below, true
		}
		below = append(below, step)
	}
	return name, below, found
}

// stepOf is the name in a suffix, the number in [1], nil for [].
func stepOf(suffix *gojq.Suffix) (step any, ok bool) {
	if suffix.Iter {
		return nil, true
	}
	if name, ok := indexName(suffix.Index); ok {
		return name, true
	}
	if suffix.Index == nil || suffix.Index.IsSlice || suffix.Index.Start == nil || suffix.Index.Start.Op != 0 {
		return nil, false
	}
	n, err := strconv.Atoi(suffix.Index.Start.String())
	return n, err == nil
}

// indexName is the name in .name, ."name" and ["name"].
func indexName(i *gojq.Index) (string, bool) {
	switch {
	case i == nil || i.IsSlice:
		return "", false
	case i.Name != "":
		return i.Name, true
	case i.Str != nil:
		return i.Str.Str, i.Str.Queries == nil
	}
	if q := i.Start; q.Term != nil && q.Term.Type == gojq.TermTypeString && len(q.Term.SuffixList) == 0 {
		return q.Term.Str.Str, q.Term.Str.Queries == nil
	}
	return "", false
}

func text(s string) *gojq.Query {
	return &gojq.Query{Term: &gojq.Term{Type: gojq.TermTypeString, Str: &gojq.String{Str: s}}}
}
