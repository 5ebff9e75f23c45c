package spec

import (
	"slices"
	"strings"
)

// Title is what a heading calls the module: "http", "globals", "assay.vault".
func (m Module) Title() string {
	switch {
	case m.Require != "":
		return m.Require
	case m.Name == "":
		return "globals"
	default:
		return m.Name
	}
}

// full is the name under which a script reaches a function or constant of the module.
func (m Module) full(name string) string {
	if m.Name == "" {
		return name
	}
	return m.Name + "." + name
}

// signature reads "http.get(url, options?) -> http.Response".
func signature(name string, f Func) string {
	s := call(name, f)
	if len(f.Returns) == 0 {
		return s
	}
	var b strings.Builder
	for _, p := range returnParts(f.Returns, asNamed) {
		b.WriteString(p.text)
	}
	if f.Iterator {
		return s + " -> iterator of " + b.String()
	}
	return s + " -> " + b.String()
}

// call reads "http.get(url, options?)".
func call(name string, f Func) string {
	labels := make([]string, len(f.Params))
	for i, p := range f.Params {
		labels[i] = p.label()
	}
	return name + "(" + strings.Join(labels, ", ") + ")"
}

// where says at which level f exists and what it touches: "check (checks and scripts); needs net".
func where(f Func) string {
	s := f.Level
	switch f.Level {
	case "check":
		s += " (checks and scripts)"
	case "script":
		s += " (scripts only)"
	}
	switch {
	case len(f.Needs) == 1 && f.Needs[0] == "pure":
		s += "; pure"
	case len(f.Needs) > 0:
		s += "; needs " + strings.Join(f.Needs, ", ")
	}
	return s
}

func (m Module) record(name string) (Record, bool) {
	i := slices.IndexFunc(m.Records, func(r Record) bool { return r.Name == name })
	if i < 0 {
		return Record{}, false
	}
	return m.Records[i], true
}

func (m Module) codeText(name string) string {
	i := slices.IndexFunc(m.Codes, func(c Code) bool { return c.Name == name })
	if i < 0 {
		return ""
	}
	return m.Codes[i].Text
}

// Owned leaves each record and class that several modules describe to one of them: to the module that
// the first part of its name calls, else to the first that has it. Stubs and reference pages made of
// the result define each name once.
func Owned(modules []Module) []Module {
	owner := make(map[string]int)
	claim := func(i int, name string) {
		prefix, _, _ := strings.Cut(name, ".")
		if _, taken := owner[name]; !taken || prefix == modules[i].Name {
			owner[name] = i
		}
	}
	for i, m := range modules {
		for _, r := range m.Records {
			claim(i, r.Name)
		}
		for _, c := range m.Classes {
			claim(i, c.Name)
		}
	}
	owned := slices.Clone(modules)
	for i := range owned {
		m := &owned[i]
		m.Records = slices.DeleteFunc(slices.Clone(m.Records), func(r Record) bool { return owner[r.Name] != i })
		m.Classes = slices.DeleteFunc(slices.Clone(m.Classes), func(c Class) bool { return owner[c.Name] != i })
	}
	return owned
}

// oneLine joins the lines of text.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// Summary is the first sentence of text, on one line.
func Summary(text string) string {
	text, _, _ = strings.Cut(text, "\n\n")
	text = oneLine(text)
	if i := strings.Index(text, ". "); i >= 0 {
		return text[:i+1]
	}
	return text
}
