package check

import (
	"context"
	"path/filepath"
	"strings"

	"assay.rs/mod-data/yaml"
)

// Scripts compiles the Lua of checks.
type Scripts interface {
	// Compile reads a script. name is what positions in its errors begin with, folder where it may read from,
	// permissions which tables and functions exist beyond level C. The error says what is wrong, and where if it can.
	Compile(name string, source []byte, folder string, permissions []string) (Program, error)

	// Known reports whether a table or function of this name exists in the binary.
	Known(permission string) bool
}

// Program is a compiled script.
type Program interface {
	// Run runs the script in a fresh VM. A nil error means that it came to its end without raising. An error whose
	// RetryClasses begin with assert is one that the script raised; any other means that it could not measure.
	Run(ctx context.Context, s ScriptRun) error
}

// ScriptRun is what a script sees of the check that runs it.
type ScriptRun struct {
	Check string
	Env   map[string]string // env.get looks here first
	Hide  func(string) string
}

// Script is the type script: it runs Lua, which passes when it ends without raising.
func Script(s Scripts) Type {
	return Type{
		Name: "script", Text: "Runs Lua, which passes when it ends without raising.",
		New: func() Body { return &scriptCheck{scripts: s} },
	}
}

// maxScript is the largest source that is read.
const maxScript = 1 << 20

type scriptCheck struct {
	scripts     Scripts
	file        string
	source      string
	env         []Named
	permissions []string
	program     Program
}

func (s *scriptCheck) Keys() []Key {
	return []Key{
		{Name: "file", Text: "The script, relative to the check file or to the working directory.", Value: Word(&s.file)},
		{Name: "script", Text: "The script itself.", Value: Verbatim(&s.source)},
		{Name: "env", Text: "What env.get sees, before the environment of the process.", Value: Texts(&s.env, legalEnv)},
		{Name: "permissions", Text: "Tables and functions beyond those of checks: [crypto, fs.read].", Value: s.permissionsValue()},
	}
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
			if !s.scripts.Known(name) {
				r.Fail(n.Items[i], "permission '%s': this binary has no such table or function", clip(name))
			}
		}
	})
}

func (s *scriptCheck) Prepare(p *Prep) {
	source, name, folder := []byte(s.source), p.Location(), p.Folder()
	switch {
	case p.Has("file") && p.Has("script"):
		p.Fail([]string{"file"}, "'file' and 'script' both hold the script: give one of them")
		return
	case s.file != "":
		data, found, err := p.ReadFile(s.file, maxScript)
		if err != nil {
			p.Fail([]string{"file"}, "script %s: %s", s.file, err)
			return
		}
		source, name, folder = data, s.file, filepath.Dir(found)
		if strings.TrimSpace(string(source)) == "" {
			p.Fail([]string{"file"}, "script %s is empty: it would always pass", s.file)
			return
		}
	case s.source == "":
		if !p.Has("script") && !p.Has("file") {
			p.Fail(nil, "a check of type script has no 'file' and no 'script'")
		}
		return
	}
	program, err := s.scripts.Compile(name, source, folder, s.permissions)
	if err != nil {
		key := "script"
		if s.file != "" {
			key = "file"
		}
		p.Fail([]string{key}, "%s", err)
		return
	}
	s.program = program
}

func (s *scriptCheck) Run(ctx context.Context, a Attempt) Outcome {
	env := make(map[string]string, len(s.env))
	for _, e := range s.env {
		v, err := e.Text.Expand(a.Captures)
		if err != nil {
			return Outcome{}.broken("error", "env %s: %w", e.Name, err)
		}
		env[e.Name] = v
	}
	return Outcome{Err: s.program.Run(ctx, ScriptRun{Check: a.Check, Env: env, Hide: a.Redact})}
}
