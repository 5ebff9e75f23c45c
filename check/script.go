package check

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"strings"

	"assay.rs/check/internal/source"
	"assay.rs/core"
	"assay.rs/mod-data/yaml"
)

// Script is the type script: it runs Lua with the builtins of the modules that exist in checks. It passes when it
// ends without raising.
func Script(modules ...core.Module) Type {
	lua := newLua(modules)
	return Type{
		Name: "script", Text: "Runs Lua, which passes when it ends without raising.",
		New: func() Body { return &scriptCheck{lua: lua} },
	}
}

// maxScript is the largest source that is read.
const maxScript = 1 << 20

type scriptCheck struct {
	lua         *lua
	file        string
	source      string
	env         []Named
	permissions []string
	program     *program
}

func (s *scriptCheck) Keys() []Key {
	return []Key{
		{Name: "file", Text: "The script, relative to the check file or to the working directory.", Value: Word(&s.file)},
		{Name: "script", Text: "The script itself.", Value: Verbatim(&s.source)},
		{Name: "env", Text: "What env.get sees, before the environment of the process.", Value: Texts(&s.env, legalEnv)},
		{Name: "permissions", Text: "Tables and functions beyond those of checks: [crypto, fs.read].", Value: s.permissionsValue()},
	}
}

func (s *scriptCheck) take() Body {
	read := *s
	*s = scriptCheck{lua: s.lua}
	return &read
}

func legalEnv(name string) string {
	if name == "" || strings.ContainsAny(name, "=\x00") {
		return "'" + clip(name) + "' cannot name an environment variable"
	}
	return ""
}

func (s *scriptCheck) permissionsValue() Value {
	return Words(&s.permissions).then(func(r *Reader, n *yaml.Node) {
		for i, name := range s.permissions {
			table, _, _ := strings.Cut(name, ".")
			switch {
			case s.lua.known(name):
			case s.lua.absent(table) != "":
				r.Fail(n.Items[i], "permission '%s': %s", clip(name), s.lua.absent(table))
			default:
				r.Fail(n.Items[i], "permission '%s': this binary has no such table or function", clip(name))
			}
		}
	})
}

func (s *scriptCheck) Prepare(p *Prep) {
	switch {
	case p.Has("file") && p.Has("script"):
		p.Fail([]string{"file"}, "'file' and 'script' both hold the script: give one of them")
	case s.file != "":
		s.prepareFile(p)
	case s.source != "":
		s.compile(p, "script", filepath.Base(p.r.file.Name), p.inPlace("script", s.source), p.Folder())
	case !p.Has("script") && !p.Has("file"):
		p.Fail(nil, "a check of type script has no 'file' and no 'script'")
	}
}

func (s *scriptCheck) prepareFile(p *Prep) {
	text, found, err := p.ReadFile(s.file, maxScript)
	if err != nil {
		p.Fail([]string{"file"}, "script %s: %s", s.file, err)
		return
	}
	if len(bytes.TrimSpace(text)) == 0 {
		p.Fail([]string{"file"}, "script %s is empty: it would always pass", s.file)
		return
	}
	s.compile(p, "file", s.file, text, filepath.Dir(found))
}

func (s *scriptCheck) compile(p *Prep, key, name string, text []byte, folder string) {
	program, err := s.lua.compile(name, text, folder, p.Folder(), s.permissions)
	syntax, isSyntax := errors.AsType[*core.SyntaxError](err)
	switch {
	case err == nil:
		s.program = program
		p.refusePointless(key, name, text)
	case !isSyntax:
		p.Fail([]string{key}, "%s", err)
	case syntax.Line < 1:
		p.Fail([]string{key}, "%s: %s at the end of the script", name, syntax.Message)
	case key == "script":
		p.failAt(syntax.Line, syntax.Column+p.indent(syntax.Line, text), syntax.Message)
	default:
		p.Fail([]string{key}, "%s", err)
	}
}

// refusePointless notes a problem when the script could only pass.
func (p *Prep) refusePointless(key, name string, text []byte) {
	switch line, why := pointless(text); {
	case why == "":
	case line == 0:
		p.Fail([]string{key}, "%s %s", name, why)
	case key == "script":
		p.failAt(line, 1+p.indent(line, text), why)
	default:
		p.Fail([]string{key}, "%s:%d: %s", name, line, why)
	}
}

// failAt notes a problem at a line of the check file.
func (p *Prep) failAt(line, col int, message string) {
	p.r.problems.Add(source.Place{File: p.r.file, Line: line, Col: col}, "%s", message)
}

// indent is how much further right a line of a script stands in the check file than in the script.
func (p *Prep) indent(line int, script []byte) int {
	inScript := strings.Split(string(script), "\n")
	if line > len(inScript) {
		return 0
	}
	return max(0, strings.Index(p.r.line(line), inScript[line-1]))
}

// inPlace puts line breaks in front of a script so that the lines in its errors are those of the check file.
func (p *Prep) inPlace(key, script string) []byte {
	n := p.node([]string{key})
	if n == nil || n.Line == 0 {
		return []byte(script)
	}
	before := n.Line - 1
	if line := p.r.line(n.Line); n.Col <= len(line) && strings.IndexByte("|>", line[n.Col-1]) >= 0 {
		before++ // the text of a block begins on the next line
	}
	return []byte(strings.Repeat("\n", before) + script)
}

func (s *scriptCheck) Run(ctx context.Context, a Attempt) Outcome {
	env := make(map[string]string, len(s.env))
	for _, e := range s.env {
		v, err := e.Text.Expand(a.Captures)
		if err != nil {
			return Outcome{}.broken("env %s: %w", e.Name, err)
		}
		env[e.Name] = v
	}
	return s.program.run(ctx, a, env)
}
