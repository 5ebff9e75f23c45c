package core

import (
	"errors"
	"io"

	lua "github.com/yuin/gopher-lua"

	"assay.rs/core/compile"
	"assay.rs/core/spec"
)

// Doc says what a builtin is; the types of its parameters and results say the rest.
type Doc struct {
	Name     string
	Text     string  // a sentence or more, in Markdown
	Needs    Needs   // what it touches; required
	Level    Level   // the lowest level it exists at; required
	Raises   []*Code // the codes that its errors may carry
	Examples []string
	Unbound  bool // a method that may be called with a dot: handle.await()
}

// Func is a declared builtin or method.
type Func struct {
	doc  Doc
	spec spec.Func
	refs []ref
	bind func(b *builtin) lua.LGFunction
}

// Param is a declared parameter.
type Param[T any] struct {
	*parameter
	from func(t *thread, v lua.LValue, def T) (T, error)
	def  T
}

// parameter is what a Param is whatever its type.
type parameter struct {
	spec     spec.Param
	refs     []ref
	optional bool
}

func newParameter(name string, of *shape, text string) *parameter {
	return &parameter{
		spec: spec.Param{Name: name, Type: of.spec, Text: text, Optional: of.spec.Nullable},
		refs: of.refs, optional: of.spec.Nullable || of.spec.Name == "any",
	}
}

// Arg is a required parameter.
//
//go:noinline
func Arg[T any](name string, of Type[T], text string) Param[T] {
	return Param[T]{parameter: newParameter(name, of.shape, text), from: of.from}
}

// Opt is a parameter that may be left out; def is what the body sees then.
//
//go:noinline
func Opt[T any](name string, of Type[T], def T, text string) Param[T] {
	p := Arg(name, of, text)
	p.def, p.optional, p.spec.Optional = def, true, true
	return p
}

// Default documents the value, as Lua source, that stands for a parameter left out.
//
//go:noinline
func (p Param[T]) Default(source string) Param[T] {
	own := *p.parameter
	own.spec.Default, p.parameter = source, &own
	return p
}

// Rest stands for any number of further arguments.
//
//go:noinline
func Rest[T any](name string, of Type[T], text string) Param[T] {
	p := Arg(name, of, text)
	p.spec.Rest = true
	return p
}

// None fills the place of a parameter that a builtin does not have.
type None struct{}

// NoArg is for [FnRest] without a parameter in front of the rest.
func NoArg() Param[None] { return Param[None]{} }

// Result is what a builtin gives back.
type Result[T any] struct {
	*returned
	push func(t *thread, L *lua.LState, v T) int
}

// returned is what a Result is whatever its type.
type returned struct {
	specs []spec.Return
	refs  []ref
}

func (r *returned) add(of *shape, text string) *returned {
	r.specs, r.refs = append(r.specs, spec.Return{Type: of.spec, Text: text}), append(r.refs, of.refs...)
	return r
}

// Returns is one result.
//
//go:noinline
func Returns[T any](of Type[T], text string) Result[T] {
	return Result[T]{
		returned: new(returned).add(of.shape, text),
		push: func(t *thread, L *lua.LState, v T) int {
			L.Push(of.to(t, v))
			return 1
		},
	}
}

// ReturnsNothing is no result.
func ReturnsNothing() Result[None] {
	return Result[None]{returned: &returned{}, push: func(*thread, *lua.LState, None) int { return 0 }}
}

// Two are two results.
type Two[A, B any] struct {
	A A
	B B
}

// Returns2 is two results.
//
//go:noinline
func Returns2[A, B any](a Type[A], textA string, b Type[B], textB string) Result[Two[A, B]] {
	return Result[Two[A, B]]{
		returned: new(returned).add(a.shape, textA).add(b.shape, textB),
		push: func(t *thread, L *lua.LState, v Two[A, B]) int {
			L.Push(a.to(t, v.A))
			L.Push(b.to(t, v.B))
			return 2
		},
	}
}

// ReturnsAll is any number of results, none too.
func ReturnsAll(text string) Result[[]Value] {
	return Result[[]Value]{
		returned: &returned{specs: []spec.Return{{Type: scalar("any"), Text: text, Rest: true}}},
		push: func(_ *thread, L *lua.LState, values []Value) int {
			compile.Room(L, len(values))
			for _, v := range values {
				L.Push(v.lua())
			}
			return len(values)
		},
	}
}

// take converts argument i, or raises.
//
//go:noinline
func take[T any](t *thread, L *lua.LState, b *builtin, p *Param[T], i int) T {
	v := L.Get(i)
	if v == lua.LNil && p.optional {
		return p.def
	}
	got, err := p.from(t, v, p.def)
	if err != nil {
		t.land()
		t.raise(b, b.argumentError(i, p.spec.Name, err))
	}
	return got
}

// give raises err, or pushes v.
//
//go:noinline
func give[R any](t *thread, L *lua.LState, b *builtin, r *Result[R], v R, err error) int {
	if err != nil {
		t.raise(b, err)
	}
	return r.push(t, L, v)
}

func declare(d Doc, r *returned, bind func(b *builtin) lua.LGFunction, params ...*parameter) Func {
	f := Func{doc: d, bind: bind}
	f.spec = spec.Func{
		Name: d.Name, Text: d.Text, Level: d.Level.String(), Needs: d.Needs.Names(),
		Returns: r.specs, Examples: d.Examples, Unbound: d.Unbound,
	}
	for _, p := range params {
		f.spec.Params, f.refs = append(f.spec.Params, p.spec), append(f.refs, p.refs...)
	}
	f.refs = append(f.refs, r.refs...)
	for _, code := range d.Raises {
		f.spec.Raises = append(f.spec.Raises, code.name)
	}
	return f
}

func allRefs(lists ...[]ref) []ref {
	var all []ref
	for _, list := range lists {
		all = append(all, list...)
	}
	return all
}

// Fn0 declares a builtin without parameters.
//
//go:noinline
func Fn0[R any](d Doc, r Result[R], body func(Call) (R, error)) Func {
	return declare(d, r.returned, func(b *builtin) lua.LGFunction {
		return func(L *lua.LState) int {
			t := currentThread(L)
			v, err := run0(Call{t, b}, body)
			return give(t, L, b, &r, v, err)
		}
	})
}

//go:noinline
func run0[R any](c Call, body func(Call) (R, error)) (v R, err error) {
	defer c.settle(&err)
	c.leave()
	return body(c)
}

// Fn1 declares a builtin with one parameter.
//
//go:noinline
func Fn1[A, R any](d Doc, p1 Param[A], r Result[R], body func(Call, A) (R, error)) Func {
	return declare(d, r.returned, func(b *builtin) lua.LGFunction {
		return func(L *lua.LState) int {
			t := currentThread(L)
			v1 := take(t, L, b, &p1, 1)
			v, err := run1(Call{t, b}, body, v1)
			return give(t, L, b, &r, v, err)
		}
	}, p1.parameter)
}

//go:noinline
func run1[A, R any](c Call, body func(Call, A) (R, error), v1 A) (v R, err error) {
	defer c.settle(&err)
	c.leave()
	return body(c, v1)
}

// Fn2 declares a builtin with two parameters.
//
//go:noinline
func Fn2[A, B, R any](d Doc, p1 Param[A], p2 Param[B], r Result[R], body func(Call, A, B) (R, error)) Func {
	return declare(d, r.returned, func(b *builtin) lua.LGFunction {
		return func(L *lua.LState) int {
			t := currentThread(L)
			v1 := take(t, L, b, &p1, 1)
			v2 := take(t, L, b, &p2, 2)
			v, err := run2(Call{t, b}, body, v1, v2)
			return give(t, L, b, &r, v, err)
		}
	}, p1.parameter, p2.parameter)
}

//go:noinline
func run2[A, B, R any](c Call, body func(Call, A, B) (R, error), v1 A, v2 B) (v R, err error) {
	defer c.settle(&err)
	c.leave()
	return body(c, v1, v2)
}

// Fn3 declares a builtin with three parameters.
//
//go:noinline
func Fn3[A, B, C, R any](d Doc, p1 Param[A], p2 Param[B], p3 Param[C], r Result[R], body func(Call, A, B, C) (R, error)) Func {
	return declare(d, r.returned, func(b *builtin) lua.LGFunction {
		return func(L *lua.LState) int {
			t := currentThread(L)
			v1 := take(t, L, b, &p1, 1)
			v2 := take(t, L, b, &p2, 2)
			v3 := take(t, L, b, &p3, 3)
			v, err := run3(Call{t, b}, body, v1, v2, v3)
			return give(t, L, b, &r, v, err)
		}
	}, p1.parameter, p2.parameter, p3.parameter)
}

//go:noinline
func run3[A, B, C, R any](c Call, body func(Call, A, B, C) (R, error), v1 A, v2 B, v3 C) (v R, err error) {
	defer c.settle(&err)
	c.leave()
	return body(c, v1, v2, v3)
}

// Fn4 declares a builtin with four parameters.
//
//go:noinline
func Fn4[A, B, C, D, R any](d Doc, p1 Param[A], p2 Param[B], p3 Param[C], p4 Param[D], r Result[R], body func(Call, A, B, C, D) (R, error)) Func {
	return declare(d, r.returned, func(b *builtin) lua.LGFunction {
		return func(L *lua.LState) int {
			t := currentThread(L)
			v1 := take(t, L, b, &p1, 1)
			v2 := take(t, L, b, &p2, 2)
			v3 := take(t, L, b, &p3, 3)
			v4 := take(t, L, b, &p4, 4)
			v, err := run4(Call{t, b}, body, v1, v2, v3, v4)
			return give(t, L, b, &r, v, err)
		}
	}, p1.parameter, p2.parameter, p3.parameter, p4.parameter)
}

//go:noinline
func run4[A, B, C, D, R any](c Call, body func(Call, A, B, C, D) (R, error), v1 A, v2 B, v3 C, v4 D) (v R, err error) {
	defer c.settle(&err)
	c.leave()
	return body(c, v1, v2, v3, v4)
}

// FnRest declares a builtin that takes any number of arguments after p1; see [NoArg].
//
//go:noinline
func FnRest[A, E, R any](d Doc, p1 Param[A], rest Param[E], r Result[R], body func(Call, A, []E) (R, error)) Func {
	first, params := 2, []*parameter{p1.parameter, rest.parameter}
	if p1.from == nil {
		first, params = 1, params[1:]
	}
	return declare(d, r.returned, func(b *builtin) lua.LGFunction {
		return func(L *lua.LState) int {
			t := currentThread(L)
			var v1 A
			if first == 2 {
				v1 = take(t, L, b, &p1, 1)
			}
			v, err := run2(Call{t, b}, body, v1, takeRest(t, L, b, &rest, first))
			return give(t, L, b, &r, v, err)
		}
	}, params...)
}

// Iter declares a builtin for a for loop: body gives the function that makes each item, which ends the
// loop with io.EOF. Both run as any body does.
//
//go:noinline
func Iter[A, E any](d Doc, p1 Param[A], yields Type[E], text string, body func(Call, A) (func(Call) (E, error), error)) Func {
	item := Returns(yields, text)
	f := declare(d, item.returned, func(b *builtin) lua.LGFunction {
		return func(L *lua.LState) int {
			t := currentThread(L)
			v1 := take(t, L, b, &p1, 1)
			next, err := run1(Call{t, b}, body, v1)
			return iterate(t, L, b, &item, next, err)
		}
	}, p1.parameter)
	f.spec.Iterator = true
	return f
}

// IterRest is Iter for a builtin that takes any number of arguments after p1, and gives any number of values in each
// step.
//
//go:noinline
func IterRest[A, E any](d Doc, p1 Param[A], rest Param[E], text string, body func(Call, A, []E) (func(Call) ([]Value, error), error)) Func {
	item := ReturnsAll(text)
	f := declare(d, item.returned, func(b *builtin) lua.LGFunction {
		return func(L *lua.LState) int {
			t := currentThread(L)
			v1 := take(t, L, b, &p1, 1)
			next, err := run2(Call{t, b}, body, v1, takeRest(t, L, b, &rest, 2))
			return iterate(t, L, b, &item, next, err)
		}
	}, p1.parameter, rest.parameter)
	f.spec.Iterator = true
	return f
}

// iterate gives the function that makes each item, or raises.
func iterate[E any](t *thread, L *lua.LState, b *builtin, item *Result[E], next func(Call) (E, error), err error) int {
	if err != nil {
		t.raise(b, err)
	}
	// The upvalue is what the iterator holds, for [walk].
	L.Push(L.NewClosure(func(L *lua.LState) int {
		t := currentThread(L)
		v, err := run0(Call{t, b}, next)
		if errors.Is(err, io.EOF) {
			L.Push(lua.LNil)
			return 1
		}
		return give(t, L, b, item, v, err)
	}, L.Get(1)))
	return 1
}

// takeRest converts the arguments from first on, or raises.
func takeRest[E any](t *thread, L *lua.LState, b *builtin, rest *Param[E], first int) []E {
	var more []E
	if n := L.GetTop() - first + 1; n > 0 {
		more = make([]E, 0, n)
	}
	for i := first; i <= L.GetTop(); i++ {
		more = append(more, take(t, L, b, rest, i))
	}
	return more
}
