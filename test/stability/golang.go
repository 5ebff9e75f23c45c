package stability

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"strings"
)

// goFacts adds the exported names of a module's packages, but of internal ones, of programs, and of the front end of Lua.
func goFacts(f facts, module, dir string) error {
	return filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if !d.IsDir() {
			return nil
		}
		if base := d.Name(); base == "internal" || base == "testdata" || strings.HasPrefix(base, ".") {
			return filepath.SkipDir
		}
		rel, err := filepath.Rel(dir, name)
		if err != nil {
			return err
		}
		pkg := path.Join(module, filepath.ToSlash(rel))
		if pkg == "assay.rs/core/syntax" || pkg == "assay.rs/core/compile" {
			return filepath.SkipDir
		}
		return packageFacts(f, pkg, name)
	})
}

func packageFacts(f facts, pkg, dir string) error {
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return err
	}
	set := token.NewFileSet()
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(set, name, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		if file.Name.Name == "main" {
			return nil
		}
		for _, decl := range file.Decls {
			f.decl(pkg, decl)
		}
	}
	return nil
}

func (f facts) decl(pkg string, decl ast.Decl) {
	switch d := decl.(type) {
	case *ast.FuncDecl:
		if !d.Name.IsExported() {
			return
		}
		if d.Recv == nil {
			f.add("%s: func %s%s%s", pkg, d.Name.Name, parameters(d.Type.TypeParams), signature(d.Type))
		} else if of := source(d.Recv.List[0].Type); ast.IsExported(strings.TrimLeft(of, "*")) {
			f.add("%s: method (%s) %s%s", pkg, of, d.Name.Name, signature(d.Type))
		}
	case *ast.GenDecl:
		for _, spec := range d.Specs {
			switch s := spec.(type) {
			case *ast.ValueSpec:
				for _, n := range s.Names {
					if n.IsExported() {
						f.add("%s: %s %s", pkg, d.Tok, n.Name)
					}
				}
			case *ast.TypeSpec:
				if s.Name.IsExported() {
					f.typeSpec(pkg, s)
				}
			}
		}
	}
}

func (f facts) typeSpec(pkg string, s *ast.TypeSpec) {
	name := s.Name.Name + parameters(s.TypeParams)
	switch t := s.Type.(type) {
	case *ast.StructType:
		f.add("%s: type %s struct", pkg, name)
		for _, field := range t.Fields.List {
			for _, n := range field.Names {
				if n.IsExported() {
					f.add("%s: type %s struct, %s %s", pkg, name, n.Name, source(field.Type))
				}
			}
			if len(field.Names) == 0 {
				f.add("%s: type %s struct, embeds %s", pkg, name, source(field.Type))
			}
		}
	case *ast.InterfaceType:
		f.add("%s: type %s interface", pkg, name)
		for _, method := range t.Methods.List {
			if fn, ok := method.Type.(*ast.FuncType); ok && len(method.Names) == 1 {
				f.add("%s: type %s interface, %s%s", pkg, name, method.Names[0].Name, signature(fn))
			}
		}
	default:
		f.add("%s: type %s %s", pkg, name, source(s.Type))
	}
}

// signature is the types of parameters and results; their names may change.
func signature(t *ast.FuncType) string {
	results := types(t.Results)
	if len(results) == 1 {
		return fmt.Sprintf("(%s) %s", strings.Join(types(t.Params), ", "), results[0])
	}
	if len(results) == 0 {
		return fmt.Sprintf("(%s)", strings.Join(types(t.Params), ", "))
	}
	return fmt.Sprintf("(%s) (%s)", strings.Join(types(t.Params), ", "), strings.Join(results, ", "))
}

func types(list *ast.FieldList) []string {
	if list == nil {
		return nil
	}
	var all []string
	for _, field := range list.List {
		for range max(1, len(field.Names)) {
			all = append(all, source(field.Type))
		}
	}
	return all
}

// parameters are the type parameters.
func parameters(list *ast.FieldList) string {
	if list == nil {
		return ""
	}
	return "[" + strings.Join(types(list), ", ") + "]"
}

// source is the expression in one line.
func source(e ast.Expr) string {
	var text bytes.Buffer
	if err := printer.Fprint(&text, token.NewFileSet(), e); err != nil {
		return err.Error()
	}
	return strings.Join(strings.Fields(text.String()), " ")
}
