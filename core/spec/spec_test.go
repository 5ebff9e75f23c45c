package spec_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"assay.rs/core/spec"
	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// renderers are the golden files of testdata and what writes them.
func renderers() map[string]func([]spec.Module) (string, error) {
	each := func(render func(*bytes.Buffer, spec.Module) error) func([]spec.Module) (string, error) {
		return func(modules []spec.Module) (string, error) {
			var b bytes.Buffer
			for _, m := range modules {
				if err := render(&b, m); err != nil {
					return "", err
				}
			}
			return b.String(), nil
		}
	}
	return map[string]func([]spec.Module) (string, error){
		"sample.json": func(modules []spec.Module) (string, error) {
			var b bytes.Buffer
			err := spec.JSON(&b, modules)
			return b.String(), err
		},
		"sample.md": each(func(b *bytes.Buffer, m spec.Module) error {
			return spec.Markdown(b, m, spec.Module{Name: "retry", Records: []spec.Record{{Name: "retry.Options"}}})
		}),
		"sample.lua": each(func(b *bytes.Buffer, m spec.Module) error { return spec.LuaLS(b, m) }),
		"sample.txt": func(modules []spec.Module) (string, error) { return terminal(modules, 80, false) },
	}
}

// terminal is the help of everything in modules.
func terminal(modules []spec.Module, width int, colour bool) (string, error) {
	var b bytes.Buffer
	for _, e := range spec.Entries(modules) {
		fmt.Fprintf(&b, "$ assay doc %s\n", e.Name)
		if err := spec.Terminal(&b, e, width, colour); err != nil {
			return "", err
		}
		b.WriteString("\n")
	}
	return b.String(), nil
}

func TestGolden(t *testing.T) {
	for file, render := range renderers() {
		t.Run(file, func(t *testing.T) {
			got, err := render(sample())
			if err != nil {
				t.Fatal(err)
			}
			compareGolden(t, file, got)
		})
	}
	t.Run("narrow.txt", func(t *testing.T) {
		got, err := terminal(sample()[:1], 50, false)
		if err != nil {
			t.Fatal(err)
		}
		compareGolden(t, "narrow.txt", got)
	})
}

func compareGolden(t *testing.T, file, got string) {
	t.Helper()
	path := filepath.Join("testdata", file)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got), -update accepts it:\n%s", path, diff)
	}
}

// Whatever a module says must reach every reader: a change of any value changes every rendering.
func TestEveryFieldIsRendered(t *testing.T) {
	for file, render := range renderers() {
		t.Run(file, func(t *testing.T) {
			before, err := render(sample())
			if err != nil {
				t.Fatal(err)
			}
			modules := sample()
			eachLeaf(reflect.ValueOf(&modules).Elem(), "", func(path string, leaf reflect.Value) {
				if notShown(file, path) {
					return
				}
				old := reflect.New(leaf.Type()).Elem()
				old.Set(leaf)
				change(leaf)
				after, err := render(modules)
				leaf.Set(old)
				if err != nil {
					t.Fatalf("%s changed: %v", path, err)
				}
				if after == before {
					t.Errorf("%s is not rendered", path)
				}
			})
		})
	}
}

// notShown are the values that have no meaning to a reader.
func notShown(file, path string) bool {
	if file == "sample.json" {
		return false
	}
	// A table that is called has its own name, and further arguments of a callback are "...".
	return strings.HasSuffix(path, ".Call.Name") || strings.HasSuffix(path, ".Type.Params[2].Name")
}

// eachLeaf calls visit for every string and bool of v that is set.
func eachLeaf(v reflect.Value, path string, visit func(path string, leaf reflect.Value)) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			eachLeaf(v.Elem(), path, visit)
		}
	case reflect.Slice:
		for i := range v.Len() {
			eachLeaf(v.Index(i), fmt.Sprintf("%s[%d]", path, i), visit)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			eachLeaf(v.Field(i), path+"."+v.Type().Field(i).Name, visit)
		}
	default:
		if !v.IsZero() {
			visit(path, v)
		}
	}
}

func change(leaf reflect.Value) {
	switch {
	case leaf.Kind() == reflect.Bool:
		leaf.SetBool(false)
	case leaf.Type() != reflect.TypeFor[spec.Kind]():
		leaf.SetString("changed")
	case leaf.String() == string(spec.Enum):
		leaf.SetString(string(spec.Union))
	default:
		leaf.SetString(string(spec.Enum))
	}
}

// The sample must have every field and every kind, or the tests above miss some.
func TestSampleIsComplete(t *testing.T) {
	seen := map[string]bool{}
	kinds := map[string]bool{}
	var walk func(v reflect.Value)
	walk = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.Pointer:
			if !v.IsNil() {
				walk(v.Elem())
			}
		case reflect.Slice:
			for i := range v.Len() {
				walk(v.Index(i))
			}
		case reflect.Struct:
			for i := range v.NumField() {
				name := v.Type().Name() + "." + v.Type().Field(i).Name
				seen[name] = seen[name] || !v.Field(i).IsZero()
				walk(v.Field(i))
			}
		case reflect.String:
			if v.Type() == reflect.TypeFor[spec.Kind]() {
				kinds[v.String()] = true
			}
		}
	}
	walk(reflect.ValueOf(sample()))
	for name, used := range seen {
		if !used {
			t.Errorf("the sample has no %s", name)
		}
	}
	for _, kind := range []spec.Kind{spec.Scalar, spec.List, spec.Map, spec.Enum, spec.Union, spec.Ref, spec.Callback} {
		if !kinds[string(kind)] {
			t.Errorf("the sample has no type of kind %s", kind)
		}
	}
}

func TestTypeString(t *testing.T) {
	text, number := named("string"), named("number")
	choice := spec.Type{Kind: spec.Enum, Values: []string{"a", "b"}}
	fn := spec.Type{Kind: spec.Callback, Params: []spec.Param{{Name: "e", Type: text, Optional: true}}, Returns: []spec.Return{{Type: number}}}
	for _, tc := range []struct {
		typ  spec.Type
		want string
	}{
		{text, "string"},
		{nullable(text), "string|nil"},
		{spec.Type{Kind: spec.List, Elem: &text}, "string[]"},
		{spec.Type{Kind: spec.List, Elem: &choice}, `("a"|"b")[]`},
		{spec.Type{Kind: spec.Map, Elem: &number}, "table<string, number>"},
		{spec.Type{Kind: spec.Union, Of: []spec.Type{text, fn}}, "string|(fun(e?: string): number)"},
		{refTo("http.Response"), "http.Response"},
		{fn, "fun(e?: string): number"},
		{nullable(fn), "(fun(e?: string): number)|nil"},
	} {
		if got := tc.typ.String(); got != tc.want {
			t.Errorf("String() = %s, want %s", got, tc.want)
		}
	}
}

func TestReadGivesWhatJSONWrote(t *testing.T) {
	var b bytes.Buffer
	if err := spec.JSON(&b, sample()); err != nil {
		t.Fatal(err)
	}
	got, err := spec.Read(&b)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(sample(), got); diff != "" {
		t.Errorf("modules (-want +got):\n%s", diff)
	}
}

func TestReadRefuses(t *testing.T) {
	for _, tc := range []struct{ name, text, want string }{
		{"another version", `{"version": 2, "modules": []}`, "read catalog: version 2 is not known, this program reads version 1"},
		{"no version", `{}`, "read catalog: version 0 is not known, this program reads version 1"},
		{"half a file", `{"version": 1,`, "read catalog: unexpected EOF"},
		{
			"a list of nothing", `{"version": 1, "modules": [{"name": "x", "consts": [{"type": {"kind": "list"}}]}]}`,
			`read catalog: module "x": a list without elem`,
		},
		{
			"another kind", `{"version": 1, "modules": [{"name": "x", "consts": [{"type": {"kind": "set"}}]}]}`,
			`read catalog: module "x": kind "set" is not known`,
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := spec.Read(strings.NewReader(tc.text))
			if err == nil || err.Error() != tc.want {
				t.Errorf("Read = %v, want %s", err, tc.want)
			}
		})
	}
	t.Run("keys that are not known are skipped", func(t *testing.T) {
		if _, err := spec.Read(strings.NewReader(`{"version": 1, "schema": {}, "modules": []}`)); err != nil {
			t.Error(err)
		}
	})
}

func TestOwned(t *testing.T) {
	options := spec.Record{Name: "retry.Options"}
	class := spec.Class{Name: "Handle"}
	modules := []spec.Module{
		{Name: "http", Records: []spec.Record{options, {Name: "http.Options"}}, Classes: []spec.Class{class}},
		{Name: "retry", Records: []spec.Record{options}, Classes: []spec.Class{class}},
	}
	got := spec.Owned(modules)
	want := []spec.Module{
		{Name: "http", Records: []spec.Record{{Name: "http.Options"}}, Classes: []spec.Class{class}},
		{Name: "retry", Records: []spec.Record{options}, Classes: []spec.Class{}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Owned (-want +got):\n%s", diff)
	}
	if len(modules[0].Records) != 2 {
		t.Error("Owned changed its argument")
	}
}
