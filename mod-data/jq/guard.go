package jq

import (
	"encoding/json"
	"math/big"
	"strconv"

	"github.com/itchyny/gojq"
)

// The checks are functions whose names hold a blank and variables that do too: no expression can spell
// them, so none can define them away.
const (
	leftVar  = "$guard left"
	rightVar = "$guard right"
	pathVar  = "$guard path"
	okVar    = "$guard ok"
)

// wide are builtins that visit the whole of their input, or make one value of all its parts, in one go.
//
//nolint:gochecknoglobals // a table
var wide = map[string]bool{
	"tojson": true, "tostring": true, "add": true, "join": true, "flatten": true, "format": true,
	"sort": true, "sort_by": true, "group_by": true, "unique": true, "unique_by": true, "min": true, "max": true,
	"min_by": true, "max_by": true, "contains": true, "inside": true, "index": true, "rindex": true, "indices": true,
	"bsearch": true, "del": true, "delpaths": true, "error": true, "halt_error": true, "implode": true, "IN": true,
	"transpose": true, "ascii_downcase": true, "ascii_upcase": true, "utf8bytelength": true, "length": true,
	"to_entries": true, "from_entries": true, "with_entries": true, "debug": true, "getpath": true, "getpath/1": true,
}

// textual are builtins that make many values of one string; the number is how many bytes they may get.
//
//nolint:gochecknoglobals // a table
var textual = map[string]int{
	"explode": 1 << 20, "split": 4 << 20, "match": 1 << 18, "scan": 1 << 18, "capture": 1 << 18,
	"splits": 1 << 18, "sub": 1 << 18, "gsub": 1 << 18, "fromjson": 4 << 20, "tonumber": 1000,
	"ascii": 1 << 20, "indices": 4 << 20, "_match": 1 << 18, "test": 4 << 20, "@base32d": 4 << 20,
}

func call(name string, args ...*gojq.Query) *gojq.Query {
	return &gojq.Query{Term: &gojq.Term{Type: gojq.TermTypeFunc, Func: &gojq.Func{Name: name, Args: args}}}
}

func number(n int) *gojq.Query {
	return &gojq.Query{Term: &gojq.Term{Type: gojq.TermTypeNumber, Number: strconv.Itoa(n)}}
}

func group(q *gojq.Query) *gojq.Query {
	return &gojq.Query{Term: &gojq.Term{Type: gojq.TermTypeQuery, Query: q}}
}

func pipe(l, r *gojq.Query) *gojq.Query {
	return group(&gojq.Query{Left: group(l), Op: gojq.OpPipe, Right: group(r)})
}

// bind is `value as $name | body`.
func bind(value *gojq.Query, name string, body *gojq.Query) *gojq.Query {
	return &gojq.Query{
		Left: group(value), Patterns: []*gojq.Pattern{{Name: name}}, Op: gojq.OpPipe, Right: body,
	}
}

// guardCall puts a check in front of a call of a builtin that does much in one go.
func guardCall(t *gojq.Term) {
	f := t.Func
	inner := &gojq.Query{Term: &gojq.Term{Type: gojq.TermTypeFunc, Func: f}}
	guarded := inner
	switch {
	case f.Name == "pick" && len(f.Args) == 1:
		guarded = pathsFirst(f.Args[0], inner)
	case f.Name == "setpath" && len(f.Args) == 2:
		f.Args[0] = pipe(f.Args[0], call("guard path"))
	case f.Name == "fromstream" && len(f.Args) == 1:
		f.Args[0] = pipe(f.Args[0], call("guard event"))
		return
	case f.Name == "getpath":
		return
	case wide[f.Name]:
		guarded = pipe(call("guard value"), inner)
		if len(f.Args) > 0 && (f.Name == "contains" || f.Name == "inside" || f.Name == "index" ||
			f.Name == "rindex" || f.Name == "indices" || f.Name == "join" || f.Name == "bsearch") {
			for i, a := range f.Args {
				f.Args[i] = pipe(a, call("guard value"))
			}
		}
		if f.Name == "add" && len(f.Args) == 1 {
			// add(f) gathers the outputs of f: the check belongs behind the gathering.
			guarded = pipe(&gojq.Query{Term: &gojq.Term{Type: gojq.TermTypeArray, Array: &gojq.Array{Query: f.Args[0]}}},
				pipe(call("guard value"), call("add")))
		}
	case textual[f.Name] > 0:
		guarded = pipe(call("guard string", number(textual[f.Name])), inner)
	}
	if guarded == inner {
		return
	}
	*t = gojq.Term{Type: gojq.TermTypeQuery, Query: guarded, SuffixList: t.SuffixList}
}

// guardFormat checks the input of @json and its kind; the pieces of @json "\(x)" are checked as strings are.
func guardFormat(t *gojq.Term) {
	if t.Str != nil {
		return
	}
	inner := *t
	inner.SuffixList = nil
	*t = gojq.Term{
		Type: gojq.TermTypeQuery, SuffixList: t.SuffixList,
		Query: pipe(call("guard value"), &gojq.Query{Term: &inner}),
	}
}

func guardOperator(q *gojq.Query) {
	switch q.Op {
	case gojq.OpAdd, gojq.OpSub, gojq.OpMul, gojq.OpDiv, gojq.OpMod,
		gojq.OpEq, gojq.OpNe, gojq.OpGt, gojq.OpLt, gojq.OpGe, gojq.OpLe:
		if plainOperands(q) {
			return
		}
		*q = *replaced(q, binary(q.Op, q.Left, q.Right))
	case gojq.OpUpdateAdd, gojq.OpUpdateSub, gojq.OpUpdateMul, gojq.OpUpdateDiv, gojq.OpUpdateMod:
		// l += r is: r as $x | l |= . + $x
		op := binary(arithmetic(q.Op), &gojq.Query{Term: &gojq.Term{Type: gojq.TermTypeIdentity}}, call(okVar))
		modify := pathsFirst(q.Left, &gojq.Query{Left: q.Left, Op: gojq.OpModify, Right: group(op)})
		*q = *replaced(q, bind(q.Right, okVar, modify))
	case gojq.OpAssign, gojq.OpModify, gojq.OpUpdateAlt:
		*q = *replaced(q, pathsFirst(q.Left, &gojq.Query{Left: q.Left, Op: q.Op, Right: q.Right}))
	case gojq.OpPipe, gojq.OpComma, gojq.OpAnd, gojq.OpOr, gojq.OpAlt:
	}
}

func replaced(old, with *gojq.Query) *gojq.Query {
	return &gojq.Query{FuncDefs: old.FuncDefs, Term: &gojq.Term{Type: gojq.TermTypeQuery, Query: with}}
}

func arithmetic(op gojq.Operator) gojq.Operator {
	return map[gojq.Operator]gojq.Operator{
		gojq.OpUpdateAdd: gojq.OpAdd, gojq.OpUpdateSub: gojq.OpSub, gojq.OpUpdateMul: gojq.OpMul,
		gojq.OpUpdateDiv: gojq.OpDiv, gojq.OpUpdateMod: gojq.OpMod,
	}[op]
}

// binary is: r as $r | l as $l | if check($l; $r) then $l op $r else empty end. The right side comes first, as in jq.
func binary(op gojq.Operator, l, r *gojq.Query) *gojq.Query {
	apply := &gojq.Query{Left: call(leftVar), Op: op, Right: call(rightVar)}
	checked := &gojq.Query{Term: &gojq.Term{Type: gojq.TermTypeIf, If: &gojq.If{
		Cond: call("guard operands", call(leftVar), call(rightVar), number(int(op))),
		Then: apply, Else: call("empty"),
	}}}
	// $guard right is bound outside of l, whose own guards bind the name again: only for themselves.
	return bind(r, rightVar, bind(l, leftVar, checked))
}

// pathsFirst visits the paths of an assignment before it is done.
func pathsFirst(paths, then *gojq.Query) *gojq.Query {
	null := &gojq.Query{Term: &gojq.Term{Type: gojq.TermTypeNull}}
	visit := &gojq.Query{Term: &gojq.Term{Type: gojq.TermTypeReduce, Reduce: &gojq.Reduce{
		Query:    call("path", paths),
		Patterns: []*gojq.Pattern{{Name: pathVar}},
		Start:    null,
		Update:   pipe(pipe(call(pathVar), call("guard path")), null),
	}}}
	return bind(visit, okVar+"s", then)
}

// plainOperands says that an operator cannot do much: both sides are literals, or one is and the
// operator is no multiplication.
func plainOperands(q *gojq.Query) bool {
	l, r := literal(q.Left), literal(q.Right)
	return l && r && q.Op != gojq.OpMul || (l || r) && q.Op != gojq.OpMul && q.Op != gojq.OpAdd
}

func literal(q *gojq.Query) bool {
	if q == nil || q.Term == nil || len(q.Term.SuffixList) > 0 {
		return false
	}
	switch q.Term.Type {
	case gojq.TermTypeNull, gojq.TermTypeTrue, gojq.TermTypeFalse:
		return true
	case gojq.TermTypeNumber:
		return len(q.Term.Number) < 1000
	case gojq.TermTypeString:
		return q.Term.Str.Queries == nil
	default:
		return false
	}
}

// compile makes code whose checks report to w.
func (q *Query) compile(w *watch) (*gojq.Code, error) {
	return gojq.Compile(q.parsed,
		gojq.WithVariables(q.variables),
		gojq.WithFunction("guard value", 0, 0, func(v any, _ []any) any { return w.value(v, MaxString) }),
		gojq.WithFunction("guard text", 1, 1, func(v any, args []any) any {
			return w.value(v, MaxString/max(1, args[0].(int)))
		}),
		gojq.WithFunction("guard string", 1, 1, func(v any, args []any) any { return w.text(v, args[0].(int)) }),
		gojq.WithFunction("guard path", 0, 0, func(v any, _ []any) any { return w.path(v) }),
		gojq.WithFunction("guard event", 0, 0, func(v any, _ []any) any { return w.event(v) }),
		gojq.WithFunction("guard some", 0, 0, func(v any, _ []any) any { return w.some(v) }),
		gojq.WithFunction("guard truth", 1, 1, func(v any, args []any) any { return w.truth(v, args[0].(string)) }),
		gojq.WithFunction("guard spoken", 0, 0, func(v any, _ []any) any { return w.spoken(v) }),
		gojq.WithFunction("guard order", 5, 5, func(_ any, args []any) any { return w.order(args) }),
		gojq.WithFunction("guard operands", 3, 3, func(_ any, args []any) any {
			if err := w.operands(gojq.Operator(args[2].(int)), args[0], args[1]); err != nil {
				return err
			}
			return true
		}),
	)
}

func (w *watch) value(v any, bytes int) any {
	s := scale{values: MaxValues, bytes: bytes}
	ok := s.add(v, 1000)
	w.charge(bytes - s.bytes + 16*(MaxValues-s.values))
	if !ok {
		return w.stop("a value is too large to be used as a whole: at most %d values, %d bytes, depth 1000", MaxValues, bytes)
	}
	return v
}

func (w *watch) text(v any, limit int) any {
	if s, ok := v.(string); ok && len(s) > limit {
		return w.stop("a string of %d bytes is too long here: at most %d", len(s), limit)
	}
	return w.value(v, MaxString)
}

func (w *watch) path(v any) any {
	list, _ := v.([]any)
	for _, e := range list {
		if i, ok := gojq.ToInt(e); ok && i > MaxIndex {
			return w.stop("array index %v is too large: at most %d", e, MaxIndex)
		}
	}
	return v
}

func (w *watch) event(v any) any {
	if list, ok := v.([]any); ok && len(list) > 0 {
		if err, bad := w.path(list[0]).(error); bad {
			return err
		}
	}
	return v
}

// operands checks what one operator is about to do.
func (w *watch) operands(op gojq.Operator, l, r any) error {
	if digits(l)+digits(r) > 20_000 {
		return w.stop("numbers of more than 20000 digits")
	}
	switch op {
	case gojq.OpMul:
		return w.multiply(l, r)
	case gojq.OpAdd:
		if size(l)+size(r) > MaxString {
			return w.stop("the result of + is too large")
		}
		w.charge(size(l) + size(r))
		return nil
	case gojq.OpSub:
		if size(l)/16*(size(r)/16) > 100_000_000 {
			return w.stop("the arrays of - are too large: %d and %d values", size(l)/16, size(r)/16)
		}
	case gojq.OpDiv:
		if size(l) > 4<<20 {
			return w.stop("the string to split has %d bytes: at most %d", size(l), 4<<20)
		}
	}
	for _, v := range []any{l, r} {
		if err, bad := w.value(v, 8*MaxString).(error); bad {
			return err
		}
	}
	return nil
}

func (w *watch) multiply(l, r any) error {
	if s, ok := r.(string); ok {
		l, r = s, l
	}
	if s, ok := l.(string); ok {
		if n, ok := gojq.ToFloat64(r); ok && n > 0 && float64(len(s))*n > MaxString {
			return w.stop("a string of %s bytes: at most %d", strconv.FormatFloat(float64(len(s))*n, 'g', 4, 64), MaxString)
		} else if ok && n > 0 {
			w.charge(int(float64(len(s)) * n))
		}
		return nil
	}
	for _, v := range []any{l, r} {
		if err, bad := w.value(v, 8*MaxString).(error); bad {
			return err
		}
	}
	return nil
}

// size is about how many bytes v takes, without what its parts take.
func size(v any) int {
	switch v := v.(type) {
	case string:
		return len(v)
	case []any:
		return 16 * len(v)
	case map[string]any:
		return 32 * len(v)
	}
	return 0
}

func digits(v any) int {
	switch v := v.(type) {
	case json.Number:
		return len(v)
	case *big.Int:
		return v.BitLen() / 3
	}
	return 0
}
