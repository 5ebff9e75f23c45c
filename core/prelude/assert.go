package prelude

import (
	"errors"
	"fmt"

	"assay.rs/core"
	"assay.rs/core/internal/literal"
)

var errAssert = core.NewCode("assert.failed", "An assertion does not hold.")

// assertModule is assert, which counts each of its calls for [Assertions].
func assertModule() core.Module {
	call := assertCall()
	return core.Module{
		Name: "assert",
		Doc: "Says what must be true, and raises an error with both values when it is not. " +
			"Tables are compared by content and without metamethods, numbers exactly, and an error equals its text.",
		Call:  &call,
		Funcs: append(comparisons(), append(states(), contents()...)...),
	}
}

func assertCall() core.Func {
	return core.FnRest(core.Doc{
		Name: "assert", Text: "Raises message when v is false or nil, as in Lua; else gives all its arguments back.",
		Needs: core.Pure, Level: core.Check, Raises: []*core.Code{errAssert},
		Examples: []string{`local answer = assert(6 * 7, "no answer")  assert.eq(answer, 42)`},
	},
		core.Arg("v", core.Any(), "What must be neither false nor nil."),
		core.Rest("message", core.Any(), "What to raise: text, or any other value. Further arguments are given back."),
		core.ReturnsAll("All the arguments."), assertTruthy)
}

func assertTruthy(c core.Call, v core.Value, rest []core.Value) ([]core.Value, error) {
	countOf(c, v)
	switch {
	case v.Truthy() && c.Level() == core.Check && notOK(v):
		core.Local[assertions](c).lost.Add(1)
		return nil, errAssert.With(errors.New("assertion failed: the table has ok = false"), "write assert(r.ok, r.error): any table is true")
	case v.Truthy():
		return append([]core.Value{v}, rest...), nil
	}
	core.Local[assertions](c).lost.Add(1)
	if len(rest) > 0 && !rest[0].IsNil() {
		return nil, core.Raise(rest[0])
	}
	e := errAssert.Errorf("assertion failed: %s is not true", c.Render(v))
	e.Bare = true
	return nil, e
}

// countOf is count, unless v is a response, which is there whatever its status: that it is says nothing.
func countOf(c core.Call, v any) {
	if value, ok := v.(core.Value); !ok || value.TypeName() != "http.Response" {
		count(c)
	}
}

// notOK tells whether v is a table that says itself that something is wrong.
func notOK(v core.Value) bool {
	t, isTable := v.Table()
	if !isTable {
		return false
	}
	ok := t.Get("ok")
	return ok.Kind() == core.KindBool && !ok.Bool()
}

// unary declares an assertion about one value; holds tells in words why it does not hold, or nothing.
func unary[A any](name, text, example string, a core.Param[A], holds func(core.Call, A) (string, error)) core.Func {
	return core.Fn2(assertDoc(name, text, example), a, message(), core.ReturnsNothing(),
		func(c core.Call, a A, msg string) (core.None, error) {
			countOf(c, a)
			why, err := holds(c, a)
			return core.None{}, failed(c, name, why, msg, err)
		})
}

// binary is unary for two values.
func binary[A, B any](name, text, example string, a core.Param[A], b core.Param[B], holds func(core.Call, A, B) (string, error)) core.Func {
	return core.Fn3(assertDoc(name, text, example), a, b, message(), core.ReturnsNothing(),
		func(c core.Call, a A, b B, msg string) (core.None, error) {
			countOf(c, a)
			why, err := holds(c, a, b)
			return core.None{}, failed(c, name, why, msg, err)
		})
}

func assertDoc(name, text, example string) core.Doc {
	return core.Doc{
		Name: name, Text: text, Needs: core.Pure, Level: core.Check,
		Raises: []*core.Code{errAssert}, Examples: []string{example},
	}
}

func message() core.Param[string] {
	return core.Opt("message", core.String(), "", "What the error says besides.")
}

func anyArg(name, text string) core.Param[core.Value] { return core.Arg(name, core.Any(), text) }

// failed is the error of an assertion: err when it could not be judged, else why it does not hold.
func failed(c core.Call, name, why, msg string, err error) error {
	if err != nil || why == "" {
		return err
	}
	if msg != "" {
		why += " - " + msg
	}
	e := errAssert.Errorf("assert.%s failed: %s", name, why)
	e.Bare = true
	core.Local[assertions](c).note(&FailedAssertion{Message: e.Message, Where: c.Where(), raised: e})
	return e
}

// states are the assertions about one value.
func states() []core.Func {
	v := anyArg("v", "The value.")
	return []core.Func{
		unary("not_nil", "Raises when v is nil.", `assert.not_nil(os)`, v,
			func(_ core.Call, v core.Value) (string, error) {
				return unless(!v.IsNil(), "the value is nil")
			}),
		unary("is_nil", "Raises when v is not nil.", `assert.is_nil(({}).missing)`, v,
			func(c core.Call, v core.Value) (string, error) {
				return unless(v.IsNil(), "%s is not nil", shown{c, v})
			}),
		unary("is_true", "Raises when v is not the boolean true.", `assert.is_true(1 < 2)`, v,
			func(c core.Call, v core.Value) (string, error) {
				return unless(v.Bool(), "%s is not true", shown{c, v})
			}),
		unary("is_false", "Raises when v is not the boolean false.", `assert.is_false(2 < 1)`, v,
			func(c core.Call, v core.Value) (string, error) {
				return unless(v.Kind() == core.KindBool && !v.Bool(), "%s is not false", shown{c, v})
			}),
		binary("type", "Raises when v is of another type.", `assert.type({}, "table")`, v,
			core.Arg("name", core.String(), `What type(v) gives, "integer", or the name of a class such as "http.Response".`), isType),
		raisesFunc(),
	}
}

// unless is nothing when ok, else the words for why not.
func unless(ok bool, format string, args ...any) (string, error) {
	if ok {
		return "", nil
	}
	return fmt.Sprintf(format, args...), nil
}

// shown is a value that is rendered only when somebody is to read it.
type shown struct {
	call  core.Call
	value core.Value
}

func (s shown) String() string { return s.call.Render(s.value) }

func isType(c core.Call, v core.Value, name string) (string, error) {
	_, whole := v.Integer()
	ok := name == v.TypeName() || name == luaType(v) || name == "integer" && whole
	return unless(ok, "%s is a %s, not a %s", shown{c, v}, v.TypeName(), name)
}

// luaType is what type(v) gives.
func luaType(v core.Value) string {
	switch v.Kind() {
	case core.KindInt64, core.KindNull, core.KindError, core.KindObject:
		return "userdata"
	default:
		return v.TypeName()
	}
}

func raisesFunc() core.Func {
	return core.Fn3(assertDoc("raises", "Raises when fn does not, or when the text of its error does not match. Gives the error.",
		`local e = assert.raises(function() error("no route to host") end, "no route")  assert.contains(e, "host")`),
		core.Arg("fn", core.CallbackType(nil), "Called without arguments."),
		core.Opt("pattern", core.String(), "", "A Lua pattern that the error's text must match somewhere."),
		message(),
		core.Returns(core.Any(), "What fn raised."), raises)
}

func raises(c core.Call, fn core.Callback, pattern, msg string) (core.Value, error) {
	count(c)
	_, err := fn.Call(c)
	if err == nil {
		return core.Nil(), failed(c, "raises", "the function did not raise", msg, nil)
	}
	raised := core.TextValue(err.Error())
	if script, ok := err.(*core.ScriptError); ok { //nolint:errorlint // Call gives it bare
		raised = script.Value()
	}
	if pattern == "" {
		core.Local[assertions](c).answer(err)
		return raised, nil
	}
	matched, bad := c.Match(err.Error(), pattern)
	if bad != nil {
		return raised, bad
	}
	if matched {
		core.Local[assertions](c).answer(err)
		return raised, nil
	}
	why := fmt.Sprintf("the error %s does not match %s", literal.Quote(err.Error()), literal.Quote(pattern))
	return core.Nil(), failed(c, "raises", why, msg, nil)
}
