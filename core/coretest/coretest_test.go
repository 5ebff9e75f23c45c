package coretest_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"assay.rs/core"
	"assay.rs/core/coretest"
	"assay.rs/core/spec"
)

// recorder is a testing.TB that keeps failures instead of failing.
type recorder struct {
	testing.TB
	failures []string
}

func (r *recorder) Helper()         {}
func (r *recorder) Log(args ...any) {}

func (r *recorder) Errorf(format string, args ...any) {
	r.failures = append(r.failures, fmt.Sprintf(format, args...))
}

type fatal struct{}

func (r *recorder) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	panic(fatal{})
}

// failuresOf runs the kit and gives what it complained about.
func failuresOf(t *testing.T, run func(t testing.TB)) (failures []string) {
	r := &recorder{TB: t}
	defer func() {
		failures = r.failures
		if value := recover(); value != nil {
			if _, ok := value.(fatal); !ok {
				panic(value)
			}
		}
	}()
	run(r)
	return nil
}

func wantFailure(t *testing.T, failures []string, want string) {
	t.Helper()
	if want == "" {
		if len(failures) > 0 {
			t.Errorf("failures = %q, want none", failures)
		}
		return
	}
	if len(failures) != 1 || !strings.Contains(failures[0], want) {
		t.Errorf("failures = %q, want one with %q", failures, want)
	}
}

var errNegative = core.NewCode("shapes.negative", "A length is negative.")

// texts are those of the module below that a test takes away.
type texts struct {
	module, function, parameter, result, record, key, class, property, method, code, constant, example string
	raises                                                                                             []*core.Code
}

func complete() texts {
	return texts{
		module: "Shapes.", function: "Gives the area.", parameter: "How wide.", result: "The area.", record: "Options.", key: "The unit.",
		class: "A square.", property: "Its side.", method: "Gives the area.", code: "A length is negative.", constant: "Pi.",
		example: `assert.eq(shapes.area(2, {height = 3}), 6)`,
		raises:  []*core.Code{errNegative},
	}
}

type options struct{ height float64 }

func shapes(has texts) core.Module {
	squares := core.NewObject[float64]("shapes.Square", has.class)
	core.Prop(squares, "side", core.Number(), func(side float64) float64 { return side }, has.property)
	squares.Method(core.Fn1(core.Doc{
		Name: "area", Text: has.method, Needs: core.Pure, Level: core.Check, Examples: []string{`assert.eq(shapes.square(2):area(), 4)`},
	}, squares.Self(), core.Returns(core.Number(), "The area."),
		func(_ core.Call, side float64) (float64, error) { return side * side, nil }))
	height := core.Record("shapes.Options", has.record,
		core.NewKey("height", core.Number(), func(o *options) *float64 { return &o.height }, has.key))
	area := core.Fn2(core.Doc{
		Name: "area", Text: has.function, Needs: core.Pure, Level: core.Check, Raises: has.raises, Examples: examples(has.example),
	}, core.Arg("width", core.Number(), has.parameter), core.Opt("options", height, options{1}, "How high."),
		core.Returns(core.Number(), has.result),
		func(_ core.Call, width float64, o options) (float64, error) {
			if width < 0 {
				return 0, errNegative.Errorf("width must not be negative")
			}
			return width * o.height, nil
		})
	square := core.Fn1(core.Doc{
		Name: "square", Text: "Makes a square.", Needs: core.Pure, Level: core.Check, Examples: []string{`assert.eq(shapes.square(2).side, 2)`},
	}, core.Arg("side", core.Number(), "Its side."), core.Returns(squares.Type(), "It."),
		func(_ core.Call, side float64) (float64, error) { return side, nil })
	return core.Module{
		Name: "shapes", Doc: has.module, Funcs: []core.Func{area, square},
		Consts: []core.Const{core.NewConst("pi", core.Number(), 3.14, has.constant)},
	}
}

func examples(example string) []string {
	if example == "" {
		return nil
	}
	return []string{example}
}

func TestExamplesOfCompleteModule(t *testing.T) {
	coretest.Examples(t, []core.Module{shapes(complete())}, nil)
}

func TestIncompleteDeclarationFails(t *testing.T) {
	for _, tt := range []struct {
		name, want string
		remove     func(has *texts)
	}{
		{"doc of the module", "shapes has no doc text", func(has *texts) { has.module = "" }},
		{"parameter", "shapes.area: parameter 'width' has no text", func(has *texts) { has.parameter = "" }},
		{"result", "shapes.area: result 1 has no text", func(has *texts) { has.result = "" }},
		{"record", "shapes.Options: the record has no text", func(has *texts) { has.record = "" }},
		{"key", "shapes.Options: 'height' has no text", func(has *texts) { has.key = "" }},
		{"class", "shapes.Square: the class has no text", func(has *texts) { has.class = "" }},
		{"property", "shapes.Square: 'side' has no text", func(has *texts) { has.property = "" }},
		{"constant", "shapes.pi has no text", func(has *texts) { has.constant = "" }},
		{"code", "the code shapes.mute has no text", func(has *texts) {
			has.raises = append(has.raises, core.NewCode("shapes.mute", ""))
		}},
		{"example", "shapes.area has no example", func(has *texts) { has.example = "" }},
		{"example that fails", "assert.eq failed: 2 != 6", func(has *texts) { has.example = `assert.eq(shapes.area(2), 6)` }},
		{"example of something else", "does not show shapes.area", func(has *texts) { has.example = `assert(true)` }},
		{"example with wrong output", `output line 1 = "2", want = "3"`, func(has *texts) { has.example = "print(shapes.area(2)) --> =3" }},
		{"example with a syntax error", "shapes.area example 1:1:13:", func(has *texts) { has.example = `shapes.area(]` }},
		{"undeclared code", "shapes.area example 1:1: shapes.area raised the code shapes.negative, which it does not declare", func(has *texts) {
			has.raises, has.example = nil, `assert(not pcall(shapes.area, -1))`
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			has := complete()
			tt.remove(&has)
			failures := failuresOf(t, func(t testing.TB) {
				coretest.Examples(t, []core.Module{shapes(has)}, nil)
			})
			wantFailure(t, failures, tt.want)
		})
	}
}

// A runtime refuses a builtin without a text, so its examples do not run either.
func TestDocTextOfFunctionIsRequired(t *testing.T) {
	for _, tt := range []struct {
		name, want string
		remove     func(has *texts)
	}{
		{"function", "shapes.area has no text", func(has *texts) { has.function = "" }},
		{"method", "shapes.Square:area has no text", func(has *texts) { has.method = "" }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			has := complete()
			tt.remove(&has)
			failures := failuresOf(t, func(t testing.TB) { coretest.Declared(t, shapes(has)) })
			wantFailure(t, failures, tt.want)
		})
	}
}

func TestCallbackParametersNeedText(t *testing.T) {
	params := []spec.Param{{Name: "shape", Type: spec.Type{Kind: spec.Scalar, Name: "any"}}}
	module := core.Module{Name: "shapes", Doc: "Shapes.", Funcs: []core.Func{core.Fn1(core.Doc{
		Name: "each", Text: "Calls fn.", Needs: core.Pure, Level: core.Check, Examples: []string{`shapes.each(print)`},
	}, core.Arg("fn", core.CallbackType(params), "Called."), core.ReturnsNothing(),
		func(core.Call, core.Callback) (core.None, error) { return core.None{}, nil })}}
	failures := failuresOf(t, func(t testing.TB) { coretest.Declared(t, module) })
	wantFailure(t, failures, "shapes.each: parameter 'fn': parameter 'shape' has no text")
}

func TestScripts(t *testing.T) {
	coretest.Run(t, "testdata", shapes(complete()))
}

func TestScriptThatDoesNotDoWhatItSays(t *testing.T) {
	for _, tt := range []struct{ name, source, want string }{
		{"wrong line", "\nprint(1)\n--> =2", `s.lua:3: output line 1 = "1", want = "2"`},
		{"wrong pattern", "print('abc') --> ~^b", `s.lua:1: output line 1 = "abc", want ~ "^b"`},
		{"missing line", "print(1) --> =1\n--> =2", `s.lua:2: no output line 2, want "2"`},
		{"line too many", "print(1) --> =1\nprint(2)", `s.lua: output line 2 = "2", want no more than 1`},
		{"unexpected error", "print(1) --> =1\nerror('boom')", "s.lua: s.lua:2: boom"},
		{"position of an assertion", "\n\nassert.eq(1, 2)", "s.lua: s.lua:3: assert.eq failed: 1 != 2"},
		{"missing error", "print(1) --> =1\n--> !boom", `s.lua:2: the script ended without an error, want one with "boom"`},
		{"other error", "error('bang') --> !boom", `s.lua:1: error = "s.lua:1: bang", want one with "boom"`},
		{"bad marker", "print(1) --> 1", `s.lua:1: expectation "1" does not begin with =, ~ or !`},
		{"bad regexp", "print(1) --> ~(", "s.lua:1: error parsing regexp"},
		{"expectation after the end", "error('a') --> !a\nprint(1) --> =1", "s.lua:2: an expectation after the error"},
		{"nothing to fail", "local x = 1", "s.lua: expects nothing and asserts nothing"},
		{"syntax", "print(]", "s.lua:1:7:"},
		{"exit status", "print(1) --> =1\nos.exit(3)", "s.lua: exit status 3"},
		{"good exit", "print(1) --> =1\nos.exit(0)", ""},
		{"good", "print(1, 2) --> =1 2\nprint('') --> =\nerror('boom') --> !boom", ""},
		{"good assertion", "assert(true)", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			failures := failuresOf(t, func(t testing.TB) { coretest.Kit{}.Script(t, "s.lua", tt.source) })
			wantFailure(t, failures, tt.want)
		})
	}
}

func TestFolderWithoutScriptsFails(t *testing.T) {
	dir := t.TempDir()
	wantFailure(t, failuresOf(t, func(t testing.TB) { coretest.Run(t, dir) }), "no *.lua in "+dir)
}

func TestFileNamesArePositions(t *testing.T) {
	file := filepath.Join(t.TempDir(), "wrong.lua")
	if err := os.WriteFile(file, []byte("\nprint(1) --> =2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	failures := failuresOf(t, func(t testing.TB) { coretest.Run(t, filepath.Dir(file)) })
	wantFailure(t, failures, file+":2: output line 1")
}

func TestKit(t *testing.T) {
	kit := coretest.Kit{
		Globals: map[string]any{"URL": "http://127.0.0.1"},
		Env:     map[string]string{"STAGE": "test"},
		Policy:  core.CheckPolicy(),
	}
	got := kit.Exec(t, "kit.lua", `print(URL, env.get("STAGE"), env.get("HOME"), env.list) assert(true) assert.fail = 1`)
	if want := "http://127.0.0.1\ttest\tnil\tnil\n"; got.Stdout != want || got.Err != nil || got.Assertions != 1 {
		t.Errorf("Exec = %+v, want Stdout %q and one assertion", got, want)
	}
}

func TestPreludeGivesWay(t *testing.T) {
	own := core.Module{Doc: "Prints.", Funcs: []core.Func{core.Fn0(core.Doc{
		Name: "print", Text: "Fails.", Needs: core.Pure, Level: core.Check, Examples: []string{"print()"},
	}, core.ReturnsNothing(), func(core.Call) (core.None, error) { return core.None{}, errors.New("own print") })}}
	got := coretest.Kit{Modules: []core.Module{own}}.Exec(t, "own.lua", "print()")
	if got.Err == nil || got.Err.Error() != "print: own print" {
		t.Errorf("Exec of a print of its own: error = %v", got.Err)
	}
}
