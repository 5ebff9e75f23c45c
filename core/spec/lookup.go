package spec

import (
	"fmt"
	"slices"
	"strings"

	"assay.rs/core/nearest"
)

// Entry is one thing that has a name: a module, or what is in it. At most one of the pointers is set;
// none means the module itself.
type Entry struct {
	Name   string // in full: "http", "http.get", "http.Response:json"
	Module Module // the module it belongs to
	Func   *Func
	Const  *Const
	Record *Record
	Class  *Class
	Field  *Field // of a record or class
	Code   *Code
}

// NotFoundError is a name that no module has.
type NotFoundError struct {
	Name    string
	Nearest string // the known name it resembles most, or empty
}

// Error reads "'http.gte' is not known: did you mean 'http.get'?".
func (e *NotFoundError) Error() string {
	if e.Nearest == "" {
		return fmt.Sprintf("'%s' is not known", e.Name)
	}
	return fmt.Sprintf("'%s' is not known: did you mean '%s'?", e.Name, e.Nearest)
}

// Lookup finds "http", "http.get", "http.Response", "http.Response.json" or "http.Response:json",
// "http.Options.timeout", "http.timeout" or a global such as "print" among modules. What is in a module
// that is required has the name that require takes in front, "assay.vault.client", and is found without
// its first part too; a method is found as assay.vault.kv_get as well. Trailing parentheses are ignored, and
// of several things with one name the first in this order wins. A name that nothing has is a
// *[NotFoundError].
func Lookup(modules []Module, name string) (Entry, error) {
	name = strings.TrimSuffix(strings.TrimSpace(name), "()")
	entries := Entries(modules)
	wanted := strings.ReplaceAll(name, ":", ".")
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name
		if strings.ReplaceAll(e.Name, ":", ".") == wanted || e.isModule() && wanted != "" && e.Module.Name == wanted {
			return e, nil
		}
	}
	for _, e := range entries {
		if slices.Contains(e.shortNames(), wanted) {
			return e, nil
		}
	}
	near, _ := nearest.Name(name, names)
	return Entry{}, &NotFoundError{Name: name, Nearest: near}
}

// Entries lists everything that has a name: modules first, then functions, classes with what is in
// them, records with their keys, constants and error codes.
func Entries(modules []Module) []Entry {
	var list []Entry
	for _, m := range modules {
		list = append(list, Entry{Name: m.Title(), Module: m})
	}
	for _, collect := range []func(Module) []Entry{funcEntries, classEntries, recordEntries, otherEntries} {
		for _, m := range modules {
			list = append(list, collect(m)...)
		}
	}
	return list
}

// shortNames are other names of what is in a module that is required.
func (e Entry) shortNames() []string {
	if e.Module.Require == "" || e.isModule() {
		return nil
	}
	short := []string{strings.ReplaceAll(e.Name[e.Module.lead():], ":", ".")}
	if _, method, ok := strings.Cut(e.Name, ":"); ok {
		short = append(short, e.Module.Require+"."+method, e.Module.Name+"."+method)
	}
	return short
}

// lead is how long the part of a full name is that only require has: "assay.".
func (m Module) lead() int { return max(0, len(m.Require)-len(m.Name)) }

// required is the full name of what a module calls name: "http.get" stays, "vault.client" gets its "assay.".
func (m Module) required(name string) string {
	if m.Require == "" || !strings.HasPrefix(name, m.Name+".") {
		return name
	}
	return m.Require[:m.lead()] + name
}

func (e Entry) isModule() bool {
	return e.Func == nil && e.Const == nil && e.Record == nil && e.Class == nil && e.Field == nil && e.Code == nil
}

func funcEntries(m Module) []Entry {
	var list []Entry
	for i := range m.Funcs {
		list = append(list, Entry{Name: m.required(m.full(m.Funcs[i].Name)), Module: m, Func: &m.Funcs[i]})
	}
	return list
}

func classEntries(m Module) []Entry {
	var list []Entry
	for i := range m.Classes {
		c := &m.Classes[i]
		list = append(list, Entry{Name: m.required(c.Name), Module: m, Class: c})
		for j := range c.Methods {
			list = append(list, Entry{Name: m.required(c.Name) + ":" + c.Methods[j].Name, Module: m, Func: &c.Methods[j]})
		}
		list = append(list, fieldEntries(m, m.required(c.Name), c.Fields)...)
	}
	return list
}

func recordEntries(m Module) []Entry {
	var list []Entry
	for i := range m.Records {
		r := &m.Records[i]
		list = append(list, Entry{Name: m.required(r.Name), Module: m, Record: r})
		list = append(list, fieldEntries(m, m.required(r.Name), r.Fields)...)
	}
	return list
}

func fieldEntries(m Module, of string, fields []Field) []Entry {
	var list []Entry
	for i := range fields {
		list = append(list, Entry{Name: of + "." + fields[i].Name, Module: m, Field: &fields[i]})
	}
	return list
}

func otherEntries(m Module) []Entry {
	var list []Entry
	for i := range m.Consts {
		list = append(list, Entry{Name: m.required(m.full(m.Consts[i].Name)), Module: m, Const: &m.Consts[i]})
	}
	for i := range m.Codes {
		list = append(list, Entry{Name: m.required(m.Codes[i].Name), Module: m, Code: &m.Codes[i]})
	}
	return list
}
