// Package types says what the names in a piece of Lua are, as far as that can be read off without running it.
//
// [Library] is what there is to use: the builtins, from their declarations; what Lua itself brings along; and the
// modules in Lua with their LuaCATS comments. [Infer] gives [Info] about a tree: the [Type] of each expression.
// What cannot be told is [Unknown], and nobody draws conclusions from that.
//
// Files: library.go and standard.go are what there is; cats.go reads LuaCATS; infer.go and expect.go find types,
// from what an expression is and from where it stands.
package types

import (
	"slices"

	"assay.rs/analysis/checkfile"
	"assay.rs/core/spec"
)

// Module is a table of functions and constants.
type Module struct {
	Name   string
	Doc    string
	Call   *spec.Func // set when the table can be called
	Funcs  []spec.Func
	Consts []spec.Const
	Open   bool // it may have more than is known
}

// Func is the function of that name, or nil.
func (m *Module) Func(name string) *spec.Func {
	i := slices.IndexFunc(m.Funcs, func(f spec.Func) bool { return f.Name == name })
	if i < 0 {
		return nil
	}
	return &m.Funcs[i]
}

// Const is the constant of that name, or nil.
func (m *Module) Const(name string) *spec.Const {
	i := slices.IndexFunc(m.Consts, func(c spec.Const) bool { return c.Name == name })
	if i < 0 {
		return nil
	}
	return &m.Consts[i]
}

// Names are those of its functions and constants.
func (m *Module) Names() []string {
	var names []string
	for _, f := range m.Funcs {
		names = append(names, f.Name)
	}
	for _, c := range m.Consts {
		names = append(names, c.Name)
	}
	return names
}

// ScriptOnly reports whether nothing of the module exists in checks.
func (m *Module) ScriptOnly() bool {
	return len(m.Funcs) > 0 && (m.Call == nil || m.Call.Level == Script) && !slices.ContainsFunc(m.Funcs, func(f spec.Func) bool { return f.Level != Script })
}

// Script is the level of what does not exist in checks.
const Script = "script"

// Library is what a script can use. It is not changed after NewLibrary and may be shared.
type Library struct {
	Globals  *Module            // functions and constants without a table
	Tables   map[string]*Module // the global tables
	Required map[string]*Module // what require gives
	Records  map[string]*spec.Record
	Classes  map[string]*spec.Class
	Checks   *checkfile.Schema // what check files have; nil: their keys are not looked at
}

// NewLibrary is the library of the modules, and of Lua's own functions.
func NewLibrary(modules []spec.Module) *Library {
	l := &Library{
		Globals: &Module{}, Tables: make(map[string]*Module), Required: make(map[string]*Module),
		Records: make(map[string]*spec.Record), Classes: make(map[string]*spec.Class),
	}
	for _, m := range spec.Owned(modules) {
		l.add(m)
	}
	for _, m := range standard() {
		l.add(m)
	}
	return l
}

// add adds what a module has. What is there already stays: declarations come before the list of Lua's functions.
func (l *Library) add(m spec.Module) {
	into := l.Globals
	switch {
	case m.Require != "":
		into = &Module{Name: m.Require, Doc: m.Doc}
		l.Required[m.Require] = into
	case m.Name != "":
		if l.Tables[m.Name] == nil {
			l.Tables[m.Name] = &Module{Name: m.Name, Doc: m.Doc}
		}
		into = l.Tables[m.Name]
	}
	if into.Call == nil {
		into.Call = m.Call
	}
	for _, f := range m.Funcs {
		if into.Func(f.Name) == nil {
			into.Funcs = append(into.Funcs, f)
		}
	}
	for _, c := range m.Consts {
		if into.Const(c.Name) == nil {
			into.Consts = append(into.Consts, c)
		}
	}
	for i := range m.Records {
		if l.Records[m.Records[i].Name] == nil {
			l.Records[m.Records[i].Name] = &m.Records[i]
		}
	}
	for i := range m.Classes {
		if l.Classes[m.Classes[i].Name] == nil {
			l.Classes[m.Classes[i].Name] = &m.Classes[i]
		}
	}
}

// GlobalNames are all names that a script can use without declaring them.
func (l *Library) GlobalNames() []string {
	names := l.Globals.Names()
	for name := range l.Tables {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Has reports whether there is a global of that name.
func (l *Library) Has(name string) bool {
	return l.Tables[name] != nil || l.Globals.Func(name) != nil || l.Globals.Const(name) != nil
}
