package stdlib

import (
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"assay.rs/core/spec"
)

// Specs reads what the modules offer off their annotations (https://luals.github.io/wiki/annotations/), sorted by name.
// What begins with an underscore, and the folder internal, is not for scripts and not among it. Two things are assay's
// own: what is indented by four spaces in a comment is an example, and ---@level script in the comment at the top says that
// checks do not have the builtins that the module needs.
func Specs() ([]spec.Module, error) {
	entries, err := fs.ReadDir(Files(), ".")
	if err != nil {
		return nil, err
	}
	var list []spec.Module
	for _, entry := range entries {
		name, ok := strings.CutSuffix(entry.Name(), ".lua")
		if !ok {
			continue
		}
		source, err := fs.ReadFile(Files(), entry.Name())
		if err != nil {
			return nil, err
		}
		m, err := read(name, string(source))
		if err != nil {
			return nil, err
		}
		if err := addParts(&m); err != nil {
			return nil, err
		}
		list = append(list, m)
	}
	return withAliases(list)
}

// addParts adds what the files of the folder of the module's name have: a large module is split over them.
func addParts(m *spec.Module) error {
	files, err := fs.Glob(Files(), m.Name+"/*.lua")
	if err != nil {
		return err
	}
	for _, file := range files {
		source, err := fs.ReadFile(Files(), file)
		if err != nil {
			return err
		}
		part, err := read(m.Name, string(source))
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		m.Funcs = append(m.Funcs, part.Funcs...)
		m.Classes = append(m.Classes, part.Classes...)
		m.Records = append(m.Records, part.Records...)
		m.Codes = append(m.Codes, part.Codes...)
	}
	return nil
}

// withAliases gives a module that is another one under its own name the functions of that.
func withAliases(list []spec.Module) ([]spec.Module, error) {
	for i, m := range list {
		of, ok := strings.CutPrefix(m.Doc, aliasMark)
		if !ok {
			continue
		}
		target, doc, _ := strings.Cut(of, "\n")
		j := slices.IndexFunc(list, func(o spec.Module) bool { return o.Require == target })
		if j < 0 {
			return nil, fmt.Errorf("%s is %s, which is no module", m.Require, target)
		}
		m.Doc, m.Funcs, m.Classes, m.Records, m.Codes = doc, list[j].Funcs, list[j].Classes, list[j].Records, list[j].Codes
		list[i] = m
	}
	return list, nil
}

// aliasMark begins the Doc of a module that is another one, until withAliases has seen it.
const aliasMark = "\x00"

// patterns are the lines of a module that matter. They are no variables of the package: a program that only runs modules
// would compile them at its start.
type patterns struct{ function, classLocal, aliasReturn *regexp.Regexp }

func newPatterns() patterns {
	return patterns{
		function:    regexp.MustCompile(`^function ([\w]+)([.:])(\w+)\(([^)]*)\)`),
		classLocal:  regexp.MustCompile(`^local (\w+) = `),
		aliasReturn: regexp.MustCompile(`^return require\("([\w.]+)"\)`),
	}
}

// reader goes through the lines of a module.
type reader struct {
	is      patterns
	m       spec.Module
	line    int
	level   string // the lowest that all of it exists at
	block   block
	classes map[string]int // by the local variable that has the methods
}

// block is a comment, and what it annotates.
type block struct {
	text    []string
	class   *spec.Class
	alias   string
	codes   []spec.Code
	params  []spec.Param
	returns []spec.Return
}

func read(name, source string) (spec.Module, error) {
	r := &reader{is: newPatterns(), m: spec.Module{Name: name, Require: "assay." + name}, classes: make(map[string]int), level: "check"}
	if !strings.HasPrefix(source, "--- ") {
		return r.m, fmt.Errorf("%s.lua:1: want a comment that begins with --- at the top", name)
	}
	returned := false
	for line := range strings.SplitSeq(source, "\n") {
		r.line++
		returned = returned || strings.HasPrefix(line, "return ")
		if err := r.read(line); err != nil {
			return r.m, fmt.Errorf("%s.lua:%d: %w", name, r.line, err)
		}
	}
	if !returned {
		return r.m, fmt.Errorf("%s.lua: want a module that it returns", name)
	}
	return r.m, nil
}

func (r *reader) read(line string) error {
	if comment, ok := strings.CutPrefix(line, "---"); ok && !strings.HasPrefix(comment, "-") {
		return r.comment(comment)
	}
	b := r.block
	r.block = block{}
	if r.m.Doc == "" {
		r.m.Doc = strings.TrimSpace(strings.Join(b.text, "\n"))
	}
	switch found := r.is.function.FindStringSubmatch(line); {
	case found != nil && !strings.HasPrefix(found[3], "_"):
		return r.function(b, found[1], found[2], found[3], found[4])
	case b.class != nil:
		r.declare(b, line)
	case b.alias == r.m.Name+".code":
		r.m.Codes = append(r.m.Codes, b.codes...)
	}
	if found := r.is.aliasReturn.FindStringSubmatch(line); found != nil {
		r.m.Doc = aliasMark + found[1] + "\n" + r.m.Doc
	}
	return nil
}

// declare makes a class of what has a local variable for its methods, and a record of what has none.
func (r *reader) declare(b block, line string) {
	b.class.Text = strings.TrimSpace(strings.Join(b.text, "\n"))
	if found := r.is.classLocal.FindStringSubmatch(line); found != nil {
		r.classes[found[1]] = len(r.m.Classes)
		r.m.Classes = append(r.m.Classes, *b.class)
		return
	}
	if b.class.Text == "" {
		b.class.Text = "A table with these keys."
	}
	r.m.Records = append(r.m.Records, spec.Record{Name: b.class.Name, Text: b.class.Text, Fields: b.class.Fields})
}

func (r *reader) comment(text string) error {
	if code, ok := strings.CutPrefix(text, "| "); ok && r.block.alias != "" {
		name, what, _ := strings.Cut(code, " # ")
		r.block.codes = append(r.block.codes, spec.Code{Name: strings.Trim(name, `"`), Text: what})
		return nil
	}
	tag, ok := strings.CutPrefix(text, "@")
	if !ok {
		r.block.text = append(r.block.text, strings.TrimPrefix(text, " "))
		return nil
	}
	tag, rest, _ := strings.Cut(tag, " ")
	switch tag {
	case "level": // of assay; others pass over it
		r.level = rest
	case "class":
		r.block.class = &spec.Class{Name: rest}
	case "alias":
		r.block.alias = rest
	case "field":
		return r.field(rest)
	case "param":
		return r.param(rest)
	case "return":
		return r.result(rest)
	default:
		return fmt.Errorf("unknown annotation @%s", tag)
	}
	return nil
}

func (r *reader) field(rest string) error {
	name, rest, _ := strings.Cut(rest, " ")
	t, text, err := parseType(rest)
	if err != nil {
		return err
	}
	if r.block.class == nil {
		return fmt.Errorf("@field %s is of no @class", name)
	}
	if optional, ok := strings.CutSuffix(name, "?"); ok {
		name, t.Nullable = optional, true
	}
	r.block.class.Fields = append(r.block.class.Fields, spec.Field{Name: name, Type: t, Text: text})
	return nil
}

func (r *reader) param(rest string) error {
	name, rest, _ := strings.Cut(rest, " ")
	t, text, err := parseType(rest)
	if err != nil {
		return err
	}
	name, optional := strings.CutSuffix(name, "?")
	if t.Nullable {
		t.Nullable, optional = false, true
	}
	r.block.params = append(r.block.params, spec.Param{Name: name, Type: t, Text: text, Optional: optional, Rest: name == "..."})
	return nil
}

// result reads "TYPE", "TYPE # text" or "TYPE name text".
func (r *reader) result(rest string) error {
	t, text, err := parseType(rest)
	if err != nil {
		return err
	}
	if after, ok := strings.CutPrefix(text, "# "); ok {
		text = after
	} else if name, what, _ := strings.Cut(text, " "); what != "" {
		text = what
	} else {
		text = name
	}
	r.block.returns = append(r.block.returns, spec.Return{Type: t, Text: text})
	return nil
}

// function adds a function of the module, or a method of a class.
func (r *reader) function(b block, of, sign, name, params string) error {
	f := spec.Func{Name: name, Level: r.level, Returns: b.returns}
	f.Text, f.Examples = withoutExamples(b.text)
	known := make(map[string]spec.Param)
	for _, p := range b.params {
		known[p.Name] = p
	}
	for p := range strings.SplitSeq(params, ",") {
		if p = strings.TrimSpace(p); p != "" {
			param := known[p]
			param.Name = p
			f.Params = append(f.Params, param)
			delete(known, p)
		}
	}
	for _, p := range b.params {
		if _, left := known[p.Name]; left {
			return fmt.Errorf("%s%s%s has no parameter '%s'", of, sign, name, p.Name)
		}
	}
	if of == "M" {
		r.m.Funcs = append(r.m.Funcs, f)
		return nil
	}
	class, ok := r.classes[of]
	if !ok {
		return fmt.Errorf("%s is no ---@class", of)
	}
	r.m.Classes[class].Methods = append(r.m.Classes[class].Methods, f)
	return nil
}

// withoutExamples takes what is indented by four spaces out of a comment.
func withoutExamples(lines []string) (text string, examples []string) {
	var left, example []string
	flush := func() {
		if len(example) > 0 {
			examples = append(examples, strings.Join(example, "\n"))
			example = nil
		}
	}
	for _, line := range lines {
		if code, ok := strings.CutPrefix(line, "    "); ok {
			example = append(example, code)
			continue
		}
		flush()
		left = append(left, line)
	}
	flush()
	return strings.TrimSpace(strings.Join(left, "\n")), examples
}
