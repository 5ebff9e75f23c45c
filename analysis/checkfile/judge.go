package checkfile

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"assay.rs/core/nearest"
)

// Problem is something in a check file that the runtime refuses.
type Problem struct {
	Start, End    int
	Code, Message string
	Instead       string // what to write in the place of it; empty when only its author knows
}

// Problems are what a file has that the schema does not: keys, types of values, missing keys; names of checks in
// needs and of captures that nothing has; and texts in other languages that cannot be read there. languages has the
// reader of each language of the schema: it gives the offset of the first mistake, or -1.
func (f *File) Problems(s *Schema, languages map[string]func(text string) (at int, message string)) []Problem {
	j := &judge{Shape: s.Shape(f), languages: languages, patterns: make(map[string]*regexp.Regexp)}
	have := make(map[Place][]string)
	var places []Place
	for i, e := range f.Entries {
		at := Place{e.Parent, e.Item}
		if have[at] == nil {
			places = append(places, at)
		}
		have[at] = append(have[at], e.Key)
		if j.key(i) {
			j.value(i)
		}
	}
	for _, at := range places {
		j.missing(at, have[at])
	}
	if !slices.ContainsFunc(f.Entries, func(e Entry) bool { return e.Parent == -1 && e.Key == "include" }) {
		j.needs()
		j.captures()
	}
	return j.problems
}

type judge struct {
	*Shape
	languages map[string]func(string) (int, string)
	patterns  map[string]*regexp.Regexp
	problems  []Problem
}

func (j *judge) add(start, end int, code, message, instead string) {
	j.problems = append(j.problems, Problem{start, end, code, message, instead})
}

// key looks at the key of an entry and reports whether the schema has it.
func (j *judge) key(i int) bool {
	e := j.file.Entries[i]
	var known []string
	maps := 0
	for _, m := range j.Map(Place{e.Parent, e.Item}) {
		if m.anything() {
			return false
		}
		if !m.isMap() {
			continue
		}
		maps++
		if m.Properties[e.Key] != nil || !m.closed {
			return true
		}
		for name := range m.Properties {
			known = append(known, name)
		}
	}
	if maps == 0 {
		return false // its parent is no map: that is told there
	}
	slices.Sort(known)
	message := "unknown key '" + e.Key + "'"
	near, ok := nearest.Name(e.Key, slices.Compact(known))
	if ok {
		message += "; did you mean '" + near + "'?"
	}
	j.add(e.Start, e.End, "unknown-key", message, near)
	return false
}

// value looks at what an entry says.
func (j *judge) value(i int) {
	e := j.file.Entries[i]
	schemas := j.Of(i)
	if e.Key == "type" && j.file.isOfCheck(e) {
		j.checkType(e)
		return
	}
	value := j.file.Scalar(i)
	if value.Kind == Unknown || value.Kind == Null {
		return
	}
	if !j.accepted(&value, schemas) {
		j.wrong(e, &value, schemas)
		return
	}
	for _, v := range schemas {
		of := v
		if value.Kind == Array && v.Items != nil {
			of = v.Items
		}
		name := strings.TrimPrefix(of.Language, "application/")
		if read := j.languages[name]; read != nil {
			for _, s := range j.file.Scalars(i) {
				j.language(name, &s, read)
			}
			return
		}
	}
}

func (j *judge) checkType(e Entry) {
	types := j.root.checkTypes()
	name := unquoted(e.Value)
	if e.Value == "" || strings.Contains(e.Value, "${") || slices.Contains(types, name) {
		return
	}
	message := "unknown type '" + name + "'"
	near, ok := nearest.Name(name, types)
	if ok {
		message += "; did you mean '" + near + "'?"
	}
	j.add(e.ValueStart, e.ValueStart+len(e.Value), "wrong-type", message, near)
}

func (j *judge) accepted(value *Scalar, schemas []*Schema) bool {
	none := true
	for _, v := range schemas {
		if v.choice() {
			continue
		}
		none = false
		if j.accepts(v, value) {
			return true
		}
	}
	return none
}

func (j *judge) accepts(v *Schema, value *Scalar) bool {
	if types := v.Types(); len(types) > 0 && !slices.Contains(types, value.Kind) && (value.Kind != Integer || !slices.Contains(types, Number)) {
		return false
	}
	if v.Type == nil && v.isMap() {
		return value.Kind == Object
	}
	if value.Kind == Array || value.Kind == Object {
		return v.Const == nil && v.Enum == nil && v.Pattern == ""
	}
	if !value.Exact {
		return true
	}
	is := func(one any) bool { return fmt.Sprint(one) == value.Text }
	switch {
	case v.Const != nil:
		return is(v.Const)
	case v.Enum != nil:
		return slices.ContainsFunc(v.Enum, is)
	case v.Pattern != "" && value.Kind == Text && value.block == nil:
		return j.pattern(v.Pattern).MatchString(value.Text)
	}
	return true
}

func (j *judge) pattern(text string) *regexp.Regexp {
	if j.patterns[text] == nil {
		r, err := regexp.Compile(text)
		if err != nil { // of another dialect
			r = regexp.MustCompile("")
		}
		j.patterns[text] = r
	}
	return j.patterns[text]
}

// wrong tells what the value of an entry has to be.
func (j *judge) wrong(e Entry, value *Scalar, schemas []*Schema) {
	var words, types []string
	example := ""
	for _, v := range schemas {
		if len(v.Examples) > 0 && example == "" {
			example = fmt.Sprint(v.Examples[0])
		}
		switch {
		case v.choice():
		case v.Const != nil:
			words = append(words, fmt.Sprint(v.Const))
		case v.Enum != nil:
			for _, one := range v.Enum {
				words = append(words, fmt.Sprint(one))
			}
		case v.Pattern == `\$\{`: // a placeholder
		default:
			types = append(types, v.Types()...)
		}
	}
	slices.Sort(types)
	types = slices.Compact(types)
	got := map[string]string{Text: "a text", Integer: "a number", Number: "a number", Boolean: "a boolean", Array: "a list", Object: "a map"}[value.Kind]
	scalar := len(words) > 0 || slices.ContainsFunc(types, func(t string) bool { return t != Array && t != Object })
	if value.Kind != Array && value.Kind != Object && (scalar || len(types) == 0) {
		got = clipped(value.Text) // elsewhere it may be a secret
	}
	for i, t := range types {
		types[i] = map[string]string{Text: "a text", Integer: "an integer", Number: "a number", Boolean: "true or false", Array: "a list", Object: "a map"}[t]
	}
	message := "'" + e.Key + "' cannot be " + got
	if want := append(words, types...); len(want) > 0 && !slices.Contains(want, got) && !(len(types) == 1 && value.Kind == Text && types[0] == "a text") {
		message += ": it is " + strings.Join(want, " or ")
	}
	near := ""
	if ok := false; value.Kind == Text {
		if near, ok = nearest.Name(value.Text, words); ok {
			message += "; did you mean '" + near + "'?"
		}
	}
	if near == "" && example != "" && value.Kind != Object && !strings.HasPrefix(example, "map[") && !strings.HasPrefix(example, "[") {
		message += ", such as " + example
	}
	j.add(value.Start, value.End, "wrong-type", message, near)
}

func clipped(text string) string {
	if line, _, more := strings.Cut(text, "\n"); more || len(line) > 40 {
		text = strings.ToValidUTF8(line[:min(len(line), 40)], "") + "..."
	}
	return `"` + text + `"`
}

// missing looks for keys that a map has to have. Defaults may give some.
func (j *judge) missing(at Place, have []string) {
	if at.Item == 0 || j.types[at] == "" {
		return
	}
	schemas := j.Map(at)
	if len(schemas) != 1 {
		return
	}
	for _, e := range j.file.Entries {
		if e.Parent == -1 && e.Key == "defaults" {
			return
		}
	}
	for i, e := range j.file.Entries {
		if (Place{e.Parent, e.Item}) != at || e.Key != "type" {
			continue
		}
		for _, key := range schemas[0].Required {
			if !slices.Contains(have, key) {
				e = j.file.Entries[i]
				j.add(e.Start, e.ValueStart+len(e.Value), "missing-key", "a check of type "+unquoted(e.Value)+" needs '"+key+"'", "")
			}
		}
	}
}

// needs looks for names that no check has.
func (j *judge) needs() {
	var names []string
	for _, e := range j.file.Entries {
		if e.Key == "name" && j.file.isOfCheck(e) {
			if strings.Contains(e.Value, "${") || e.Value == "" {
				return // what it becomes is known when it runs
			}
			names = append(names, unquoted(e.Value))
		}
	}
	for i, e := range j.file.Entries {
		if e.Key != "needs" || !j.file.isOfCheck(e) {
			continue
		}
		for _, need := range j.file.Scalars(i) {
			name := need.Text
			if need.Kind != Text || !need.Exact || need.block != nil || strings.Contains(name, "${") || name == "" || slices.ContainsFunc(names, func(n string) bool { return strings.HasPrefix(name, n) }) {
				continue
			}
			message := "no check has the name '" + name + "'"
			near, ok := nearest.Name(name, names)
			if ok {
				message += "; did you mean '" + near + "'?"
			}
			j.add(need.Start, need.End, "unknown-check", message, near)
		}
	}
}

var captureUse = regexp.MustCompile(`\$?\$(?:\{captures\.([A-Za-z0-9_]+)|captures\.([A-Za-z0-9_]+))`)

// captures looks for captures that no check makes. What a script says is Lua.
func (j *judge) captures() {
	f := j.file
	var names []string
	for _, e := range f.Entries {
		if e.Parent >= 0 && f.Entries[e.Parent].Key == "capture" {
			names = append(names, e.Key)
		}
	}
	for _, m := range captureUse.FindAllStringSubmatchIndex(f.Source, -1) {
		line := strings.TrimLeft(f.Source[strings.LastIndexByte(f.Source[:m[0]], '\n')+1:m[0]], " ")
		if strings.HasPrefix(f.Source[m[0]:], "$$") || strings.HasPrefix(line, "#") || strings.Contains(line, " #") || j.inScript(m[0]) {
			continue
		}
		start, end := m[2], m[3]
		if start < 0 {
			start, end = m[4], m[5]
		}
		name := f.Source[start:end]
		if slices.Contains(names, name) {
			continue
		}
		message := "no check captures '" + name + "'"
		near, ok := nearest.Name(name, names)
		if ok {
			message += "; did you mean '" + near + "'?"
		}
		j.add(start, end, "unknown-capture", message, near)
	}
}

func (j *judge) inScript(offset int) bool {
	for i := range j.file.Scripts {
		if s := &j.file.Scripts[i]; s.Start <= offset && offset <= s.End {
			return true
		}
	}
	return false
}

// language reads a text in another language. What a ${} stands for is known when it runs.
func (j *judge) language(name string, s *Scalar, read func(string) (int, string)) {
	if s.Kind != Text || !s.Exact {
		return
	}
	if at, message := read(s.Text); at >= 0 {
		start := s.Outer(at)
		j.add(start, max(start+1, min(s.End, start+1)), name, message, "")
	}
}
