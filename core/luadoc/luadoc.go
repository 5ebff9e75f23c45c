// Package luadoc documents what Lua itself brings, as core/spec documents builtins: string.gsub, table.concat, pcall and
// the others, and the syntax of patterns under the name "patterns".
//
// [Specs] reads library.txt. A line "# name" begins a table, with its text below; "## f(a: type, b?: type) -> type" a
// function; a line that begins with "> " is an example of the function above.
package luadoc

import (
	_ "embed"
	"fmt"
	"strings"

	"assay.rs/core/spec"
)

//go:embed library.txt
var library string

// Specs are Lua's tables, and its global functions under the empty name.
func Specs() ([]spec.Module, error) { return read(library) }

func read(text string) ([]spec.Module, error) {
	var modules []spec.Module
	for line := range strings.SplitSeq(text, "\n") {
		name, isTable := strings.CutPrefix(line, "# ")
		if isTable {
			if name == "globals" {
				name = ""
			}
			modules = append(modules, spec.Module{Name: name})
			continue
		}
		if len(modules) == 0 {
			continue
		}
		m := &modules[len(modules)-1]
		if signature, ok := strings.CutPrefix(line, "## "); ok {
			f, err := function(signature)
			if err != nil {
				return nil, err
			}
			m.Funcs = append(m.Funcs, f)
			continue
		}
		if len(m.Funcs) == 0 {
			m.Doc = appended(m.Doc, line)
			continue
		}
		f := &m.Funcs[len(m.Funcs)-1]
		if example, ok := strings.CutPrefix(line, "> "); ok {
			f.Examples = append(f.Examples, example)
			continue
		}
		f.Text = appended(f.Text, line)
	}
	for i := range modules {
		modules[i].Doc = strings.TrimSpace(modules[i].Doc)
		for j := range modules[i].Funcs {
			modules[i].Funcs[j].Text = strings.TrimSpace(modules[i].Funcs[j].Text)
		}
	}
	return modules, nil
}

func appended(text, line string) string { return text + line + "\n" }

// function reads "gsub(s: string, n?: integer) -> string, integer".
func function(signature string) (spec.Func, error) {
	call, results, _ := strings.Cut(signature, " -> ")
	name, rest, ok := strings.Cut(call, "(")
	params, closed := strings.CutSuffix(rest, ")")
	if !ok || !closed {
		return spec.Func{}, fmt.Errorf("library.txt: %q is no signature", signature)
	}
	f := spec.Func{Name: name, Level: "check", Needs: []string{"pure"}}
	for part := range strings.SplitSeq(params, ", ") {
		if part == "" {
			continue
		}
		label, typ, _ := strings.Cut(part, ": ")
		label, optional := strings.CutSuffix(label, "?")
		p := spec.Param{Name: label, Type: named(typ), Optional: optional}
		if label == "..." {
			p.Name, p.Rest = "values", true
		}
		f.Params = append(f.Params, p)
	}
	if results != "" {
		for part := range strings.SplitSeq(results, ", ") {
			name, rest := strings.CutSuffix(part, "...")
			f.Returns = append(f.Returns, spec.Return{Type: named(name), Rest: rest})
		}
	}
	return f, nil
}

func named(name string) spec.Type {
	if name == "" {
		name = "any"
	}
	return spec.Type{Kind: spec.Scalar, Name: name}
}

// Join adds to each of modules what more says of the table of the same name, and then the tables that only more has.
// What a module says of a function of its own stands.
func Join(modules, more []spec.Module) []spec.Module {
	at := make(map[string]int)
	joined := append([]spec.Module(nil), modules...)
	for i, m := range joined {
		if m.Require == "" {
			at[m.Name] = i
		}
	}
	for _, m := range more {
		i, known := at[m.Name]
		if !known {
			joined = append(joined, m)
			continue
		}
		own := make(map[string]bool)
		for _, f := range joined[i].Funcs {
			own[f.Name] = true
		}
		funcs := append([]spec.Func(nil), joined[i].Funcs...)
		for _, f := range m.Funcs {
			if !own[f.Name] {
				funcs = append(funcs, f)
			}
		}
		joined[i].Funcs = funcs
	}
	return joined
}
