package main

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"assay.rs/core"
	"assay.rs/tool/cli"
)

// A builtin that touches nothing exists at every level: docs/explain/sandbox.md says so.
func TestPureBuiltinsAreEverywhere(t *testing.T) {
	// What belongs to values that only scripts have.
	scripts := map[string]string{
		"check.merge":             "joins documents of check.run",
		"db.blob":                 "a parameter of db.query",
		"io.type":                 "tells of a file",
		"io.File:flush":           "is of a file",
		"http.ServerRequest:json": "is of a request to http.serve",
		"mock.http":               "exists under assay test",
	}
	specs, err := assay().Documented()
	if err != nil {
		t.Fatal(err)
	}
	rt, err := core.New(core.Config{Modules: modules(cli.Setting{}), Policy: core.CheckPolicy()})
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, m := range specs {
		if m.Require != "" {
			continue // Lua modules touch what the builtins do that they call
		}
		prefix := ""
		if m.Name != "" {
			prefix = m.Name + "."
		}
		for _, f := range m.Funcs {
			if !slices.Equal(f.Needs, []string{"pure"}) {
				continue
			}
			seen++
			name := prefix + f.Name
			if f.Level != "check" && scripts[name] == "" {
				t.Errorf("%s touches nothing and exists at level %q, want check", name, f.Level)
			}
			if f.Level == "check" {
				isFunction(t, rt, name)
			}
		}
		for _, class := range m.Classes {
			for _, f := range class.Methods {
				if name := class.Name + ":" + f.Name; slices.Equal(f.Needs, []string{"pure"}) && f.Level != "check" && scripts[name] == "" {
					t.Errorf("%s touches nothing and exists at level %q, want check", name, f.Level)
				}
			}
		}
	}
	if seen < 60 {
		t.Errorf("%d pure builtins in the catalog, want at least 60", seen)
	}
}

// isFunction fails unless a check finds the builtin under its name.
func isFunction(t *testing.T, rt *core.Runtime, name string) {
	t.Helper()
	chunk, err := core.Compile("level.lua", []byte("local f = "+name+"  assert(type(f) == 'function', type(f))"))
	if err != nil {
		t.Fatal(err)
	}
	vm := rt.Open(core.Host{})
	defer vm.Close()
	if err := vm.Run(t.Context(), chunk); err != nil {
		t.Errorf("%s in a check: %v", name, err)
	}
}

// The lists of assay modules and of docs/reference stand in columns: what a table is for begins with a word.
func TestTextsOfTablesBeginWithAWord(t *testing.T) {
	specs, err := assay().Documented()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range specs {
		line, _, _ := strings.Cut(m.Doc, "\n")
		if want := strings.Join(strings.Fields(line), " "); line != want {
			t.Errorf("%s %s is for %q, want %q", m.Name, m.Require, line, want)
		}
		if first, _ := utf8.DecodeRuneInString(m.Doc); !unicode.IsUpper(first) {
			t.Errorf("%s %s is for %q, want a sentence", m.Name, m.Require, m.Doc)
		}
	}
}
