package types

import (
	_ "embed"
	"strings"

	"assay.rs/core/spec"
)

//go:embed standard.txt
var standardText string

// standard is what Lua itself brings along.
func standard() []spec.Module {
	modules := map[string]*spec.Module{}
	var order []string
	for line := range strings.Lines(standardText) {
		parts := strings.SplitN(strings.TrimSpace(line), " | ", 3)
		if len(parts) != 3 || strings.HasPrefix(line, "#") {
			continue
		}
		table, name := "", parts[0]
		end := strings.IndexAny(parts[0], "(:")
		if dot := strings.IndexByte(parts[0][:end], '.'); dot >= 0 {
			table, name = parts[0][:dot], parts[0][dot+1:]
			end -= dot + 1
		}
		m := modules[table]
		if m == nil {
			m = &spec.Module{Name: table, Doc: "Lua's own."}
			modules[table] = m
			order = append(order, table)
		}
		if name[end] == ':' {
			m.Consts = append(m.Consts, spec.Const{Name: name[:end], Type: scalarOf(name[end+2:]), Text: parts[2]})
			continue
		}
		m.Funcs = append(m.Funcs, function(name[:end], name[end:], parts[1], parts[2]))
	}
	var list []spec.Module
	for _, name := range order {
		list = append(list, *modules[name])
	}
	return list
}

// function reads "(a: string, b?: any, c...: any) string, number".
func function(name, signature, level, text string) spec.Func {
	f := spec.Func{Name: name, Text: text, Level: level}
	params, results, _ := strings.Cut(signature[1:], ")")
	for param := range strings.SplitSeq(params, ", ") {
		name, typ, ok := strings.Cut(param, ": ")
		if !ok {
			continue
		}
		p := spec.Param{Name: name, Type: scalarOf(typ)}
		p.Name, p.Optional = strings.CutSuffix(p.Name, "?")
		p.Name, p.Rest = strings.CutSuffix(p.Name, "...")
		f.Params = append(f.Params, p)
	}
	for result := range strings.SplitSeq(strings.TrimSpace(results), ", ") {
		if result != "" {
			f.Returns = append(f.Returns, spec.Return{Type: scalarOf(result)})
		}
	}
	return f
}

func scalarOf(name string) spec.Type { return spec.Type{Kind: spec.Scalar, Name: name} }
