package check

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"

	"assay.rs/check/internal/source"
	"assay.rs/mod-data/yaml"
)

// inclusion is a pattern of `include` and where it stands.
type inclusion struct {
	pattern string
	at      *yaml.Node
}

func includeValue(into *[]inclusion) Value {
	var pattern string
	word := Word(&pattern)
	return ListOf(Value{word.schema, func(r *Reader, n *yaml.Node) {
		pattern = ""
		if word.read(r, n); pattern != "" {
			*into = append(*into, inclusion{pattern, n})
		}
	}})
}

// parseFile reads a check file. It returns nil for a root when that failed, and has noted why.
func (o *Options) parseFile(path string, problems *source.Problems) (*source.File, *yaml.Node) {
	data, err := readFile(path, maxFile)
	if err != nil {
		f := &source.File{Name: path}
		problems.Add(source.Place{File: f}, "%s", err)
		return f, nil
	}
	return o.parseText(path, string(data), problems)
}

// parseText is parseFile for a file whose text is known.
func (o *Options) parseText(path, text string, problems *source.Problems) (*source.File, *yaml.Node) {
	f := &source.File{Name: path, Text: text}
	root, err := o.parse([]byte(text))
	if err != nil {
		at, message := source.Place{File: f}, err.Error()
		if e, ok := errors.AsType[*yaml.Error](err); ok {
			at.Line, at.Col, message = e.Line, e.Col, e.Message
		}
		problems.Add(at, "%s", message)
		return f, nil
	}
	if root == nil {
		problems.Add(source.Place{File: f}, "the file is empty: it must have 'checks'")
	}
	return f, root
}

// parse reads the one document of data, which stands there twice meanwhile: as it was read, and as a text.
func (o *Options) parse(data []byte) (*yaml.Node, error) {
	if o.Memory != nil {
		if err := o.Memory(2 * len(data)); err != nil {
			return nil, err
		}
	}
	return yaml.Options{Memory: o.Memory}.Parse(data)
}

// include reads the checks of other files into the suite, before its own.
func (r *Reader) include(s *suite, list []inclusion) {
	for _, inc := range list {
		pattern := inc.pattern
		if !filepath.IsAbs(pattern) {
			pattern = filepath.Join(r.origin, pattern)
		}
		paths, err := filepath.Glob(pattern) // in the order of names
		if err != nil {
			r.Fail(inc.at, "include '%s': %s", clip(inc.pattern), err)
			continue
		}
		if len(paths) == 0 {
			r.Fail(inc.at, "include '%s': no file has this name, seen from %s", clip(inc.pattern), r.origin)
			continue
		}
		for _, path := range paths {
			r.includeFile(s, inc.at, path)
		}
	}
}

func (r *Reader) includeFile(s *suite, at *yaml.Node, path string) {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() || !isYAML(path) {
		r.Fail(at, "include: %s is not a file that ends in .yaml or .yml", path)
		return
	}
	chain := filepath.Clean(path)
	for from := r; from != nil; from = from.parent {
		chain = from.file.Name + " -> " + chain
		if sameFile(from.file.Name, path) {
			r.Fail(at, "files include each other: %s", chain)
			return
		}
	}
	f, root := r.options.parseFile(path, r.problems)
	s.included = append(s.included, f)
	r.scope.needed.files[path] = true
	if root == nil {
		return
	}
	sub := &Reader{
		file: f, problems: r.problems, options: r.options, scope: r.scope.within(), parent: r, includedAt: at,
		origin: filepath.Dir(path), queries: map[string]compiled{}, bodies: map[string]Body{}, bodyKeys: map[string][]Key{},
	}
	sub.checks(root, s, &suite{file: f, base: initialSettings(), parallel: 1})
}

func sameFile(a, b string) bool {
	x, errA := os.Stat(a)
	y, errB := os.Stat(b)
	return errA == nil && errB == nil && os.SameFile(x, y)
}

// within is the scope of an included file: it sees the vars, secrets and fixtures of the including one, which win over
// its own of the same names.
func (s *scope) within() *scope {
	return &scope{
		env: s.env, flags: s.flags, used: s.used, redactor: s.redactor, needed: s.needed, remote: s.remote, fixtures: s.fixtures,
		vars: maps.Clone(s.vars), texts: maps.Clone(s.texts), secrets: maps.Clone(s.secrets), rotating: maps.Clone(s.rotating), given: s.allGiven(), fromFile: map[string]bool{},
	}
}

// allGiven are the names that an included file cannot change.
func (s *scope) allGiven() given {
	g := given{vars: map[string]bool{}, secrets: map[string]bool{}}
	for name := range s.vars {
		g.vars[name] = true
	}
	for name := range s.secrets {
		g.secrets[name] = true
	}
	return g
}

// given are names whose values come from outside of a file.
type given struct{ vars, secrets map[string]bool }

// refuseRunKeys refuses what an included file says of the whole run.
func (r *Reader) refuseRunKeys(root *yaml.Node) {
	for _, key := range []string{"timeout", "parallel", "fail_fast", "fixtures"} {
		if n := root.Get(key); n != nil {
			r.Fail(n, "'%s' is about the whole run: it stands in the file that includes this one, %s", key, r.parent.place(r.includedAt))
		}
	}
}

// varsFileValue reads `vars_file`: a map of values, weaker than flags and stronger than vars.
func (s *scope) varsFileValue() Value {
	var path string
	return Word(&path).then(func(r *Reader, n *yaml.Node) {
		values, err := r.options.readVars(r.find(path))
		if err != nil {
			r.Fail(n, "'vars_file': %s", err)
			return
		}
		s.needed.files[r.find(path)] = true
		for _, p := range values {
			if text, fixed := s.flags[p.Key]; fixed {
				s.used[p.Key] = true
				s.flagVar(r, p, text)
				continue
			}
			if s.given.vars[p.Key] {
				continue
			}
			s.vars[p.Key] = p.Value.Go()
			s.written(p.Key, p.Value)
			s.fromFile[p.Key] = true
		}
	})
}

// readVars reads a file that is a map of vars, in YAML or JSON. Its texts are taken as they are.
func (o *Options) readVars(path string) ([]yaml.Pair, error) {
	data, err := readFile(path, maxFile)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	root, err := o.parse(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if root == nil || root.Kind != yaml.Map {
		return nil, fmt.Errorf("%s: must be a map of vars", path)
	}
	for _, p := range root.Pairs {
		switch {
		case !nameLike(p.Key) || strings.Contains(p.Key, "."):
			return nil, fmt.Errorf("%s:%d:%d: '%s' cannot name a var: use letters, digits and _", path, p.Line, p.Col, clip(p.Key))
		case p.Value.Kind == yaml.Null:
			return nil, fmt.Errorf("%s:%d:%d: the var '%s' has no value", path, p.Line, p.Col, p.Key)
		}
	}
	return root.Pairs, nil
}

// varsFlag takes the values of --vars-file, which a file cannot change.
func (s *scope) varsFlag(values []yaml.Pair) {
	for _, p := range values {
		if _, fixed := s.flags[p.Key]; fixed {
			continue
		}
		s.vars[p.Key] = p.Value.Go()
		s.written(p.Key, p.Value)
		s.given.vars[p.Key] = true
	}
}
