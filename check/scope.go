package check

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"assay.rs/check/internal/redact"
	"assay.rs/check/internal/source"
	"assay.rs/mod-data/yaml"
)

// scope is what ${} can name while one file is read.
type scope struct {
	env      func(string) (string, bool)
	flags    map[string]string // --var
	used     map[string]bool   // which flags something asked for
	vars     map[string]any
	given    given             // what the file cannot change
	fromFile map[string]bool   // vars of vars_file
	texts    map[string]string // of vars that are numbers, as they are written
	secrets  map[string]string
	rotating map[string]*secretFile // secrets that are in files
	fixtures []string
	redactor *redact.Redactor
	needed   needed
	remote   bool // what is not here may be where the checks run

	item     *yaml.Node // of foreach
	captures []captureUse
}

// captureUse is a ${captures.name} and where it stands.
type captureUse struct {
	name string
	at   *yaml.Node
}

func newScope(o *Options, redactor *redact.Redactor, needed needed, used map[string]bool) *scope {
	env := o.LookupEnv
	if env == nil {
		env = func(string) (string, bool) { return "", false }
	}
	s := &scope{env: env, flags: o.Vars, used: used, vars: map[string]any{}, texts: map[string]string{}, secrets: map[string]string{}, rotating: map[string]*secretFile{}, redactor: redactor, needed: needed, remote: o.Remote}
	s.given, s.fromFile = given{vars: map[string]bool{}, secrets: map[string]bool{}}, map[string]bool{}
	for k, v := range o.Vars {
		s.vars[k] = v
	}
	return s
}

func (s *scope) use(capture string, at *yaml.Node) {
	s.captures = append(s.captures, captureUse{capture, at})
}

// value finds a name. found is false when nothing has it; an error says why what has it cannot be used.
func (s *scope) value(name string) (p part, found bool, err error) {
	space, rest, dotted := strings.Cut(name, ".")
	switch {
	case dotted && space == "vars":
		return s.variable(rest)
	case dotted && space == "secrets":
		v, ok := s.secrets[rest]
		return part{text: v, value: v, secret: s.rotating[rest]}, ok, nil
	case dotted && space+"." == fixtureSpace:
		return s.fixtureURL(rest)
	case dotted && space == "captures":
		return part{capture: rest}, true, nil
	case space == "item" && s.item != nil:
		return s.itemPart(rest)
	case dotted:
		return part{}, false, nil
	}
	if p, found, err = s.variable(name); found || err != nil {
		return p, found, err
	}
	v, ok := s.env(name)
	return part{text: v, env: true}, ok, nil
}

func (s *scope) variable(name string) (part, bool, error) {
	v, ok := s.vars[name]
	if !ok {
		return part{}, false, nil
	}
	s.used[name] = true
	text, ok := s.texts[name]
	if !ok {
		text, ok = plainText(v)
	}
	if !ok {
		return part{}, false, fmt.Errorf("${%s} is a list or a map: only jq can use it, as $vars.%s", name, name)
	}
	return part{text: text, value: v}, true, nil
}

func (s *scope) itemPart(path string) (part, bool, error) {
	n := s.item
	if path != "" {
		for key := range strings.SplitSeq(path, ".") {
			if n = n.Get(key); n == nil {
				return part{}, false, nil
			}
		}
	}
	text, ok := scalarText(n)
	if !ok {
		return part{}, false, fmt.Errorf("${item} is a list or a map: name one of its keys, as ${item.name}")
	}
	return part{text: text, value: n.Go()}, true, nil
}

func (s *scope) names() []string {
	var list []string
	for k := range s.vars {
		list = append(list, k, "vars."+k)
	}
	for k := range s.secrets {
		list = append(list, "secrets."+k)
	}
	for _, name := range s.fixtures {
		list = append(list, fixtureSpace+name+".url")
	}
	if s.item != nil {
		for _, p := range s.item.Pairs {
			list = append(list, "item."+p.Key)
		}
	}
	return list
}

// plainText is a scalar as text; null is none.
func plainText(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case bool:
		return strconv.FormatBool(v), true
	case int:
		return strconv.Itoa(v), true
	case *big.Int:
		return v.String(), true
	case json.Number:
		return v.String(), true
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64), true
	}
	return "", false
}

// varsValue reads `vars`: any values, whose texts may name environment variables and the vars above them.
func (s *scope) varsValue() Value {
	return Value{func() schema { return schema{"type": "object"} }, func(r *Reader, n *yaml.Node) {
		if n.Kind != yaml.Map {
			r.Fail(n, "'vars' must be a map, not %s", describe(n))
			return
		}
		for _, p := range n.Pairs {
			if !nameLike(p.Key) || strings.Contains(p.Key, ".") {
				r.Fail(&yaml.Node{Line: p.Line, Col: p.Col}, "'%s' cannot name a var: use letters, digits and _", clip(p.Key))
				continue
			}
			if text, ok := s.flags[p.Key]; ok {
				s.used[p.Key] = true
				s.flagVar(r, p, text)
				continue
			}
			if s.given.vars[p.Key] || s.fromFile[p.Key] {
				continue
			}
			if p.Value.Kind == yaml.Null {
				r.Fail(p.Value, "the var '%s' has no value", p.Key)
				continue
			}
			if v, ok := r.substituted(p.Value); ok {
				s.vars[p.Key] = v
				s.written(p.Key, p.Value)
			}
		}
	}}
}

// written keeps the text of a number: 1.10 is 1.10 wherever it is used as text.
func (s *scope) written(name string, n *yaml.Node) {
	if n.Kind == yaml.Int || n.Kind == yaml.Float {
		s.texts[name], _ = scalarText(n)
	}
}

// flagVar sets a var of the file to the text of a --var, which takes the type that the file's value has.
func (s *scope) flagVar(r *Reader, p yaml.Pair, text string) {
	kind, value := yaml.Resolve(text)
	number := kind == yaml.Int || kind == yaml.Float
	switch p.Value.Kind {
	case yaml.Int, yaml.Float:
		if !number {
			r.problems.Add(source.Place{}, "--var %s: must be a number, as in the file, not %q", p.Key, clip(text))
			return
		}
	case yaml.Bool:
		if kind != yaml.Bool {
			r.problems.Add(source.Place{}, "--var %s: must be true or false, as in the file, not %q", p.Key, clip(text))
			return
		}
	case yaml.List, yaml.Map:
		r.problems.Add(source.Place{}, "--var %s: is %s in the file, which a flag cannot set", p.Key, p.Value.Kind)
		return
	default:
		return // a text, which it is already
	}
	s.vars[p.Key] = value
	s.written(p.Key, &yaml.Node{Kind: kind, Value: value, Text: text})
}

// substituted gives the Go value of any node, with ${} filled in its strings. A string stays a string.
func (r *Reader) substituted(n *yaml.Node) (any, bool) {
	return mapped(n, func(leaf *yaml.Node) (any, bool) {
		if leaf.Kind == yaml.String {
			return r.static(leaf, leaf.Value.(string))
		}
		return leaf.Go(), true
	})
}
