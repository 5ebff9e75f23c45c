package coretest

import (
	"fmt"
	"testing"

	"assay.rs/core"
	"assay.rs/core/spec"
)

// Declared fails for each text and example that the modules' declarations lack.
func Declared(t testing.TB, modules ...core.Module) {
	t.Helper()
	for _, problem := range lacking(modules) {
		t.Errorf("%s", problem)
	}
}

// lacking names what the declarations lack: "http.get: parameter 'url' has no text".
func lacking(modules []core.Module) []string {
	var l list
	for _, m := range core.Specs(modules...) {
		name := m.Name
		if name == "" {
			name = "the module of global functions"
		}
		l.need(m.Doc, "%s has no doc text", name)
		for _, d := range declarations(m) {
			l.function(d)
		}
		for _, c := range m.Consts {
			l.need(c.Text, "%s.%s has no text", m.Name, c.Name)
		}
		for _, r := range m.Records {
			l.need(r.Text, "%s: the record has no text", r.Name)
			l.fields(r.Name, r.Fields)
		}
		for _, c := range m.Classes {
			l.need(c.Text, "%s: the class has no text", c.Name)
			l.fields(c.Name, c.Fields)
		}
		for _, c := range m.Codes {
			l.need(c.Text, "the code %s has no text", c.Name)
		}
	}
	return l
}

// list is what is lacking.
type list []string

func (l *list) need(text, format string, args ...any) {
	if text == "" {
		*l = append(*l, fmt.Sprintf(format, args...))
	}
}

func (l *list) function(d declaration) {
	l.need(d.Text, "%s has no text", d.full)
	l.values(d.full, d.Params, d.Returns)
	if len(d.Examples) == 0 {
		l.need("", "%s has no example", d.full)
	}
}

func (l *list) values(of string, params []spec.Param, returns []spec.Return) {
	for _, p := range params {
		l.need(p.Text, "%s: parameter '%s' has no text", of, p.Name)
		l.callbacks(fmt.Sprintf("%s: parameter '%s'", of, p.Name), p.Type)
	}
	for i, r := range returns {
		l.need(r.Text, "%s: result %d has no text", of, i+1)
	}
}

func (l *list) fields(of string, fields []spec.Field) {
	for _, f := range fields {
		l.need(f.Text, "%s: '%s' has no text", of, f.Name)
		l.callbacks(fmt.Sprintf("%s: '%s'", of, f.Name), f.Type)
	}
}

// callbacks looks at what functions that are passed in take and give.
func (l *list) callbacks(of string, t spec.Type) {
	l.values(of, t.Params, t.Returns)
	for _, o := range t.Of {
		l.callbacks(of, o)
	}
	if t.Elem != nil {
		l.callbacks(of, *t.Elem)
	}
}

// declaration is a builtin under the name that errors give it.
type declaration struct {
	spec.Func
	full string // "http.get", "http.Client:get", "print"
}

// declarations are the builtins and methods of a module.
func declarations(m spec.Module) []declaration {
	var all []declaration
	if m.Call != nil {
		all = append(all, declaration{*m.Call, m.Name})
	}
	for _, f := range m.Funcs {
		full := f.Name
		if m.Name != "" {
			full = m.Name + "." + f.Name
		}
		all = append(all, declaration{f, full})
	}
	for _, c := range m.Classes {
		for _, f := range c.Methods {
			all = append(all, declaration{f, c.Name + ":" + f.Name})
		}
	}
	return all
}

// names are the full names of what a module declares.
func names(m spec.Module) []string {
	var all []string
	for _, d := range declarations(m) {
		all = append(all, d.full)
	}
	for _, c := range m.Consts {
		all = append(all, m.Name+"."+c.Name)
	}
	return all
}

// declaredCodes are the codes that each builtin declares.
func declaredCodes(modules []core.Module) map[string][]string {
	declared := make(map[string][]string)
	for _, m := range core.Specs(modules...) {
		for _, d := range declarations(m) {
			declared[d.full] = d.Raises
		}
	}
	return declared
}
